package io.kubewright.report;

import io.kubewright.engine.Diff;
import io.kubewright.engine.Drift;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What is no longer as it was applied. */
public final class DriftReport {
    private DriftReport() {}

    /** Each difference as a diff from what was applied to what is found. */
    public static String text(Drift drift, boolean colour) {
        Style style = Style.of(colour);
        if (drift.none()) {
            return style.bold("no drift: everything is as it was last applied") + "\n";
        }
        StringBuilder text = new StringBuilder();
        for (Drift.Entry entry : drift.entries()) {
            text.append(style.bold(entry.step().toString()))
                    .append(entry.found().isEmpty() ? " is gone" : "")
                    .append('\n');
            Printable.text(Diff.unified(entry.expected(), entry.found()))
                    .lines()
                    .filter(line -> !line.startsWith("@@"))
                    .forEach(line -> text.append("      ")
                            .append(
                                    line.startsWith("-")
                                            ? style.red(line)
                                            : line.startsWith("+") ? style.green(line) : line)
                            .append('\n'));
            text.append('\n');
        }
        int count = drift.entries().size();
        text.append(style.bold(count + (count == 1 ? " resource is" : " resources are") + " not as last applied"))
                .append("; kubewright plan shows what apply would put back\n");
        return text.toString();
    }

    /** Schema {@code kubewright.io/drift/v1}. */
    public static String json(Drift drift) {
        ObjectNode root = Json.document("drift");
        ArrayNode entries = root.putArray("drift");
        for (Drift.Entry entry : drift.entries()) {
            entries.addObject()
                    .put("path", entry.step().path())
                    .put("target", entry.step().target())
                    .put("expected", entry.expected())
                    .put("found", entry.found());
        }
        return Json.write(root);
    }
}
