package io.kubewright.ssh;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * How one host is reached. What is empty here is left to {@code ~/.ssh/config} and OpenSSH's own defaults.
 *
 * @param name the host's name in the file, for messages
 * @param address an IP address, a DNS name, or a {@code Host} alias of {@code ~/.ssh/config}
 * @param identityFile private key, offered before those of the agent
 * @param jump as OpenSSH's ProxyJump: {@code [user@]host[:port]}, several joined by commas, the first hop first
 * @param knownHosts the only file of host keys that counts, when set
 * @param connectTimeout for one attempt, from the first packet to the end of the login
 */
public record SshSettings(
        String name,
        String address,
        Optional<Integer> port,
        Optional<String> user,
        Become become,
        Optional<Path> identityFile,
        Optional<String> jump,
        Optional<Path> knownHosts,
        Duration connectTimeout) {
    /** How long to wait for a host when nothing else is said. */
    public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(30);

    /** How the SSH user becomes root. */
    public enum Become {
        /** The user is root. */
        NONE,
        /** With sudo, which may ask for a password. */
        SUDO
    }

    /** Settings for root at an address; all else is left to OpenSSH's configuration. */
    public static SshSettings root(String name, String address) {
        return new SshSettings(
                name,
                address,
                Optional.empty(),
                Optional.of("root"),
                Become.NONE,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                CONNECT_TIMEOUT);
    }
}
