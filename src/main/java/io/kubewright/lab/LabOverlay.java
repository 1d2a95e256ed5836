package io.kubewright.lab;

import io.kubewright.spec.Become;
import io.kubewright.spec.SshSettings;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What a standing lab adds to a cluster file that names only its hosts: how to reach them, and in what they differ from
 * production. A deviation holds only for a host whose {@value #ID_FILE} gives the lab's id.
 *
 * @param id random, never empty
 * @param hosts all hosts of the lab
 * @param user whom to log in as; becomes root by sudo without a password
 * @param identityFile private key, absolute
 * @param knownHosts the hosts' keys, absolute
 */
public record LabOverlay(
        String id,
        List<LabHost> hosts,
        String user,
        Path identityFile,
        Path knownHosts,
        List<LabDeviation> deviations) {
    /** Where a lab's host keeps its lab's id. */
    public static final String ID_FILE = "/etc/kubewright-lab-id";

    public LabOverlay {
        if (id.isBlank()) {
            throw LabException.refused(
                    "the lab's overlay has no id, so no host could prove that it belongs to the lab",
                    "Take the lab down and up again: kubewright lab down; kubewright lab up");
        }
        hosts = List.copyOf(hosts);
        deviations = List.copyOf(deviations);
    }

    /** Whether every one of these hosts, given as name and address, is of this lab; false for none at all. */
    public boolean covers(Collection<LabHost> wanted) {
        return !wanted.isEmpty() && hosts.containsAll(wanted);
    }

    /** The settings that reach every host of the lab, whatever the file says. */
    public SshSettings ssh() {
        return new SshSettings(
                Optional.of(user),
                Become.SUDO,
                Optional.of(identityFile),
                Optional.of(22),
                Optional.empty(),
                Optional.of(knownHosts));
    }

    /** The host of this name. */
    public LabHost host(String name) {
        return hosts.stream()
                .filter(host -> host.name().equals(name))
                .findFirst()
                .orElseThrow(() -> LabException.unfit(
                        "the lab has no host " + name,
                        "Its hosts are " + hosts.stream().map(LabHost::name).collect(Collectors.joining(", ")) + "."));
    }
}
