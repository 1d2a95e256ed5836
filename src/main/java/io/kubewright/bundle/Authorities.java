package io.kubewright.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Whose certificates are believed: those that Java believes and those in {@code $SSL_CERT_FILE} (PEM). */
final class Authorities {
    private Authorities() {}

    static SSLContext context(Map<String, String> environment) {
        String file = environment.getOrDefault("SSL_CERT_FILE", "");
        try {
            if (file.isEmpty()) {
                return SSLContext.getDefault();
            }
            KeyStore together = KeyStore.getInstance(KeyStore.getDefaultType());
            together.load(null, null);
            int count = 0;
            for (TrustManager manager : factory(null).getTrustManagers()) {
                if (manager instanceof X509TrustManager own) {
                    for (X509Certificate each : own.getAcceptedIssuers()) {
                        together.setCertificateEntry("java-" + count++, each);
                    }
                }
            }
            try (InputStream in = Files.newInputStream(Path.of(file))) {
                for (Certificate each : CertificateFactory.getInstance("X.509").generateCertificates(in)) {
                    together.setCertificateEntry("file-" + count++, each);
                }
            }
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, factory(together).getTrustManagers(), null);
            return context;
        } catch (IOException | GeneralSecurityException unreadable) {
            throw new BundleException(
                    BundleException.Code.SOURCES,
                    "$SSL_CERT_FILE: " + file + " cannot be read as certificates (" + unreadable + ")",
                    "It must hold certificates in PEM form.",
                    unreadable);
        }
    }

    private static TrustManagerFactory factory(@Nullable KeyStore store) throws GeneralSecurityException {
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory;
    }
}
