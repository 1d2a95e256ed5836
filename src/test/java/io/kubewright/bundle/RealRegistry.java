package io.kubewright.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import tools.jackson.databind.json.JsonMapper;

/**
 * The registry of github.com/distribution/distribution on a loopback port, with a token service beside it that gives anybody
 * the right to pull. Compiled once into the cache, from the pinned module of the test's resources.
 */
final class RealRegistry implements AutoCloseable {
    private static final String VERSION = "v3.1.2";
    private static final String ISSUER = "test-issuer";
    private static final String SERVICE = "test-registry";
    private static final Duration STARTING = Duration.ofMinutes(2);
    private static final JsonMapper JSON = new JsonMapper();
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private final HttpClient client = HttpClient.newHttpClient();
    private final HttpServer tokens;
    private final KeyPair keys;
    private final Path directory;
    private final int port;
    private final Process process;
    /** The scopes that tokens were asked for. */
    final List<String> scopes = new CopyOnWriteArrayList<>();

    private RealRegistry(Path directory, Path program) throws IOException, GeneralSecurityException {
        this.directory = directory;
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        keys = generator.generateKeyPair();
        tokens = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        tokens.createContext("/token", this::giveToken);
        tokens.start();
        port = freePort();
        process = new ProcessBuilder(
                        program.toString(), "serve", configuration().toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("registry.log").toFile())
                .start();
    }

    static RealRegistry start(Path directory) throws IOException, GeneralSecurityException, InterruptedException {
        RealRegistry registry = new RealRegistry(directory, program());
        boolean ready = false;
        try {
            registry.awaitReady();
            ready = true;
        } finally {
            if (!ready) {
                registry.close();
            }
        }
        return registry;
    }

    /** Kept apart from the parts of bundles, which a build under way may sweep; modules and compiled packages are shared. */
    private static Path program() throws IOException, InterruptedException {
        Path shared = Files.createDirectories(Builder.defaultCache(System.getenv()));
        Path cache = Files.createDirectories(shared.resolve("test"));
        if (!Files.exists(cache.resolve("go"))) {
            Files.createSymbolicLink(cache.resolve("go"), Files.createDirectories(shared.resolve("go")));
        }
        Catalogue.Part part = new Catalogue.Part(
                VERSION,
                "Apache-2.0",
                "github.com/distribution/distribution/v3",
                60,
                new Catalogue.GoRecipe(
                        "distribution",
                        List.of("main.go"),
                        false,
                        List.of(),
                        List.of(),
                        Map.of(),
                        List.of(new Catalogue.Output("registry", "kubewright.io/bundle/distribution", "distribution")),
                        List.of()),
                null);
        Toolchain toolchain = new Toolchain(cache, Catalogue.builtIn().toolchain(), event -> {});
        return new PartBuilder(cache, toolchain, Architecture.ofThisMachine())
                .build("distribution", part)
                .output("registry");
    }

    private Path configuration() throws IOException {
        Path keySet = Files.writeString(
                directory.resolve("keys.json"), JSON.writeValueAsString(Map.of("keys", List.of(key()))));
        return Files.writeString(directory.resolve("registry.yaml"), """
                version: 0.1
                log: {level: warn, accesslog: {disabled: true}}
                storage:
                  filesystem: {rootdirectory: "%s"}
                  delete: {enabled: true}
                http: {addr: "127.0.0.1:%d", secret: test}
                auth:
                  token: {realm: "http://127.0.0.1:%d/token", service: %s, issuer: %s, jwks: "%s"}
                """.formatted(
                        directory.resolve("storage"), port, tokens.getAddress().getPort(), SERVICE, ISSUER, keySet));
    }

    private Map<String, String> key() {
        RSAPublicKey key = (RSAPublicKey) keys.getPublic();
        return Map.of(
                "kty",
                "RSA",
                "kid",
                "test",
                "use",
                "sig",
                "alg",
                "RS256",
                "n",
                unsigned(key.getModulus()),
                "e",
                unsigned(key.getPublicExponent()));
    }

