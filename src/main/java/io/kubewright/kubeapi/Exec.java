package io.kubewright.kubeapi;

import io.fabric8.kubernetes.client.http.WebSocket;
import io.fabric8.kubernetes.client.http.WebSocketHandshakeException;
import io.kubewright.engine.TargetException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One command in a container, over the web socket protocol {@code v4.channel.k8s.io}. */
final class Exec implements WebSocket.Listener {
    private static final String PROTOCOL = "v4.channel.k8s.io";
    private static final int STDOUT = 1;
    private static final int STDERR = 2;
    private static final int ERROR = 3;
    private static final int NORMAL_CLOSURE = 1000;
    private static final Duration LAST_OUTPUT = Duration.ofSeconds(10);

    private final ByteArrayOutputStream stdout = new ByteArrayOutputStream();
    private final ByteArrayOutputStream stderr = new ByteArrayOutputStream();
    private final CompletableFuture<Integer> exitCode = new CompletableFuture<>();
    private final CompletableFuture<Boolean> closed = new CompletableFuture<>();

    private Exec() {}

    static ExecResult run(
            Requests requests,
            String namespace,
            String pod,
            Optional<String> container,
            List<String> command,
            Duration limit)
            throws InterruptedException {
        String what = "`" + String.join(" ", command) + "` in pod " + namespace + "/" + pod;
        Instant deadline = Instant.now().plus(limit);
        ApiConnection connection = requests.connection();
        Exec exec = new Exec();
        try {
            WebSocket socket = ApiConnection.await(
                    connection.webSocket(path(namespace, pod, container, command), PROTOCOL, exec), limit);
            try {
                int code = ApiConnection.await(exec.exitCode, Duration.between(Instant.now(), deadline));
                exec.awaitOutput(Duration.between(Instant.now(), deadline));
                return new ExecResult(code, text(exec.stdout), text(exec.stderr));
            } finally {
                socket.sendClose(NORMAL_CLOSURE, "done");
            }
        } catch (TimeoutException e) {
            throw new ApiException(
                    ApiException.Code.DEADLINE,
                    what + " did not end within " + limit.toSeconds() + " s" + exec.soFar(),
                    "The command may still run in the pod.",
                    e);
        } catch (WebSocketHandshakeException e) {
            throw Statuses.exception(
                    what,
                    new ApiConnection.Answer(
                            e.getResponse().code(),
                            String.valueOf(e.getResponse().body())));
        } catch (IOException e) {
            throw new TargetException(
                    connection.controlPlane(),
                    TargetException.Code.LOST,
                    "API server: " + what + " was cut off: " + Causes.of(e) + exec.soFar(),
                    "Run it again.",
                    e);
        }
    }

    /** The streams are copied side by side, so the status may come before the last output; the close comes after all. */
    private void awaitOutput(Duration limit) throws InterruptedException, IOException {
        try {
            ApiConnection.await(closed, limit.compareTo(LAST_OUTPUT) < 0 ? limit : LAST_OUTPUT);
        } catch (TimeoutException e) {
            // A server that does not close: what has come is all there is.
        }
    }

    private static String path(String namespace, String pod, Optional<String> container, List<String> command) {
        StringBuilder path = new StringBuilder("/api/v1/namespaces/")
                .append(ApiConnection.encode(namespace))
                .append("/pods/")
                .append(ApiConnection.encode(pod))
                .append("/exec?stdout=true&stderr=true");
        container.ifPresent(name -> path.append("&container=").append(ApiConnection.encode(name)));
        command.forEach(word -> path.append("&command=").append(ApiConnection.encode(word)));
        return path.toString();
    }

    private String soFar() {
        String seen = (text(stdout) + text(stderr)).strip();
        return seen.isEmpty() ? "" : "; output so far: " + seen;
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void onMessage(WebSocket socket, ByteBuffer message) {
        if (message.hasRemaining()) {
            int channel = message.get();
            byte[] bytes = new byte[message.remaining()];
            message.get(bytes);
            switch (channel) {
                case STDOUT -> stdout.writeBytes(bytes);
                case STDERR -> stderr.writeBytes(bytes);
                case ERROR -> ended(new String(bytes, StandardCharsets.UTF_8));
                default -> {
                    // Other channels carry nothing for us.
                }
            }
        }
        socket.request();
    }

    private void ended(String status) {
        Tree tree = Tree.of(Json.read(status));
        if (tree.at("status").text("").equals("Success")) {
            exitCode.complete(0);
            return;
        }
        for (Tree cause : tree.at("details", "causes").items()) {
            if (cause.at("reason").text("").equals("ExitCode")) {
                exitCode.complete(Integer.parseInt(cause.at("message").text("255")));
                return;
            }
        }
        exitCode.completeExceptionally(new IOException(tree.at("message").text(status)));
    }

    @Override
    public void onClose(WebSocket socket, int code, @Nullable String reason) {
        closed.complete(true);
        exitCode.completeExceptionally(new IOException("closed with " + code + " before the command ended"));
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        closed.complete(false);
        exitCode.completeExceptionally(error);
    }
}
