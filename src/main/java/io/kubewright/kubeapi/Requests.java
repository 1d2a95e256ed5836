package io.kubewright.kubeapi;

import io.kubewright.engine.TargetException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Sends requests over whatever connection there is; those that may be repeated go to the next one when one is lost. */
final class Requests {
    /** What is given up takes the connection, and whatever else runs over it, along. */
    private static final Duration LIMIT = Duration.ofSeconds(60);

    /** Between two tries of what an API server turns away for a moment; its own Retry-After is one second as well. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private static final int TOO_MANY_REQUESTS = 429;

    private final Connections connections;

    /** Whether doing it twice is the same as doing it once. */
    enum Repeat {
        ALLOWED,
        FORBIDDEN
    }

    Requests(Connections connections) {
        this.connections = connections;
    }

    ApiConnection connection() throws InterruptedException {
        return connections.connection();
    }

    void lost(ApiConnection connection) {
        connections.lost(connection);
    }

    /**
     * The answer, whatever its status. "Too many requests" is waited out: an API server also says so of a kind whose
     * definition is seconds old (429, "storage is (re)initializing"). To a POST it means something else: an eviction that a
     * disruption budget forbids.
     */
    ApiConnection.Answer answer(
            String method, String path, @Nullable String contentType, @Nullable String body, Repeat repeat)
            throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            ApiConnection.Answer answer = oneAnswer(method, path, contentType, body, repeat);
            if (answer.code() != TOO_MANY_REQUESTS || method.equals("POST") || System.nanoTime() > end) {
                return answer;
            }
            Thread.sleep(PAUSE);
        }
    }

    private ApiConnection.Answer oneAnswer(
            String method, String path, @Nullable String contentType, @Nullable String body, Repeat repeat)
            throws InterruptedException {
        int left = repeat == Repeat.ALLOWED ? connections.attempts() : 1;
        while (true) {
            ApiConnection connection = connections.connection();
            left--;
            try {
                return connection.send(method, path, contentType, body, LIMIT);
            } catch (IOException e) {
                connections.lost(connection);
                if (left <= 0) {
                    throw failed(connection, TargetException.Code.LOST, "the connection was lost: " + Causes.of(e), e);
                }
            } catch (TimeoutException e) {
                connections.lost(connection);
                if (left <= 0) {
                    throw failed(
                            connection,
                            TargetException.Code.DEADLINE,
                            method + " " + path + " was not answered within " + LIMIT.toSeconds() + " s",
                            e);
                }
            }
        }
    }

    /**
     * The answer's object when it succeeded.
     *
     * @param what the request was about, for messages
     * @throws ApiException saying what the API said
     */
    Map<String, Object> checked(String what, ApiConnection.Answer answer) {
        if (!answer.succeeded()) {
            throw Statuses.exception(what, answer);
        }
        return Json.read(answer.body());
    }

    private static TargetException failed(
            ApiConnection connection, TargetException.Code code, String message, Throwable cause) {
        return new TargetException(
                connection.controlPlane(),
                code,
                "API server: " + message,
                "Run it again; what was done is noticed.",
                cause);
    }
}
