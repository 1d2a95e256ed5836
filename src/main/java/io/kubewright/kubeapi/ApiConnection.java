package io.kubewright.kubeapi;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.fabric8.kubernetes.client.http.WebSocket;
import io.fabric8.kubernetes.client.jdkhttp.JdkHttpClientFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Requests to one API server over one route. Calls may come from several threads. */
final class ApiConnection implements AutoCloseable {
    /** TLS included, which an API server that has just been started under load takes long over; one that is not there refuses at once. */
    private static final Duration CONNECTING = Duration.ofSeconds(30);

    private static final int NO_RETRIES = 0;
    private static final String GZIP = "gzip";

    private final String controlPlane;
    private final ApiRoute route;
    private final String base;
    private final HttpClient http;

    /** An answer of any status. */
    record Answer(int code, String body) {
        boolean succeeded() {
            return code >= 200 && code < 300;
        }
    }

    private ApiConnection(String controlPlane, ApiRoute route, String base, HttpClient http) {
        this.controlPlane = controlPlane;
        this.route = route;
        this.base = base;
        this.http = http;
    }

    /** A connection that trusts the cluster's own authority alone, and checks that the server's certificate is for where we connect. */
    static ApiConnection open(String controlPlane, ApiRoute route, AdminCredentials credentials) {
        InetSocketAddress entrance = route.entrance();
        String base = "https://" + entrance.getHostString() + ":" + entrance.getPort();
        // Config.empty() looks at nothing of this machine: no environment, no ~/.kube, no proxy.
        Config config = Config.empty();
        config.setMasterUrl(base);
        config.setCaCertData(credentials.authority());
        config.setClientCertData(credentials.certificate());
        config.setClientKeyData(credentials.key().reveal());
        config.setConnectionTimeout(Math.toIntExact(CONNECTING.toMillis()));
        config.setRequestRetryBackoffLimit(NO_RETRIES);
        return new ApiConnection(
                controlPlane,
                route,
                base,
                new JdkHttpClientFactory().newBuilder(config).build());
    }

    String controlPlane() {
        return controlPlane;
    }

    /**
     * Sends a request and waits for all of its answer.
     *
     * @param contentType and {@code body}: both null for a request without a body
     * @throws IOException when no answer came
     * @throws TimeoutException when none came within {@code limit}
     */
    Answer send(String method, String path, @Nullable String contentType, @Nullable String body, Duration limit)
            throws IOException, TimeoutException, InterruptedException {
        HttpRequest.Builder request = http.newHttpRequestBuilder()
                .uri(base + path)
                .header("Accept", "application/json")
                .method(method, contentType, body);
        if (method.equals("GET")) {
            // The API server packs large answers alone; each byte is decrypted twice, by TLS and by SSH.
            request.header("Accept-Encoding", GZIP);
        }
        HttpResponse<byte[]> response = await(http.sendAsync(request.build(), byte[].class), limit);
        return new Answer(response.code(), text(response));
    }

    private static String text(HttpResponse<byte[]> response) throws IOException {
        byte[] body = response.body();
        if (body == null) {
            return "";
        }
        if (GZIP.equals(response.header("Content-Encoding"))) {
            try (InputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(body))) {
                return new String(unpacked.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
        return new String(body, StandardCharsets.UTF_8);
    }

    /** Starts a request whose answer arrives bit by bit; the consumer must ask the body for more after each bit. */
    CompletableFuture<HttpResponse<AsyncBody>> stream(String path, AsyncBody.Consumer<List<ByteBuffer>> consumer) {
        HttpRequest request = http.newHttpRequestBuilder()
                .uri(base + path)
                .header("Accept", "application/json")
                .forStreaming()
                .build();
        return http.consumeBytes(request, consumer);
    }

    CompletableFuture<WebSocket> webSocket(String path, String subprotocol, WebSocket.Listener listener) {
        return http.newWebSocketBuilder()
                .uri(java.net.URI.create(base + path))
                .subprotocol(subprotocol)
                .connectTimeout(CONNECTING.toMillis(), TimeUnit.MILLISECONDS)
                .buildAsync(listener);
    }

    /** Waits, and gives up on interrupt or when it takes too long; then the future is cancelled. */
    static <T> T await(CompletableFuture<T> future, Duration limit)
            throws IOException, TimeoutException, InterruptedException {
        try {
            return future.get(Math.max(1, limit.toMillis()), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw cause instanceof IOException io ? io : new IOException(cause.toString(), cause);
        } catch (TimeoutException | InterruptedException e) {
            future.cancel(true);
            throw e;
        }
    }

    @Override
    public void close() {
        http.close();
        route.close();
    }

    @Override
    public String toString() {
        return "API server of " + controlPlane;
    }

    /** Percent-encodes the parameters of a query, in their order. */
    static String query(Map<String, String> parameters) {
        StringBuilder query = new StringBuilder();
        parameters.forEach((key, value) -> query.append(query.isEmpty() ? '?' : '&')
                .append(encode(key))
                .append('=')
                .append(encode(value)));
        return query.toString();
    }

    static String encode(String text) {
        return java.net.URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
