package io.kubewright.report;

/** A command that ended without having done what it was asked for. */
public final class ErrorReport {
    private ErrorReport() {}

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
     */
    public static String json(int exit, String message, String hint) {
        return Json.writeLine(
                Json.document("error").put("exit", exit).put("message", message).put("hint", hint));
    }
}
