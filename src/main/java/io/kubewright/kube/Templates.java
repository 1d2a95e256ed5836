package io.kubewright.kube;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The room's texts that lie beside it as files; {@code @NAME@} is a place for a value. */
final class Templates {
    private Templates() {}

    /**
     * The text with its places filled in.
     *
     * @param namesAndValues NAME, value, NAME, value, …; each place must be there and no place may stay
     */
    static String text(String file, String... namesAndValues) {
        String text = read(file);
        for (int index = 0; index < namesAndValues.length; index += 2) {
            String place = "@" + namesAndValues[index] + "@";
            if (!text.contains(place)) {
                throw new IllegalStateException(file + " has no place " + place);
            }
            text = text.replace(place, namesAndValues[index + 1]);
        }
        return text;
    }

    private static String read(String file) {
        try (InputStream in = Templates.class.getResourceAsStream(file)) {
            if (in == null) {
                throw new IllegalStateException("the build lacks the resource " + file);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
