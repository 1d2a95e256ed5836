package io.kubewright.report;

/** Text from elsewhere, made safe for a terminal: what a host prints must not move the cursor or set a title. */
final class Printable {
    private static final char REPLACEMENT = '\u00b7';

    private Printable() {}

    /** Control characters but line feed and tab become a dot. */
    static String text(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints().forEach(character -> {
            if (character == '\n' || character == '\t' || !Character.isISOControl(character)) {
                safe.appendCodePoint(character);
            } else if (character != '\r') {
                safe.append(REPLACEMENT);
            }
        });
        return safe.toString();
    }

    /** As one line: line feeds and tabs become spaces. */
    static String line(String text) {
        return text(text).strip().replace('\n', ' ').replace('\t', ' ');
    }

    /** One line of at most {@code width} characters; what was cut shows. */
    static String cut(String text, int width) {
        return fit(line(text), width);
    }

    /** The first {@code width} characters of a line; what was cut shows. */
    static String fit(String line, int width) {
        if (line.length() <= width) {
            return line;
        }
        return width <= 0 ? "" : line.substring(0, width - 1) + "…";
    }

    static String indent(String text, String by) {
        StringBuilder indented = new StringBuilder();
        text(text).lines().forEach(line -> indented.append(by).append(line).append('\n'));
        return indented.toString();
    }
}
