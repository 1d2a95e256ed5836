package io.kubewright.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.util.function.Consumer;

/** A host that runs scripts as root. One connection serves all calls; calls may come from several threads. */
public interface Target extends AutoCloseable {
    /** The host's name in the file. */
    String name();

    /**
     * Runs a POSIX sh script as root. The script travels on standard input, never in an argument.
     *
     * @param onLine gets each line of standard output as it arrives, without its line end
     * @param deadline for the whole run, connecting included
     * @throws TargetException when the host cannot be reached, refuses us, or the connection is lost
     */
    ScriptResult run(String script, Duration deadline, Consumer<String> onLine) throws InterruptedException;

    /**
     * Copies a file to the host, owned by root with mode 0600. It appears under its name only once it is whole and its
     * digest is right; missing parent directories are made.
     *
     * @param sha256 of the content, lower-case hex
     * @param onBytes gets the number of bytes sent so far
     */
    void upload(Path file, String sha256, String remotePath, Duration deadline, Consumer<Long> onBytes)
            throws InterruptedException;

    @Override
    void close();
}
