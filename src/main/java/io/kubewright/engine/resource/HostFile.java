package io.kubewright.engine.resource;

/** A file that shall lie on a host, owned by root. */
public sealed interface HostFile permits TextFile, BinaryFile {
    /** Absolute. */
    String path();

    /** Four octal digits, such as {@code 0644}. */
    String mode();

    /** What {@link #probe} prints once the file is as wanted. */
    String state();

    /** Fragment that prints the file's state, nothing when there is none. */
    String probe();

    /** Fragment that puts the file there, its original saved first. */
    String put();

    /** The first line of the state: path, mode as {@code stat} prints it, owner, digest. */
    static String headline(String path, String mode, String sha256) {
        return "file %s %s root:root %s\n".formatted(path, mode.replaceFirst("^0+(?=.)", ""), sha256);
    }
}
