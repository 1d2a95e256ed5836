package io.kubewright.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The room's shell functions, which fragments bring along. */
public final class ShellFunctions {
    private ShellFunctions() {}

    /** The text of a resource such as {@code swap.sh}. */
    static String of(String name) {
        return of(ShellFunctions.class, name);
    }

    /**
     * The text of a resource.
     *
     * @param beside a class of the package that has it
     */
    public static String of(Class<?> beside, String name) {
        try (InputStream in = beside.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the build lacks the resource " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
