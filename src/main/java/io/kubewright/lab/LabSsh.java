package io.kubewright.lab;

import java.util.ArrayList;
import java.util.List;

/** Calls of the OpenSSH client with the lab's key and known hosts, and none of the user's own settings. */
final class LabSsh {
    private LabSsh() {}

    static List<String> options(StateDirectory directory) {
        return List.of(
                "-F",
                "none",
                "-i",
                directory.key().toString(),
                "-o",
                "IdentitiesOnly=yes",
                "-o",
                "IdentityAgent=none",
                "-o",
                "UserKnownHostsFile=" + directory.knownHosts(),
                "-o",
                "GlobalKnownHostsFile=none",
                "-o",
                "StrictHostKeyChecking=yes",
                "-o",
                "UpdateHostKeys=no",
                "-o",
                "PreferredAuthentications=publickey",
                "-o",
                "ConnectTimeout=10",
                "-o",
                "LogLevel=ERROR");
    }

    /** The words of a call; ssh joins {@code remote} by spaces for the shell on the host. */
    static List<String> words(StateDirectory directory, LabHost host, String user, List<String> remote) {
        List<String> words = new ArrayList<>(List.of("ssh"));
        words.addAll(options(directory));
        words.add(user + "@" + host.address());
        if (!remote.isEmpty()) {
            words.add("--");
            words.addAll(remote);
        }
        return words;
    }

    static Command command(StateDirectory directory, LabHost host, String user, List<String> remote) {
        return Command.of(words(directory, host, user, remote));
    }
}
