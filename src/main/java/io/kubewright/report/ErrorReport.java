package io.kubewright.report;

import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A command that ended without having done what it was asked for. */
public final class ErrorReport {
    private ErrorReport() {}

    /**
     * Something wrong in a file.
     *
     * @param line and {@code column} count from 1
     * @param code stable word
     */
    public record Problem(String file, int line, int column, String code, String message, String hint) {}

    public static String text(String message, String hint) {
        StringBuilder text =
                new StringBuilder("kubewright: " + Printable.text(message).strip() + "\n");
        if (!hint.isBlank()) {
            text.append(Printable.indent(hint.strip(), "  "));
        }
        return text.toString();
    }

    /**
     * One line of schema {@code kubewright.io/error/v1}.
     *
     * @param exit the exit code
     * @param problems of a file; none when it is about something else
     */
    public static String json(int exit, String message, String hint, List<Problem> problems) {
        ObjectNode line =
                Json.document("error").put("exit", exit).put("message", message).put("hint", hint);
        ArrayNode list = line.putArray("problems");
        for (Problem problem : problems) {
            list.addObject()
                    .put("file", problem.file())
                    .put("line", problem.line())
                    .put("column", problem.column())
                    .put("code", problem.code())
                    .put("message", problem.message())
                    .put("hint", problem.hint());
        }
        return Json.writeLine(line);
    }
}
