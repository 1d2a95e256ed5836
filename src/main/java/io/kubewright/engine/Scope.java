package io.kubewright.engine;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Runs tasks side by side on virtual threads and waits for all of them: none outlives the call. An interrupt of the
 * caller interrupts every task.
 */
public final class Scope {
    private Scope() {}

    /** How one task ended. */
    public sealed interface Outcome<T> {
        record Value<T>(T value) implements Outcome<T> {}

        record Failure<T>(RuntimeException cause) implements Outcome<T> {}
    }

    /** Runs all; the outcome of each is under its key, in the order given. */
    public static <K, T> Map<K, Outcome<T>> all(Map<K, Callable<T>> tasks) throws InterruptedException {
        Map<K, Outcome<T>> outcomes = new LinkedHashMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Map<K, Future<T>> futures = new LinkedHashMap<>();
            tasks.forEach((key, task) -> futures.put(key, threads.submit(task)));
            try {
                for (Map.Entry<K, Future<T>> entry : futures.entrySet()) {
                    outcomes.put(entry.getKey(), outcome(entry.getValue()));
                }
            } catch (InterruptedException e) {
                futures.values().forEach(future -> future.cancel(true));
                threads.shutdownNow();
                throw e;
            }
        }
        return outcomes;
    }

    /** Runs all and gives their values in order; the first failure is thrown, the others are added to it. */
    public static <T> List<T> allOrThrow(List<Callable<T>> tasks) throws InterruptedException {
        Map<Integer, Callable<T>> numbered = new LinkedHashMap<>();
        tasks.forEach(task -> numbered.put(numbered.size(), task));
        List<T> values = new ArrayList<>();
        List<RuntimeException> failures = new ArrayList<>();
        for (Outcome<T> outcome : all(numbered).values()) {
            switch (outcome) {
                case Outcome.Value<T>(T value) -> values.add(value);
                case Outcome.Failure<T>(RuntimeException cause) -> failures.add(cause);
            }
        }
        if (!failures.isEmpty()) {
            RuntimeException first = failures.getFirst();
            failures.stream().skip(1).filter(each -> each != first).forEach(first::addSuppressed);
            throw first;
        }
        return values;
    }

    private static <T> Outcome<T> outcome(Future<T> future) throws InterruptedException {
        try {
            return new Outcome.Value<>(future.get());
        } catch (ExecutionException e) {
            return switch (e.getCause()) {
                case InterruptedException interrupted -> throw interrupted;
                case RuntimeException cause -> new Outcome.Failure<>(cause);
                case Error error -> throw error;
                case null -> new Outcome.Failure<>(new IllegalStateException(e));
                case Throwable cause -> new Outcome.Failure<>(new IllegalStateException(cause.getMessage(), cause));
            };
        }
    }
}
