package io.kubewright.report;

import io.kubewright.engine.RunEvent;
import io.kubewright.engine.StepId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What goes on now, gathered from the events, and the few lines that show it. Times are milliseconds of any one clock.
 * Not for several threads.
 */
final class RunState {
    private static final int MOST_ROWS = 16;
    private static final int LOG_LINES = 3;

    private final Map<String, Row> rows = new LinkedHashMap<>();
    private final Set<String> failures = new LinkedHashSet<>();
    private String title = "";
    private long began;
    private int steps;
    private int ended;

    /** One host, phase or proof that something is being done with. */
    private static final class Row {
        private String doing;
        private String detail = "";
        private final List<String> log = new ArrayList<>();
        private long since;
        private boolean active = true;

        private Row(String doing, long since) {
            this.doing = doing;
            this.since = since;
        }

        private void begin(String what, long now) {
            doing = what;
            detail = "";
            log.clear();
            since = now;
            active = true;
        }

        private void line(String text) {
            detail = text;
            log.add(text);
            if (log.size() > LOG_LINES) {
                log.removeFirst();
            }
        }
    }

    void on(RunEvent event, long now) {
        switch (event) {
            case RunEvent.RunStarted(var run, var _, var kind, var count) -> {
                title = kind.word() + " " + run;
                steps = count;
                began = now;
            }
            case RunEvent.TransferProgress(var target, var what, var bytes, var total) ->
                transfer(target, what, bytes, total, now);
            case RunEvent.StepStarted(var step, var _) -> begin(step.target(), step.path(), now);
            case RunEvent.StepLine(var step, var text) -> line(step.target(), text);
            case RunEvent.StepDone(var step, var _) -> end(step);
            case RunEvent.StepSkipped(var step, var _) -> end(step);
            case RunEvent.StepFailed(var step, var _, var _, var _) -> fail(step);
            case RunEvent.StepRefused(var step, var _, var _) -> fail(step);
            case RunEvent.HostUnreachable(var target, var _, var _) -> {
                failures.add(target);
                rows.remove(target);
            }
            case RunEvent.PhaseStarted(var name) -> begin(name, "", now);
            case RunEvent.PhaseLine(var name, var text) -> line(name, text);
            case RunEvent.PhaseDone(var name, var _) -> rows.remove(name);
            case RunEvent.ProofStarted(var path, var _) -> begin(path, "", now);
            case RunEvent.ProofLine(var path, var text) -> line(path, text);
            case RunEvent.ProofFound(var path, var finding) -> {
                if (rows.remove(path) != null) {
                    ended++;
                }
                if (!finding.ok()) {
                    failures.add(path + "@" + finding.target());
                }
            }
            case RunEvent.RunFinished _ -> rows.clear();
        }
    }

    private void begin(String name, String what, long now) {
        rows.computeIfAbsent(name, _ -> new Row(what, now)).begin(what, now);
    }

    private void line(String name, String text) {
        Row row = rows.get(name);
        if (row != null) {
            row.line(text);
        }
    }

    /** A transfer runs beside the steps of its host, and shows while no step does. */
    private void transfer(String target, String what, long bytes, long total, long now) {
        Row row = rows.computeIfAbsent(target, _ -> new Row("", now));
        if (row.doing.isEmpty() || !row.active) {
            row.begin("", row.active ? row.since : now);
            row.detail = what + " " + megabytes(bytes) + " of " + megabytes(total) + " MB";
            row.active = bytes < total;
        }
    }

    private static String megabytes(long bytes) {
        return String.format("%.0f", bytes / 1e6);
    }

    private void end(StepId step) {
        ended++;
        Row row = rows.get(step.target());
        if (row != null && row.doing.equals(step.path())) {
            row.active = false;
        }
    }

    private void fail(StepId step) {
        end(step);
        failures.add(step.toString());
    }

    /**
     * What to show now.
     *
     * @param width no line is longer
     * @param height no more lines than this
     */
    List<String> lines(long now, int width, int height, Style style, boolean verbose) {
        List<String> lines = new ArrayList<>();
        if (!title.isEmpty()) {
            String progress = steps > 0 ? "  " + ended + "/" + steps : "";
            lines.add(style.bold(Printable.cut(title + progress + "  " + Durations.of(now - began), width)));
        }
        int room = Math.max(1, Math.min(MOST_ROWS, height - 4));
        List<Map.Entry<String, Row>> active = rows.entrySet().stream()
                .filter(entry -> entry.getValue().active)
                .toList();
        int name =
                active.stream().mapToInt(entry -> entry.getKey().length()).max().orElse(0);
        for (Map.Entry<String, Row> entry : active.subList(0, Math.min(room, active.size()))) {
            Row row = entry.getValue();
            lines.add(row(entry.getKey(), name, row, now, width, style));
            if (verbose && lines.size() + row.log.size() < height - 2) {
                row.log.forEach(
                        text -> lines.add(style.faint(Printable.fit("      | " + Printable.line(text), width))));
            }
        }
        if (active.size() > room) {
            lines.add(style.faint(Printable.fit("  and " + (active.size() - room) + " more", width)));
        }
        if (!failures.isEmpty()) {
            lines.add(style.red(Printable.cut(failures.size() + " failed: " + String.join(", ", failures), width)));
        }
        return lines;
    }

    private static String row(String name, int nameWidth, Row row, long now, int width, Style style) {
        String front =
                "  " + name + " ".repeat(nameWidth - name.length()) + "  " + pad(Durations.of(now - row.since)) + "  ";
        String doing = Printable.cut(row.doing, Math.max(0, width - front.length()));
        int left = width - front.length() - doing.length() - 2;
        String detail = left < 8 || row.detail.isEmpty() ? "" : "  " + style.faint(Printable.cut(row.detail, left));
        return (front.length() > width ? front.substring(0, width) : front) + doing + detail;
    }

    private static String pad(String duration) {
        return duration.length() < 7 ? " ".repeat(7 - duration.length()) + duration : duration;
    }
}
