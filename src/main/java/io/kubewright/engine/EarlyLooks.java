package io.kubewright.engine;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;

/**
 * Looks at hosts that begin before it is known what there is to look at, while the hosts tell what they are and the API is
 * connected to: with the scripts of the last time. One whose script turns out to be the right one is a look like any other,
 * the others are thrown away. Reading only, so that a wrong guess costs time on a host and nothing else.
 */
public final class EarlyLooks implements AutoCloseable {
    private final Map<String, Begun> begun = new ConcurrentHashMap<>();
    private final Map<String, String> right = new ConcurrentHashMap<>();

    private record Begun(String body, CompletableFuture<Whole> result, Thread thread) {
        void cancel() {
            thread.interrupt();
        }
    }

    /** One that ran to its end. */
    record Whole(HostScript script, ScriptResult result) {}

    private EarlyLooks() {}

    /** None was begun. */
    public static EarlyLooks none() {
        return new EarlyLooks();
    }

    /**
     * Begins them.
     *
     * @param scripts by host, as {@link #scripts} gave them; hosts without one are left alone
     */
    public static EarlyLooks begin(Targets targets, Map<String, String> scripts, Duration deadline) {
        EarlyLooks looks = new EarlyLooks();
        scripts.forEach((host, body) -> looks.begin(targets.get(host), body, deadline));
        return looks;
    }

    private void begin(Target target, String body, Duration deadline) {
        HostScript script = HostScript.again(body);
        CompletableFuture<Whole> result = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual()
                .name("early look at " + target.name())
                .unstarted(() -> {
                    try {
                        ScriptResult ended = target.run(script.text(), deadline, _ -> {});
                        result.complete(new Whole(script, ended));
                    } catch (InterruptedException | RuntimeException e) {
                        result.completeExceptionally(e);
                    }
                });
        begun.put(target.name(), new Begun(body, result, thread));
        thread.start();
    }

    /**
     * What came of the look that was begun at a host, if it ran this very script; waits for its end. It does not wait for
     * somebody else's script that acts there: it ends, and says that the host is locked.
     *
     * @throws RuntimeException what the look threw, as any look would
     */
    Optional<Whole> take(String host, HostScript script) throws InterruptedException {
        right.put(host, script.body());
        Begun early = begun.remove(host);
        if (early == null) {
            return Optional.empty();
        }
        if (!early.body().equals(script.body())) {
            early.cancel();
            return Optional.empty();
        }
        try {
            return Optional.of(early.result().get());
        } catch (ExecutionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            early.cancel();
            throw e;
        }
    }

    /** The scripts that were right this time, by host: what to begin with the next time. */
    public Map<String, String> scripts() {
        return new TreeMap<>(right);
    }

    /** Gives up those that nobody took. */
    @Override
    public void close() {
        begun.values().forEach(Begun::cancel);
        begun.clear();
    }
}
