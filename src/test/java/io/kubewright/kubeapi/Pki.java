package io.kubewright.kubeapi;

import io.kubewright.engine.Secret;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Date;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A cluster's authority, the certificate of an API server on an address, and an administrator's, all made for one test. */
final class Pki {
    private static final X500Name AUTHORITY = new X500Name("CN=kubernetes");

    final String authorityPem;
    final Pair server;
    final Pair admin;
    private final KeyPair authorityKeys;

    /** A certificate and its private key, both PEM. */
    record Pair(String certificate, String key) {}

    Pki(String serverAddress) {
        try {
            authorityKeys = keys();
            authorityPem = pem(certificate("CN=kubernetes", authorityKeys, true, ""));
            server = leaf("CN=kube-apiserver", serverAddress);
            admin = leaf("O=system:masters,CN=kubernetes-admin", "");
        } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What kubeadm writes to admin.conf, naming a server that is never to be used. */
    String adminConf() {
        return """
                apiVersion: v1
                kind: Config
                clusters:
                - name: kubernetes
                  cluster: {server: "https://192.0.2.1:6443", certificate-authority-data: %s}
                contexts:
                - name: kubernetes-admin@kubernetes
                  context: {cluster: kubernetes, user: kubernetes-admin}
                current-context: kubernetes-admin@kubernetes
                users:
                - name: kubernetes-admin
                  user: {client-certificate-data: %s, client-key-data: %s}
                """.formatted(base64(authorityPem), base64(admin.certificate()), base64(admin.key()));
    }

    AdminCredentials credentials() {
        return AdminCredentials.read("test", Secret.of(adminConf()));
    }

    /** For a server that shows the server's certificate. */
    SSLContext serverContext() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            Certificate certificate = CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(
                            server.certificate().getBytes(java.nio.charset.StandardCharsets.UTF_8)));
            store.setKeyEntry("server", serverKeys().getPrivate(), new char[0], new Certificate[] {certificate});
            KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            managers.init(store, new char[0]);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(managers.getKeyManagers(), null, null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private KeyPair serverKeys() throws IOException {
        try (org.bouncycastle.openssl.PEMParser parser =
                new org.bouncycastle.openssl.PEMParser(new java.io.StringReader(server.key()))) {
            return new org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter()
                    .getKeyPair((org.bouncycastle.openssl.PEMKeyPair) parser.readObject());
        }
    }

    private Pair leaf(String subject, String address)
            throws GeneralSecurityException, IOException, OperatorCreationException {
        KeyPair keys = keys();
        return new Pair(pem(certificate(subject, keys, false, address)), pem(keys.getPrivate()));
    }

    private X509CertificateHolder certificate(String subject, KeyPair keys, boolean authority, String address)
            throws IOException, OperatorCreationException {
        Instant now = Instant.now();
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                AUTHORITY,
                BigInteger.valueOf(System.nanoTime()),
                Date.from(now.minus(1, ChronoUnit.HOURS)),
                Date.from(now.plus(1, ChronoUnit.DAYS)),
                new X500Name(subject),
                keys.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
        if (!address.isEmpty()) {
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new GeneralName(GeneralName.iPAddress, address)));
        }
        return builder.build(new JcaContentSignerBuilder("SHA256withRSA").build(authorityKeys.getPrivate()));
    }

    private static KeyPair keys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    private static String pem(Object object) throws IOException {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        }
        return text.toString();
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }
}
