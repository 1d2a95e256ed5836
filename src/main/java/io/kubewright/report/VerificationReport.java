package io.kubewright.report;

import io.kubewright.engine.Verification;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What proofs, or checks, found: a table for people, a document for machines. */
public final class VerificationReport {
    private static final int LONGEST_PATH = 44;

    private VerificationReport() {}

    /**
     * One line a proof, and under it each finding that does not hold.
     *
     * @param noun what they are called: proofs or checks
     * @param whole each finding that holds too, with its evidence
     */
    public static String text(String noun, Verification verification, boolean colour, boolean whole) {
        Style style = Style.of(colour);
        Map<String, List<Verification.Entry>> byPath = verification.entries().stream()
                .collect(Collectors.groupingBy(Verification.Entry::path, LinkedHashMap::new, Collectors.toList()));
        int width = Math.min(
                LONGEST_PATH,
                byPath.keySet().stream().mapToInt(String::length).max().orElse(0));
        StringBuilder text = new StringBuilder();
        byPath.forEach((path, entries) -> proof(path, entries, width, style, whole, text));
        text.append(byPath.isEmpty() ? "" : "\n")
                .append(conclusion(noun, verification, style))
                .append('\n');
        return text.toString();
    }

    private static void proof(
            String path, List<Verification.Entry> entries, int width, Style style, boolean whole, StringBuilder text) {
        long held = entries.stream().filter(Verification.Entry::ok).count();
        boolean ok = held == entries.size();
        long millis =
                entries.stream().mapToLong(Verification.Entry::millis).max().orElse(0);
        String claim = entries.stream()
                .filter(entry -> !entry.ok())
                .findFirst()
                .orElse(entries.getFirst())
                .claim();
        text.append(ok ? style.green("ok    ") : style.red("FAIL  "))
                .append(path)
                .append(" ".repeat(Math.max(0, width - path.length()) + 2))
                .append(String.format(
                        "%7s", entries.size() == 1 ? entries.getFirst().target() : held + "/" + entries.size()))
                .append(String.format("%9s  ", Durations.of(millis)))
                .append(style.faint(Printable.line(claim)))
                .append('\n');
        for (Verification.Entry entry : entries) {
            if (!entry.ok()) {
                text.append("        ")
                        .append(style.red(entry.target()))
                        .append(": ")
                        .append(Printable.indent(entry.evidence(), "          ").strip())
                        .append('\n');
            } else if (whole) {
                text.append("        ")
                        .append(entry.target())
                        .append(": ")
                        .append(style.faint(Printable.line(entry.evidence())))
                        .append('\n');
            }
        }
    }

    private static String conclusion(String noun, Verification verification, Style style) {
        int all = verification.entries().size();
        long held =
                verification.entries().stream().filter(Verification.Entry::ok).count();
        return held == all
                ? style.bold(all + " of " + all + " " + noun + " hold")
                : style.bold(held + " of " + all + " " + noun + " hold, ") + style.red((all - held) + " do not");
    }

    /**
     * Schema {@code kubewright.io/verify/v1} or {@code kubewright.io/preflight/v1}.
     *
     * @param document verify or preflight
     * @param noun the name of the list
     */
    public static String json(String document, String noun, Verification verification) {
        ObjectNode root = Json.document(document).put("ok", verification.ok());
        ArrayNode proofs = root.putArray(noun);
        for (Verification.Entry entry : verification.entries()) {
            proofs.addObject()
                    .put("path", entry.path())
                    .put("target", entry.target())
                    .put("ok", entry.ok())
                    .put("claim", entry.claim())
                    .put("evidence", entry.evidence())
                    .put("millis", entry.millis());
        }
        return Json.write(root);
    }
}
