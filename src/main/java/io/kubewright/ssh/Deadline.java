package io.kubewright.ssh;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A moment by which something must have happened.
 *
 * @param moment on {@link System#nanoTime}'s scale
 * @param allowed the time that was given, for messages
 */
record Deadline(long moment, Duration allowed) {
    private static final Duration LONGEST = Duration.ofDays(365);

    static Deadline in(Duration allowed) {
        Duration bounded = allowed.compareTo(LONGEST) > 0 ? LONGEST : allowed;
        return new Deadline(System.nanoTime() + bounded.toNanos(), bounded);
    }

    /** The earlier of this and that much from now. */
    Deadline within(Duration shorter) {
        Deadline other = in(shorter);
        return other.moment - moment < 0 ? other : this;
    }

    Deadline later(Duration by) {
        return new Deadline(moment + by.toNanos(), allowed);
    }

    long remainingNanos() {
        return Math.max(0, moment - System.nanoTime());
    }

    boolean passed() {
        return remainingNanos() == 0;
    }

    /** The given wait, cut to what remains. */
    long remainingMillis(long most) {
        return Math.min(most, TimeUnit.NANOSECONDS.toMillis(remainingNanos()) + 1);
    }

    /** For people: {@code 90 s} or {@code 1500 ms}. */
    String text() {
        return allowed.toMillis() % 1000 == 0 ? allowed.toSeconds() + " s" : allowed.toMillis() + " ms";
    }
}
