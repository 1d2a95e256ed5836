package io.kubewright.kubeapi.proof;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Asks many places side by side, so that one that is broken costs the others nothing. */
public final class Together {
    private Together() {}

    /** A question to one place. */
    @FunctionalInterface
    public interface Question<K, T> {
        T ask(K place) throws InterruptedException;
    }

    /**
     * Asks all places at once and returns when each has answered, failed, or let the deadline pass.
     *
     * @return what became of each, in the order of {@code places}
     */
    public static <K, T> Map<K, Asked<T>> ask(Collection<K> places, Duration deadline, Question<K, T> question)
            throws InterruptedException {
        Map<K, K> named = new LinkedHashMap<>();
        places.forEach(place -> named.put(place, place));
        return ask(named, deadline, question);
    }

    /** As {@link #ask(Collection, Duration, Question)}, with a name for each place. */
    public static <K, V, T> Map<K, Asked<T>> ask(Map<K, V> places, Duration deadline, Question<V, T> question)
            throws InterruptedException {
        long end = System.nanoTime() + deadline.toNanos();
        Map<K, Future<Asked<T>>> futures = new LinkedHashMap<>();
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        try {
            for (Map.Entry<K, V> place : places.entrySet()) {
                futures.put(place.getKey(), threads.submit(() -> askOne(place.getValue(), question)));
            }
            Map<K, Asked<T>> answers = new LinkedHashMap<>();
            for (Map.Entry<K, Future<Asked<T>>> each : futures.entrySet()) {
                answers.put(each.getKey(), await(each.getKey(), each.getValue(), end, deadline));
            }
            return answers;
        } finally {
            // Interrupts what is still running; not waited for, because the deadline is the caller's promise.
            threads.shutdownNow();
        }
    }

    private static <K, T> Asked<T> askOne(K place, Question<K, T> question) throws InterruptedException {
        long begin = System.nanoTime();
        try {
            T value = question.ask(place);
            return new Asked.Answered<>(value, since(begin));
        } catch (RuntimeException e) {
            return new Asked.Silent<>(Timer.reason(e), since(begin));
        }
    }

    private static <K, T> Asked<T> await(K place, Future<Asked<T>> future, long end, Duration deadline)
            throws InterruptedException {
        try {
            return future.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (TimeoutException _) {
            future.cancel(true);
            return new Asked.Silent<>(place + ": no answer within " + deadline.toSeconds() + " s", deadline.toMillis());
        } catch (ExecutionException e) {
            return new Asked.Silent<>(place + ": " + Timer.reason(e.getCause() == null ? e : e.getCause()), 0);
        }
    }

    private static long since(long begin) {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begin);
    }
}
