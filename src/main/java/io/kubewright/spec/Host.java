package io.kubewright.spec;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One host of the file with its effective SSH settings.
 *
 * @param address where SSH goes: an IP address or a DNS name
 * @param nodeIp what Kubernetes uses
 * @param secondNodeIp of the other IP family; only where pods have addresses of both
 * @param pointer place of the host in the file, for messages
 */
public record Host(
        String name,
        String address,
        IpAddress nodeIp,
        Optional<IpAddress> secondNodeIp,
        Set<Role> roles,
        Map<String, String> labels,
        List<Taint> taints,
        SshSettings ssh,
        Pointer pointer) {
    public boolean isControlPlane() {
        return roles.contains(Role.CONTROL_PLANE);
    }

    public boolean isWorker() {
        return roles.contains(Role.WORKER);
    }

    /** All its addresses as Kubernetes uses them, nodeIp first. */
    public List<IpAddress> nodeIps() {
        return secondNodeIp.map(second -> List.of(nodeIp, second)).orElse(List.of(nodeIp));
    }

    public Host withSsh(SshSettings settings) {
        return new Host(name, address, nodeIp, secondNodeIp, roles, labels, taints, settings, pointer);
    }
}
