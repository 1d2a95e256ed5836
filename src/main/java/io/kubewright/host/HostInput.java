package io.kubewright.host;

import io.kubewright.engine.HostFacts;
import io.kubewright.spec.Host;
import java.util.List;
import java.util.Map;

/**
 * What the resources of the host room are made from.
 *
 * @param facts by host name; hosts without facts get no resources
 * @param packages by host name: what the bundle holds for that host's operating system, dependencies included
 * @param ipv6 whether pods have IPv6 addresses
 */
public record HostInput(
        List<Host> hosts,
        HostSection section,
        Map<String, HostFacts> facts,
        Map<String, List<HostPackage>> packages,
        boolean ipv6) {}
