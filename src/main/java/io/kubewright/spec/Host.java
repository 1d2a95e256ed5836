package io.kubewright.spec;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One host of the file with its effective SSH settings.
 *
 * @param address where SSH goes: an IP address or a DNS name
 * @param nodeIp what Kubernetes uses
 * @param pointer place of the host in the file, for messages
 */
public record Host(
        String name,
        String address,
        IpAddress nodeIp,
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

    public Host withSsh(SshSettings settings) {
        return new Host(name, address, nodeIp, roles, labels, taints, settings, pointer);
    }
}
