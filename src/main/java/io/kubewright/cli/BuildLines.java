package io.kubewright.cli;

import io.kubewright.bundle.BuildEvent;
import java.io.PrintStream;
import java.time.Duration;
import java.util.function.Consumer;

/** Shows a build in plain lines: what is being made, for how long, and how long that usually takes. */
final class BuildLines implements Consumer<BuildEvent> {
    private static final Duration WORTH_A_LINE = Duration.ofSeconds(2);

    private final PrintStream out;

    BuildLines(PrintStream out) {
        this.out = out;
    }

    @Override
    public void accept(BuildEvent event) {
        switch (event) {
            case BuildEvent.Started started -> {
                if (started.expected().compareTo(WORTH_A_LINE) > 0) {
                    line(started.doing() + " (" + span(started.expected()) + " when nothing is cached)");
                }
            }
            case BuildEvent.Running running ->
                line(running.doing() + ": " + span(running.elapsed()) + " of about " + span(running.expected()));
            case BuildEvent.Fetching fetching -> line(fetching.doing() + amount(fetching));
            case BuildEvent.Finished finished -> {
                if (finished.cached()) {
                    line(finished.subject() + ": unchanged, taken from the cache");
                } else if (finished.elapsed().compareTo(WORTH_A_LINE) > 0) {
                    line(finished.subject() + ": done in " + span(finished.elapsed()));
                }
            }
            case BuildEvent.Notice notice -> line(notice.text());
        }
        out.flush();
    }

    private void line(String text) {
        out.println("  " + text);
    }

    private static String amount(BuildEvent.Fetching fetching) {
        if (fetching.expected() == 0) {
            return "";
        }
        return ": " + megabytes(fetching.received()) + " of " + megabytes(fetching.expected()) + " MB";
    }

    private static long megabytes(long bytes) {
        return Math.round(bytes / 1e6);
    }

    private static String span(Duration duration) {
        long seconds = Math.max(1, Math.round(duration.toMillis() / 1000.0));
        return seconds < 60 ? seconds + " s" : String.format("%d min %02d s", seconds / 60, seconds % 60);
    }
}
