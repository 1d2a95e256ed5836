package io.kubewright.host;

import io.kubewright.engine.HostFacts;
import io.kubewright.spec.Cidr;
import io.kubewright.spec.Host;
import io.kubewright.spec.Port;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the resources of the host room are made from.
 *
 * @param facts by host name; hosts without facts get no resources
 * @param packages by host name: what the bundle holds for that host's operating system, dependencies included; where it
 *     holds nothing, the host's own repositories are asked
 * @param pods networks of pods
 * @param ports at which hosts must be reached
 * @param networks kinds of further networks of pods, as {@code modules.yaml} names them
 */
public record HostInput(
        List<Host> hosts,
        HostSection section,
        Map<String, HostFacts> facts,
        Map<String, List<HostPackage>> packages,
        List<Cidr> pods,
        List<Port> ports,
        Set<String> networks) {
    /** Whether pods have IPv6 addresses. */
    boolean ipv6() {
        return pods.stream().anyMatch(Cidr::isIpv6);
    }
}
