package io.kubewright.ssh;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * The way to an SSH server, everything decided. Equal routes share one connection.
 *
 * @param knownAs the name its host key is known by, for {@code port}
 * @param identityFiles private keys in the order they are offered; all exist
 * @param agent socket of the agent to use; empty for none
 * @param identitiesOnly of the agent's keys only those of the identity files
 * @param knownHosts files of host keys, which may be missing
 * @param via the server this one is reached through
 */
record Route(
        String hostName,
        int port,
        String user,
        String knownAs,
        List<Path> identityFiles,
        Optional<Path> agent,
        boolean identitiesOnly,
        List<Path> knownHosts,
        Optional<Route> via) {

    /** For people: {@code admin@192.0.2.11:22}, with the hops it goes through. */
    String place() {
        String here = user + "@" + hostName + ":" + port;
        return via.map(hop -> here + " (through " + hop.place() + ")").orElse(here);
    }
}