    private static String unsigned(BigInteger number) {
        byte[] bytes = number.toByteArray();
        return BASE64.encodeToString(bytes[0] == 0 ? java.util.Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
    }

    private void giveToken(HttpExchange exchange) throws IOException {
        try (exchange) {
            String query = URLDecoder.decode(exchange.getRequestURI().getRawQuery(), UTF_8);
            String scope = query.replaceFirst(".*scope=([^&]*).*", "$1");
            scopes.add(scope);
            String repository = scope.split(":", -1)[1];
            byte[] answer = JSON.writeValueAsBytes(Map.of("token", token(repository, "pull")));
            exchange.sendResponseHeaders(200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private String token(String repository, String... actions) {
        long now = Instant.now().getEpochSecond();
        String head = encoded(Map.of("typ", "JWT", "alg", "RS256", "kid", "test"));
        String claims = encoded(Map.of(
                "iss",
                ISSUER,
                "sub",
                "",
                "aud",
                SERVICE,
                "nbf",
                now - 60,
                "iat",
                now,
                "exp",
                now + 3600,
                "jti",
                repository + now,
                "access",
                List.of(Map.of("type", "repository", "name", repository, "actions", actions))));
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(keys.getPrivate());
            signature.update((head + "." + claims).getBytes(UTF_8));
            return head + "." + claims + "." + BASE64.encodeToString(signature.sign());
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String encoded(Map<String, Object> tree) {
        return BASE64.encodeToString(JSON.writeValueAsBytes(tree));
    }

    URI address() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Pushes images under one tag: an index where there are several. */
    void push(String repository, String tag, TestImage... images) throws IOException, InterruptedException {
        for (TestImage image : images) {
            for (Map.Entry<String, byte[]> blob : image.blobs().entrySet()) {
                upload(repository, blob.getKey(), blob.getValue());
            }
            manifest(repository, images.length == 1 ? tag : "sha256:" + image.digest(), image.manifest(), "manifest");
        }
        if (images.length > 1) {
            manifest(repository, tag, TestImage.index(images), "index");
        }
    }

    private void upload(String repository, String digest, byte[] content) throws IOException, InterruptedException {
        HttpResponse<String> begun = send(
                repository,
                HttpRequest.newBuilder(address().resolve("/v2/" + repository + "/blobs/uploads/"))
                        .POST(HttpRequest.BodyPublishers.noBody()));
        String location = begun.headers().firstValue("Location").orElseThrow();
        send(
                repository,
                HttpRequest.newBuilder(address().resolve(location + "&digest=sha256:" + digest))
                        .header("Content-Type", "application/octet-stream")
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(content)));
    }

    private void manifest(String repository, String reference, byte[] content, String kind)
            throws IOException, InterruptedException {
        send(
                repository,
                HttpRequest.newBuilder(address().resolve("/v2/" + repository + "/manifests/" + reference))
                        .header("Content-Type", "application/vnd.oci.image." + kind + ".v1+json")
                        .PUT(HttpRequest.BodyPublishers.ofByteArray(content)));
    }

    private HttpResponse<String> send(String repository, HttpRequest.Builder request)
            throws IOException, InterruptedException {
        HttpResponse<String> response = client.send(
                request.header("Authorization", "Bearer " + token(repository, "pull", "push"))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        if (response.statusCode() / 100 != 2) {
            throw new IOException(response.uri() + ": " + response.statusCode() + " " + response.body());
        }
        return response;
    }

    /** The file in which the registry itself keeps a blob. */
    Path stored(String digest) {
        return directory.resolve(
                "storage/docker/registry/v2/blobs/sha256/" + digest.substring(0, 2) + "/" + digest + "/data");
    }

    private void awaitReady() throws InterruptedException {
        Instant deadline = Instant.now().plus(STARTING);
        List<Exception> failures = new ArrayList<>();
        while (Instant.now().isBefore(deadline) && process.isAlive()) {
            try {
                int status = client.send(
                                HttpRequest.newBuilder(address().resolve("/v2/"))
                                        .build(),
                                HttpResponse.BodyHandlers.discarding())
                        .statusCode();
                if (Set.of(200, 401).contains(status)) {
                    return;
                }
            } catch (IOException notYet) {
                failures.add(notYet);
            }
            Thread.sleep(100);
        }
        throw new IllegalStateException(
                "no registry; its log is " + directory.resolve("registry.log"),
                failures.isEmpty() ? null : failures.getLast());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws InterruptedException {
        tokens.stop(0);
        client.shutdownNow();
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
