package io.kubewright.spec;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a host is reached. What is empty here is left to {@code ~/.ssh/config}, the agent and OpenSSH's own defaults.
 *
 * @param identityFile absolute; {@code ~} and paths relative to the file are already resolved
 * @param knownHosts absolute, like identityFile
 */
public record SshSettings(
        Optional<String> user,
        Become become,
        Optional<Path> identityFile,
        Optional<Integer> port,
        Optional<String> jump,
        Optional<Path> knownHosts) {}
