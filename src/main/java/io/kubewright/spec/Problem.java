package io.kubewright.spec;

/**
 * One thing wrong with a file, at its place.
 *
 * @param file as the user named it
 * @param line counts from 1
 * @param column counts from 1, in code points
 * @param message what is wrong and why it matters
 * @param hint what to do; may be empty
 * @param excerpt the line of the file; empty when the file has no such line
 */
public record Problem(Code code, String file, int line, int column, String message, String hint, String excerpt) {
    /** Several lines for people: place and message, the line with a caret, the hint. No line break at the end. */
    public String render() {
        String head = "%s:%d:%d: %s%s [%s]"
                .formatted(
                        file, line, column, code.kind() == Code.Kind.WARNING ? "warning: " : "", message, code.word());
        StringBuilder text = new StringBuilder(head);
        if (!excerpt.isBlank()) {
            String number = Integer.toString(line);
            int[] points = excerpt.codePoints().limit(column - 1L).toArray();
            StringBuilder caret = new StringBuilder();
            for (int point : points) {
                caret.append(point == '\t' ? '\t' : ' ');
            }
            text.append("\n  ").append(number).append(" | ").append(excerpt);
            text.append("\n  ")
                    .repeat(" ", number.length())
                    .append(" | ")
                    .append(caret)
                    .append('^');
        }
        if (!hint.isEmpty()) {
            text.append("\n  ").append(hint);
        }
        return text.toString();
    }
}
