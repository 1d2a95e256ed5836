package io.kubewright.engine;

import java.util.Arrays;
import java.util.Collection;
import java.util.stream.Collectors;

/** The one quoter: makes a POSIX sh word out of any value. */
public final class Shell {
    private Shell() {}

    /**
     * A single word that the shell reads back as exactly {@code value}.
     *
     * @throws IllegalArgumentException for a NUL character, which no shell word can hold
     */
    public static String quote(String value) {
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a shell word cannot hold NUL");
        }
        if (!value.isEmpty() && value.chars().allMatch(Shell::plain)) {
            return value;
        }
        return "'" + value.replace("'", "'\\''") + "'";
    }

    /** The words, each quoted, joined by spaces. */
    public static String words(String... words) {
        return words(Arrays.asList(words));
    }

    /** The words, each quoted, joined by spaces. */
    public static String words(Collection<String> words) {
        return words.stream().map(Shell::quote).collect(Collectors.joining(" "));
    }

    private static boolean plain(int character) {
        return character >= 'a' && character <= 'z'
                || character >= 'A' && character <= 'Z'
                || character >= '0' && character <= '9'
                || "_-./:@%+,".indexOf(character) >= 0;
    }
}
