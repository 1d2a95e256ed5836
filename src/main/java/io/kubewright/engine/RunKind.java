package io.kubewright.engine;

import java.util.Arrays;
import java.util.Locale;

/** What a plan or run is for. */
public enum RunKind {
    APPLY,
    UNDO,
    RESET,
    VERIFY,
    PREFLIGHT,
    LAB;

    /** Whether its steps are taken back. */
    public boolean takesBack() {
        return this == UNDO || this == RESET;
    }

    /** The word in JSON and for people, such as {@code apply}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The kind of that word; an {@link IllegalArgumentException} says what is wrong. */
    public static RunKind ofWord(String word) {
        return Arrays.stream(values())
                .filter(kind -> kind.word().equals(word))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("not a kind of run: " + word));
    }
}
