package io.kubewright.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server whose certificate no public authority has signed. */
class AuthoritiesTest {
    private static final String PASSWORD = "changeit";

    @TempDir
    private Path directory;

    private Path certificate;
    private HttpsServer server;

    @BeforeEach
    void serve() throws Exception {
        Path file = directory.resolve("keys.p12");
        Program keytool = new Program(
                null,
                Program.plainEnvironment(),
                List.of(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "own",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=own",
                        "-ext",
                        "san=ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        PASSWORD));
        keytool.run("making a certificate");
        KeyStore keys = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            keys.load(in, PASSWORD.toCharArray());
        }
        certificate = Files.writeString(
                directory.resolve("own.pem"),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(keys.getCertificate("own").getEncoded())
                        + "\n-----END CERTIFICATE-----\n");
        KeyManagerFactory managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(keys, PASSWORD.toCharArray());
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/", exchange -> {
            try (exchange) {
                exchange.sendResponseHeaders(200, 2);
                exchange.getResponseBody().write("ok".getBytes(UTF_8));
            }
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private String get(Map<String, String> environment) throws Exception {
        URI address = URI.create("https://127.0.0.1:" + server.getAddress().getPort() + "/");
        try (Web web = new Web(new Proxies(Map.of()), Authorities.context(environment), Duration.ofMinutes(1));
                Web.Answer answer = web.get(address, Map.of(), Access.NONE)) {
            return new String(answer.body().readAllBytes(), UTF_8);
        }
    }

    @Test
    void itIsBelievedWhereItsAuthorityIsNamedAndNowhereElse() throws Exception {
        assertThat(get(Map.of("SSL_CERT_FILE", certificate.toString()))).isEqualTo("ok");
        assertThatThrownBy(() -> get(Map.of()))
                .hasMessageContaining("127.0.0.1")
                .hasMessageContaining("certif");
    }

    @Test
    void whatIsNoCertificateIsNamed() throws Exception {
        Path none = Files.writeString(directory.resolve("none.pem"), "-----BEGIN CERTIFICATE-----\nnone\n");

        assertThatThrownBy(() -> Authorities.context(Map.of("SSL_CERT_FILE", none.toString())))
                .hasMessageContaining("$SSL_CERT_FILE")
                .hasMessageContaining(none.toString());
    }
}
