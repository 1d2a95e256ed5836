package io.kubewright.report;

/** How text is marked: with the terminal's colours, or not at all. */
enum Style {
    PLAIN,
    COLOUR;

    static Style of(boolean colour) {
        return colour ? COLOUR : PLAIN;
    }

    String bold(String text) {
        return mark("1", text);
    }

    String faint(String text) {
        return mark("2", text);
    }

    String red(String text) {
        return mark("31", text);
    }

    String green(String text) {
        return mark("32", text);
    }

    String yellow(String text) {
        return mark("33", text);
    }

    private String mark(String code, String text) {
        return this == PLAIN || text.isEmpty() ? text : "\u001b[" + code + "m" + text + "\u001b[0m";
    }
}
