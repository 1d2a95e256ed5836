package io.kubewright.bundle;

import java.io.IOException;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * How long a server that fails is asked again.
 *
 * @param attempts in a row that brought nothing, before it is given up; one that brought something begins a new row
 * @param firstPause before the second attempt; doubled before each further one
 * @param longestPause also the longest {@code Retry-After} that is waited for
 * @param silence without a byte, after which a connection counts as broken
 */
record Patience(int attempts, Duration firstPause, Duration longestPause, Duration silence) {
    static final Patience USUAL = new Patience(5, Duration.ofSeconds(1), Duration.ofMinutes(2), Duration.ofSeconds(60));

    /** One request, with what belongs to it. */
    interface Attempt<T> {
        T run() throws IOException, InterruptedException;
    }

    /**
     * Attempts until it succeeds.
     *
     * @param received what has been received so far, bytes
     * @throws FetchException at once when asking again would not help
     * @throws IOException that of the last attempt
     */
    <T> T persist(LongSupplier received, Attempt<T> attempt) throws IOException, InterruptedException {
        int failed = 0;
        while (true) {
            long before = received.getAsLong();
            try {
                return attempt.run();
            } catch (FetchException answer) {
                if (answer.kind() != FetchException.Kind.BUSY) {
                    throw answer;
                }
                failed = pause(failed + 1, answer, answer.after().orElse(exponential(failed)));
            } catch (IOException broken) {
                // The HTTP client wraps an interrupt that came while it read a body.
                if (Thread.interrupted()) {
                    throw new InterruptedException();
                }
                failed = received.getAsLong() > before ? 0 : failed;
                failed = pause(failed + 1, broken, exponential(failed));
            }
        }
    }

    <T> T persist(Attempt<T> attempt) throws IOException, InterruptedException {
        return persist(() -> 0, attempt);
    }

    private int pause(int failed, IOException last, Duration pause) throws IOException, InterruptedException {
        if (failed >= attempts || pause.compareTo(longestPause) > 0) {
            throw last;
        }
        Thread.sleep(pause);
        return failed;
    }

    private Duration exponential(int failed) {
        Duration doubled = firstPause.multipliedBy(1L << Math.min(failed, 20));
        return doubled.compareTo(longestPause) > 0 ? longestPause : doubled;
    }
}
