package io.kubewright.report;

import io.kubewright.engine.Journal;
import io.kubewright.engine.StepId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What was done, by whom, when. */
public final class JournalReport {
    private JournalReport() {}

    /** A run, gathered from its entries. */
    private record RunLine(String run, List<Journal.Entry> entries) {
        Instant began() {
            return entries.getFirst().when();
        }

        String ended() {
            return entries.stream()
                    .filter(entry -> entry.event().equals("end"))
                    .map(Journal.Entry::detail)
                    .findFirst()
                    .orElse("not ended");
        }

        long count(String event) {
            return entries.stream().filter(entry -> entry.event().equals(event)).count();
        }

        long millis() {
            return Duration.between(began(), entries.getLast().when()).toMillis();
        }
    }

    /** Newest first. */
    private static List<RunLine> runs(List<Journal.Entry> entries) {
        Map<String, List<Journal.Entry>> byRun = entries.stream()
                .collect(Collectors.groupingBy(Journal.Entry::run, LinkedHashMap::new, Collectors.toList()));
        List<RunLine> runs = new ArrayList<>();
        byRun.forEach((run, lines) -> runs.add(new RunLine(run, lines)));
        return runs.reversed();
    }

    /** One line a run, newest first. */
    public static String list(List<Journal.Entry> entries) {
        if (entries.isEmpty()) {
            return "no run yet\n";
        }
        StringBuilder text = new StringBuilder();
        for (RunLine run : runs(entries)) {
            Journal.Entry first = run.entries().getFirst();
            text.append(String.format(
                    "%s  %s  plan %s  %-11s  %d done, %d failed  %s%n",
                    run.run(),
                    Printable.line(first.who()),
                    first.plan(),
                    Printable.line(run.ended()),
                    run.count("done"),
                    run.count("failed"),
                    Durations.of(run.millis())));
        }
        return text.toString();
    }

    /** Schema {@code kubewright.io/journal/v1}: the runs, newest first. */
    public static String listJson(List<Journal.Entry> entries) {
        ObjectNode root = Json.document("journal");
        ArrayNode runs = root.putArray("runs");
        for (RunLine run : runs(entries)) {
            Journal.Entry first = run.entries().getFirst();
            runs.addObject()
                    .put("run", run.run())
                    .put("when", run.began().toString())
                    .put("who", first.who())
                    .put("plan", first.plan())
                    .put("ended", run.ended())
                    .put("done", run.count("done"))
                    .put("failed", run.count("failed"))
                    .put("millis", run.millis());
        }
        return Json.write(root);
    }

    /** The entries of one run, oldest first. */
    public static String show(List<Journal.Entry> entries) {
        StringBuilder text = new StringBuilder();
        for (Journal.Entry entry : entries) {
            text.append(String.format(
                            "%6d  %s  %-9s %s  %s",
                            entry.sequence(),
                            entry.when(),
                            entry.event(),
                            entry.step().map(StepId::toString).orElse("the run"),
                            Printable.line(entry.detail()))
                    .stripTrailing());
            text.append('\n');
        }
        return text.toString();
    }

    /** Schema {@code kubewright.io/run/v1}. */
    public static String showJson(List<Journal.Entry> entries) {
        ObjectNode root = Json.document("run");
        ArrayNode lines = root.putArray("entries");
        for (Journal.Entry entry : entries) {
            ObjectNode line = lines.addObject()
                    .put("sequence", entry.sequence())
                    .put("when", entry.when().toString())
                    .put("who", entry.who())
                    .put("run", entry.run())
                    .put("plan", entry.plan())
                    .put("event", entry.event());
            entry.step().ifPresent(step -> line.put("path", step.path()).put("target", step.target()));
            line.put("detail", entry.detail()).put("hash", entry.hash());
        }
        return Json.write(root);
    }

    /** Whether the journal is whole, and what is wrong with it. */
    public static String check(int entries, List<String> problems) {
        if (problems.isEmpty()) {
            return "the journal is whole: " + entries + " entries, each holds the hash of the one before\n";
        }
        return problems.stream().map(Printable::line).collect(Collectors.joining("\n", "", "\n"));
    }

    /** Schema {@code kubewright.io/journal-check/v1}. */
    public static String checkJson(int entries, List<String> problems) {
        ObjectNode root =
                Json.document("journal-check").put("ok", problems.isEmpty()).put("entries", entries);
        ArrayNode list = root.putArray("problems");
        problems.forEach(list::add);
        return Json.write(root);
    }
}
