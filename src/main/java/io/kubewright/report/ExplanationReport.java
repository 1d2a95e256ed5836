package io.kubewright.report;

import io.kubewright.engine.Explanation;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Why a step exists. */
public final class ExplanationReport {
    private static final int WIDTH = 88;

    private ExplanationReport() {}

    /** A page about {@code path}, whose explanation may be that of a path above it. */
    public static String text(String path, Explanation explanation, boolean colour) {
        Style style = Style.of(colour);
        StringBuilder text = new StringBuilder(style.bold(path) + "\n");
        if (!explanation.path().equals(path)) {
            text.append(style.faint("as part of " + explanation.path())).append('\n');
        }
        text.append('\n');
        section("Why", explanation.why(), style, text);
        section("How it came to be so", explanation.rationale(), style, text);
        section("Without it", explanation.without(), style, text);
        section("Taken back", explanation.undone(), style, text);
        section("Source", explanation.source(), style, text);
        return text.substring(0, text.length() - 1);
    }

    private static void section(String title, String content, Style style, StringBuilder text) {
        text.append(style.bold(title)).append('\n');
        for (String line : wrapped(content)) {
            text.append(line.isEmpty() ? "" : "  ").append(line).append('\n');
        }
        text.append('\n');
    }

    /** Paragraphs, which an empty line parts, at most {@value #WIDTH} characters wide. */
    private static List<String> wrapped(String content) {
        List<String> lines = new ArrayList<>();
        for (String paragraph : Printable.text(content).strip().split("\n\\s*\n")) {
            if (!lines.isEmpty()) {
                lines.add("");
            }
            StringBuilder line = new StringBuilder();
            for (String word : paragraph.strip().split("\\s+")) {
                if (!line.isEmpty() && line.length() + 1 + word.length() > WIDTH) {
                    lines.add(line.toString());
                    line.setLength(0);
                }
                line.append(line.isEmpty() ? "" : " ").append(word);
            }
            lines.add(line.toString());
        }
        return lines;
    }

    /** All paths with a line each. */
    public static String list(List<Explanation> explanations, boolean colour) {
        Style style = Style.of(colour);
        int width = explanations.stream()
                .mapToInt(each -> each.path().length())
                .max()
                .orElse(0);
        StringBuilder text = new StringBuilder();
        explanations.forEach(each -> text.append(each.path())
                .append(" ".repeat(width - each.path().length() + 2))
                .append(style.faint(Printable.line(each.why())))
                .append('\n'));
        return text.toString();
    }

    /** Schema {@code kubewright.io/explain/v1}. */
    public static String json(List<Explanation> explanations) {
        ObjectNode root = Json.document("explain");
        ArrayNode entries = root.putArray("explanations");
        for (Explanation each : explanations) {
            entries.addObject()
                    .put("path", each.path())
                    .put("why", each.why())
                    .put("rationale", each.rationale())
                    .put("source", each.source())
                    .put("without", each.without())
                    .put("undone", each.undone());
        }
        return Json.write(root);
    }
}
