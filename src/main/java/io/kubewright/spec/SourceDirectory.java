package io.kubewright.spec;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/**
 * What paths in a file are relative to.
 *
 * @param path absolute directory of the file
 * @param home absolute home directory of the user, for {@code ~/}
 */
public record SourceDirectory(Path path, Path home) {
    public static SourceDirectory of(Path file) {
        Path absolute = file.toAbsolutePath().normalize();
        Path parent = absolute.getParent();
        return new SourceDirectory(parent == null ? absolute : parent, Path.of(System.getProperty("user.home")));
    }

    /** The absolute path that {@code text} means. Throws {@link IllegalArgumentException} when it is no path. */
    public Path resolve(String text) {
        try {
            if (text.equals("~")) {
                return home;
            }
            if (text.startsWith("~/")) {
                return home.resolve(text.substring(2)).normalize();
            }
            return path.resolve(text).normalize();
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("'" + text + "' is not a path", e);
        }
    }
}
