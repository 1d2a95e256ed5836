package io.kubewright.cluster;

import io.kubewright.engine.Deviation;
import io.kubewright.engine.HostFacts;
import io.kubewright.spec.SshSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a lab adds to a file: the id that its hosts must give, and in what they differ from production.
 *
 * @param labId never empty
 * @param ssh reaches every host of the lab, whatever a file or the cluster's inventory says
 */
public record Rehearsal(String labId, List<Deviation> deviations, SshSettings ssh) {
    /**
     * The facts with the deviations, for hosts that prove to be the lab's.
     *
     * @throws ClusterException when a host is not of this lab
     */
    public Map<String, HostFacts> accept(Map<String, HostFacts> facts) {
        Map<String, Deviation> byName = new LinkedHashMap<>();
        deviations.forEach(deviation -> byName.put(deviation.name(), deviation));
        Map<String, HostFacts> accepted = new LinkedHashMap<>();
        facts.forEach((name, host) -> {
            if (!host.labId().equals(Optional.of(labId))) {
                throw new ClusterException(
                        ClusterException.Code.FOREIGN_LAB,
                        name + ": the overlay of the standing lab names this host, but the host gives "
                                + (host.labId().isPresent() ? "another lab's id" : "no lab's id")
                                + ", so none of the lab's deviations may take effect on it",
                        "Take the lab down and up again, or use another file for this host.");
            }
            accepted.put(name, host.with(byName));
        });
        return accepted;
    }
}
