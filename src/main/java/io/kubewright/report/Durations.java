package io.kubewright.report;

import java.util.Locale;

/** Times for people. */
final class Durations {
    private static final long SECOND = 1000;
    private static final long MINUTE = 60 * SECOND;
    private static final long HOUR = 60 * MINUTE;

    private Durations() {}

    /** Such as {@code 0.3 s}, {@code 42 s}, {@code 3 min 5 s}, {@code 1 h 2 min}. */
    static String of(long millis) {
        if (millis < 10 * SECOND) {
            return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
        }
        if (millis < MINUTE) {
            return millis / SECOND + " s";
        }
        if (millis < HOUR) {
            return millis / MINUTE + " min " + millis % MINUTE / SECOND + " s";
        }
        return millis / HOUR + " h " + millis % HOUR / MINUTE + " min";
    }
}
