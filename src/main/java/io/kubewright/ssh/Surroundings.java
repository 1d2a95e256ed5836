package io.kubewright.ssh;

import java.nio.file.Path;
import java.util.Optional;

/**
 * What of the operator's machine matters to SSH.
 *
 * @param home where {@code ~} points
 * @param configuration the only OpenSSH configuration to read; empty for the user's and the system's
 * @param agent socket of the SSH agent
 */
record Surroundings(Path home, Optional<Path> configuration, Optional<Path> agent) {
    static Surroundings ofThisProcess() {
        return new Surroundings(
                Path.of(System.getProperty("user.home")),
                Optional.empty(),
                Optional.ofNullable(System.getenv("SSH_AUTH_SOCK"))
                        .filter(socket -> !socket.isBlank())
                        .map(Path::of));
    }

    /** A path as OpenSSH writes it, with {@code ~} and {@code %d} for the home directory. */
    Path path(String text) {
        String plain = text.replace("%d", home.toString());
        if (plain.startsWith("~/")) {
            return home.resolve(plain.substring(2));
        }
        return Path.of(plain);
    }
}
