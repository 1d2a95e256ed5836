package io.kubewright.kubeapi;

import io.fabric8.kubernetes.client.http.AsyncBody;
import io.fabric8.kubernetes.client.http.HttpResponse;
import io.kubewright.engine.Progress;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for a condition of one object: reads it, then watches it; reads it again whenever a watch ends. */
final class Watching {
    /** A watch is renewed this often, so that one that has silently died is noticed. */
    private static final Duration RENEWAL = Duration.ofSeconds(20);

    private static final Duration PAUSE = Duration.ofMillis(500);

    private final Requests requests;
    private final KubeClient client;
    private final ObjectRef ref;
    private final Condition condition;
    private final Duration limit;
    private final Instant deadline;
    private final Progress progress;
    private String missing = "";

    /** A bit of a watch. */
    private sealed interface Event {
        record Line(String text) implements Event {}

        record End() implements Event {}
    }

    Watching(
            Requests requests,
            KubeClient client,
            ObjectRef ref,
            Condition condition,
            Duration limit,
            Progress progress) {
        this.requests = requests;
        this.client = client;
        this.ref = ref;
        this.condition = condition;
        this.limit = limit;
        this.deadline = Instant.now().plus(limit);
        this.progress = progress;
    }

    Optional<KubeObject> await() throws InterruptedException {
        while (true) {
            Optional<KubeObject> object = client.get(ref);
            if (holds(object)) {
                return object;
            }
            Optional<Optional<KubeObject>> found = watch(object);
            if (found.isPresent()) {
                return found.get();
            }
            Thread.sleep(min(PAUSE, left()));
        }
    }

    private boolean holds(Optional<KubeObject> object) {
        Optional<String> now = condition.missing(object);
        if (now.isEmpty()) {
            return true;
        }
        if (!now.get().equals(missing)) {
            missing = now.get();
            progress.line(missing);
        }
        if (left().isZero()) {
            throw new ApiException(
                    ApiException.Code.DEADLINE,
                    ref + " after " + limit.toSeconds() + " s: " + missing,
                    "Run it again when the cause is gone; it goes on where it stopped.");
        }
        return false;
    }

    /** The state of the object in which the condition holds; empty when the watch ended before. */
    private Optional<Optional<KubeObject>> watch(Optional<KubeObject> from) throws InterruptedException {
        String path;
        try {
            path = path(from);
        } catch (ApiException e) {
            if (e.code() == ApiException.Code.UNKNOWN_KIND) {
                return Optional.empty();
            }
            throw e;
        }
        BlockingQueue<Event> events = new LinkedBlockingQueue<>();
        ApiConnection connection = requests.connection();
        try {
            HttpResponse<AsyncBody> response =
                    ApiConnection.await(connection.stream(path, new Lines(events)), min(RENEWAL, left()));
            AsyncBody body = response.body();
            var _ = body.done().whenComplete((_, _) -> events.add(new Event.End()));
            body.consume();
            try {
                return response.isSuccessful() ? read(events) : Optional.empty();
            } finally {
                body.cancel();
            }
        } catch (IOException | TimeoutException _) {
            // The next round reads the object, and finds out whether the connection is still good.
            return Optional.empty();
        }
    }

    private Optional<Optional<KubeObject>> read(BlockingQueue<Event> events) throws InterruptedException {
        Instant renewal = Instant.now().plus(RENEWAL);
        while (true) {
            Duration patience = min(Duration.between(Instant.now(), renewal), left());
            Event event = patience.isPositive() ? events.poll(patience.toMillis(), TimeUnit.MILLISECONDS) : null;
            if (!(event instanceof Event.Line(String text))) {
                return Optional.empty();
            }
            Tree change = Tree.of(Json.read(text));
            String type = change.at("type").text("");
            if (type.equals("ERROR")) {
                return Optional.empty();
            }
            if (!type.equals("BOOKMARK")) {
                Optional<KubeObject> object = type.equals("DELETED")
                        ? Optional.empty()
                        : Optional.of(
                                new KubeObject(Values.map(change.at("object").value())));
                if (holds(object)) {
                    return Optional.of(object);
                }
            }
        }
    }

    private String path(Optional<KubeObject> from) throws InterruptedException {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("watch", "true");
        parameters.put("fieldSelector", "metadata.name=" + ref.name());
        parameters.put("timeoutSeconds", Long.toString(RENEWAL.toSeconds()));
        from.flatMap(object -> object.at("metadata", "resourceVersion").text())
                .ifPresent(version -> parameters.put("resourceVersion", version));
        return client.pathOf(ref) + ApiConnection.query(parameters);
    }

    private Duration left() {
        Duration left = Duration.between(Instant.now(), deadline);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static Duration min(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }

    /** Cuts a body into lines. */
    private static final class Lines implements AsyncBody.Consumer<List<ByteBuffer>> {
        private final BlockingQueue<Event> events;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();

        Lines(BlockingQueue<Event> events) {
            this.events = events;
        }

        @Override
        public void consume(List<ByteBuffer> buffers, AsyncBody body) {
            for (ByteBuffer buffer : buffers) {
                while (buffer.hasRemaining()) {
                    byte next = buffer.get();
                    if (next == '\n') {
                        events.add(new Event.Line(line.toString(StandardCharsets.UTF_8)));
                        line.reset();
                    } else {
                        line.write(next);
                    }
                }
            }
            body.consume();
        }
    }
}
