package io.kubewright.lab;

import java.util.List;

/**
 * What stands of the lab of this machine.
 *
 * @param standing whether a lab is up as a whole
 * @param phase {@code none}, {@code raising}, {@code standing} or {@code lowering}; a phase that no run is in any more means
 *     that a run was killed
 * @param id of the lab, or empty
 * @param backend {@code nspawn} or {@code vm}, or empty
 * @param network of the lab, or empty
 */
public record LabStatus(
        String schema,
        boolean standing,
        String phase,
        String id,
        String backend,
        String network,
        List<HostStatus> hosts,
        List<LabDeviation> deviations) {
    static final String SCHEMA = "kubewright.io/lab-status/v1";

    /**
     * One host.
     *
     * @param power {@code on} or {@code off}
     * @param login whether its sshd answers
     */
    public record HostStatus(String name, String address, String power, boolean login) {}

    static LabStatus none() {
        return new LabStatus(SCHEMA, false, "none", "", "", "", List.of(), List.of());
    }
}
