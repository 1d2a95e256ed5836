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

    private record Begun(HostScript script, CompletableFuture<Optional<ScriptResult>> result, Thread thread) {
        void cancel() {
            thread.interrupt();
        }
    }

    /** One that is whole: nobody acted on the host meanwhile. */
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
        scripts.forEach((host, body) -> looks.begin(targets.get(host), HostScript.again(body), deadline));
        return looks;
    }

    private void begin(Target target, HostScript script, Duration deadline) {
        CompletableFuture<Optional<ScriptResult>> result = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual()
                .name("early look at " + target.name())
                .unstarted(() -> {
                    try {
                        result.complete(Optional.of(target.run(script.text(), deadline, line -> {
                            if (Frame.parse(script.mark(), line)
                                    .filter(EarlyLooks::waits)
                                    .isPresent()) {
                                result.complete(Optional.empty());
                            }
                        })));
                    } catch (InterruptedException | RuntimeException _) {
                        // Whoever looks again is told the same.
                        result.complete(Optional.empty());
                    }
                });
        begun.put(target.name(), new Begun(script, result, thread));
        thread.start();
    }

    /** A script still acts on the host: whoever looks then says so. */
    private static boolean waits(Frame frame) {
        return frame.word().equals("line") || frame.word().equals("locked");
    }

    /** What came of the look that was begun at a host, if it ran this very script; waits for its end. */
    Optional<Whole> take(String host, HostScript script) throws InterruptedException {
        right.put(host, script.body());
        Begun early = begun.remove(host);
        if (early == null) {
            return Optional.empty();
        }
        boolean whole = false;
        try {
            if (!early.script().body().equals(script.body())) {
                return Optional.empty();
            }
            Optional<Whole> result = early.result().get().map(each -> new Whole(early.script(), each));
            whole = result.isPresent();
            return result;
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        } finally {
            if (!whole) {
                early.cancel();
            }
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
