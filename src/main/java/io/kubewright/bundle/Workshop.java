package io.kubewright.bundle;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import java.util.function.Function;

/** A cache in which one build works at a time, on several things at once, and tells what it does. */
final class Workshop {
    private static final Duration BETWEEN_REPORTS = Duration.ofSeconds(10);

    private final Path cache;
    private final Consumer<BuildEvent> listener;

    /** @param listener is called from several threads but never twice at once */
    Workshop(Path cache, Consumer<BuildEvent> listener) {
        this.cache = cache;
        Object one = new Object();
        this.listener = event -> {
            synchronized (one) {
                listener.accept(event);
            }
        };
    }

    Consumer<BuildEvent> listener() {
        return listener;
    }

    /** Something that may find its result in the cache. */
    interface Work {
        boolean run() throws IOException, InterruptedException;
    }

    /** A whole build. */
    interface Build {
        Bundle run() throws IOException, InterruptedException;
    }

    /** Builds while no other build uses the cache. What killed builds left half-made is swept before. */
    Bundle alone(Build build) throws InterruptedException {
        try {
            Files.createDirectories(cache);
            try (FileChannel channel = FileChannel.open(
                            cache.resolve("build.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                    FileLock held = lock(channel)) {
                if (!held.isValid()) {
                    throw new IOException("the lock of " + cache + " was lost");
                }
                Storage.sweep(cache.resolve("parts"));
                Storage.sweep(cache.resolve("bundles"));
                return build.run();
            }
        } catch (IOException failed) {
            throw BundleException.storage("using the cache " + cache, failed);
        }
    }

    private FileLock lock(FileChannel channel) throws IOException, InterruptedException {
        FileLock free = channel.tryLock();
        if (free != null) {
            return free;
        }
        listener.accept(new BuildEvent.Notice("cache", "another build uses " + cache + "; waiting for it"));
        while (true) {
            Thread.sleep(Duration.ofSeconds(1));
            FileLock taken = channel.tryLock();
            if (taken != null) {
                return taken;
            }
        }
    }

    /** Runs everything, so many at a time; the first failure ends the rest. */
    void all(int atOnce, List<Callable<Boolean>> work) throws InterruptedException {
        try (ExecutorService executor =
                Executors.newFixedThreadPool(atOnce, Thread.ofVirtual().factory())) {
            CompletionService<Boolean> running = new ExecutorCompletionService<>(executor);
            work.forEach(running::submit);
            try {
                for (int done = 0; done < work.size(); done++) {
                    running.take().get();
                }
            } catch (ExecutionException failed) {
                executor.shutdownNow();
                switch (failed.getCause()) {
                    case RuntimeException runtime -> throw runtime;
                    case Error error -> throw error;
                    case null, default -> throw new IllegalStateException(failed);
                }
            } catch (InterruptedException interrupted) {
                executor.shutdownNow();
                throw interrupted;
            }
        }
    }

    /** Does something of which it is known how long it takes. */
    void observed(String subject, String doing, Duration expected, Work work) throws InterruptedException {
        listener.accept(new BuildEvent.Started(subject, doing, expected));
        reported(subject, doing, work, elapsed -> new BuildEvent.Running(subject, doing, elapsed, expected));
    }

    /** Fetches something; {@code received} says how far it is. */
    void fetched(String subject, String doing, Received received, Work work) throws InterruptedException {
        listener.accept(new BuildEvent.Fetching(subject, doing, 0, 0));
        reported(
                subject,
                doing,
                work,
                elapsed -> new BuildEvent.Fetching(subject, doing, received.bytes(), received.expected()));
    }

    private void reported(String subject, String doing, Work work, Function<Duration, BuildEvent> report)
            throws InterruptedException {
        long begin = System.nanoTime();
        Thread ticker = Thread.startVirtualThread(() -> {
            try {
                while (true) {
                    Thread.sleep(BETWEEN_REPORTS);
                    listener.accept(report.apply(Duration.ofNanos(System.nanoTime() - begin)));
                }
            } catch (InterruptedException ended) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            boolean cached = work.run();
            listener.accept(new BuildEvent.Finished(subject, Duration.ofNanos(System.nanoTime() - begin), cached));
        } catch (IOException failed) {
            throw BundleException.storage(doing, failed);
        } finally {
            ticker.interrupt();
        }
    }
}
