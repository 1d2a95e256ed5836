package io.kubewright.report;

import io.kubewright.engine.Action;
import io.kubewright.engine.Plan;
import io.kubewright.engine.Step;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A plan for people. Steps that are the same on several hosts are shown once, under the names of all of them. */
public final class PlanReport {
    private static final int DIFF_LINES = 12;
    private static final int WHY_COLUMN = 34;

    private final Style style;
    private final boolean whole;

    private PlanReport(Style style, boolean whole) {
        this.style = style;
        this.whole = whole;
    }

    /**
     * The text of a plan.
     *
     * @param whole all lines of all diffs, and the steps that stay the same too
     */
    public static String text(Plan plan, boolean colour, boolean whole) {
        return new PlanReport(Style.of(colour), whole).render(plan);
    }

    /** The last line of a plan: how many of what; {@code 0 to change} when there is nothing to do. */
    public static String summary(Plan plan) {
        Map<Action, Integer> counts = plan.summary();
        List<String> parts = new ArrayList<>();
        for (Action action : Action.values()) {
            int count = counts.getOrDefault(action, 0);
            if (count > 0) {
                words(action).ifPresent(words -> parts.add(count + " " + words));
            }
        }
        if (!plan.acts()) {
            parts.addFirst("0 to change");
        }
        return String.join(", ", parts);
    }

    private static Optional<String> words(Action action) {
        return switch (action) {
            case CREATE, CHANGE, REPLACE, REMOVE -> Optional.of("to " + action.word());
            case DEFERRED -> Optional.of("to be seen once the cluster answers");
            case SAME -> Optional.of("same");
            case ACCOMPANY -> Optional.empty();
        };
    }

    /** What makes two steps one to the reader. */
    private record Shape(
            String path, Action action, String why, String diff, Optional<String> deviation, Optional<String> loses) {
        static Shape of(Step step) {
            return new Shape(step.id().path(), step.action(), step.why(), step.diff(), step.deviation(), step.loses());
        }
    }

    private String render(Plan plan) {
        StringBuilder text = new StringBuilder();
        groups(plan).forEach((targets, shapes) -> {
            text.append(style.bold(String.join(", ", targets))).append('\n');
            shapes.forEach(shape -> step(shape, text));
            text.append('\n');
        });
        deviations(plan, text);
        refusals(plan, text);
        plan.notes()
                .forEach(note ->
                        text.append("Note: ").append(Printable.line(note)).append('\n'));
        text.append(style.bold(summary(plan))).append('\n');
        return text.toString();
    }

    private Map<List<String>, List<Shape>> groups(Plan plan) {
        Map<Shape, List<String>> targets = new LinkedHashMap<>();
        for (Step step : plan.steps()) {
            if (step.action().acts() || whole) {
                targets.computeIfAbsent(Shape.of(step), _ -> new ArrayList<>())
                        .add(step.id().target());
            }
        }
        Map<List<String>, List<Shape>> groups = new LinkedHashMap<>();
        targets.forEach((shape, names) ->
                groups.computeIfAbsent(names, _ -> new ArrayList<>()).add(shape));
        return groups;
    }

    private void step(Shape shape, StringBuilder text) {
        text.append("  ")
                .append(sign(shape.action()))
                .append(' ')
                .append(pad(shape.path(), WHY_COLUMN))
                .append(style.faint(Printable.line(shape.why())))
                .append('\n');
        shape.loses()
                .ifPresent(loss -> text.append("      ")
                        .append(style.red("loses: " + lines(loss).stripTrailing()))
                        .append('\n'));
        diff(shape, text);
    }

    private String sign(Action action) {
        return switch (action) {
            case CREATE -> style.green("+");
            case CHANGE -> style.yellow("~");
            case REPLACE -> style.red("±");
            case REMOVE -> style.red("-");
            case SAME -> style.faint("=");
            case DEFERRED -> style.green("?");
            case ACCOMPANY -> style.faint(">");
        };
    }

    private void diff(Shape shape, StringBuilder text) {
        // The place of the only hunk in a small text tells nothing.
        List<String> lines = Printable.text(shape.diff()).lines().skip(1).toList();
        int shown = whole || lines.size() <= DIFF_LINES + 1 ? lines.size() : DIFF_LINES;
        lines.stream()
                .limit(shown)
                .forEach(line -> text.append("      ").append(coloured(line)).append('\n'));
        if (shown < lines.size()) {
            text.append("      ")
                    .append(style.faint("… " + (lines.size() - shown) + " more lines (-v shows all)"))
                    .append('\n');
        }
    }

    private String coloured(String line) {
        return switch (line.isEmpty() ? ' ' : line.charAt(0)) {
            case '+' -> style.green(line);
            case '-' -> style.red(line);
            case '@', '\\' -> style.faint(line);
            default -> line;
        };
    }

    /** Listed whatever their action: a lab is never to be taken for production. */
    private void deviations(Plan plan, StringBuilder text) {
        Map<String, List<Step>> byText = plan.steps().stream()
                .filter(step -> step.deviation().isPresent())
                .collect(Collectors.groupingBy(
                        step -> step.deviation().orElse(""), LinkedHashMap::new, Collectors.toList()));
        if (byText.isEmpty()) {
            return;
        }
        text.append(style.bold("Deviations from a production host")).append('\n');
        byText.forEach((deviation, steps) -> text.append("  ")
                .append(places(steps))
                .append(": ")
                .append(Printable.line(deviation))
                .append('\n'));
        text.append('\n');
    }

    private static String places(List<Step> steps) {
        Map<String, List<String>> byPath = new LinkedHashMap<>();
        steps.forEach(step -> byPath.computeIfAbsent(step.id().path(), _ -> new ArrayList<>())
                .add(step.id().target()));
        return byPath.entrySet().stream()
                .map(entry -> entry.getKey() + "@" + String.join(",", entry.getValue()))
                .collect(Collectors.joining(" "));
    }

    private void refusals(Plan plan, StringBuilder text) {
        List<Step> refused = plan.refused();
        if (refused.isEmpty()) {
            return;
        }
        text.append(style.bold("Refused")).append('\n');
        refused.forEach(step -> step.refusal()
                .ifPresent(refusal -> text.append("  ")
                        .append(style.red(step.id().toString()))
                        .append(": ")
                        .append(lines(refusal.reason()))
                        .append("      ")
                        .append(Printable.line(refusal.hint()))
                        .append('\n')));
        text.append('\n');
    }

    /** The first line as it is, others (a diff, say) below it. */
    private static String lines(String text) {
        List<String> lines = Printable.text(text).lines().toList();
        return lines.isEmpty()
                ? "\n"
                : lines.getFirst()
                        + "\n"
                        + lines.stream()
                                .skip(1)
                                .map(line -> "      " + line + "\n")
                                .collect(Collectors.joining());
    }

    private static String pad(String text, int width) {
        return text.length() < width ? text + " ".repeat(width - text.length()) : text + "  ";
    }
}
