package io.kubewright.kube;

import io.kubewright.engine.HostFacts;
import io.kubewright.engine.StepId;
import io.kubewright.spec.Host;
import io.kubewright.spec.IpAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A host on its way to be a node, with all that its steps are made from. */
record Node(Host host, HostFacts facts, Supplies supplies) {
    String name() {
        return host.name();
    }

    String address() {
        return host.nodeIp().toString();
    }

    /** All of them, as the kubelet's flag {@code node-ip} takes them. */
    String addresses() {
        return host.nodeIps().stream().map(IpAddress::toString).collect(Collectors.joining(","));
    }

    /** The node's own API server. */
    String ownApi() {
        return "https://" + authority() + ":" + EndpointSection.API_PORT;
    }

    /** The address as URLs have it. */
    String authority() {
        return authority(host);
    }

    static String authority(Host host) {
        return host.nodeIp().isIpv6()
                ? "[" + host.nodeIp() + "]"
                : host.nodeIp().toString();
    }

    StepId step(String path) {
        return new StepId(path, name());
    }

    boolean has(String deviation) {
        return facts.has(deviation);
    }

    /** The reasons of those of the named deviations that this host has. */
    Optional<String> deviation(String... names) {
        List<String> reasons = Stream.of(names)
                .map(name -> facts.deviations().get(name))
                .filter(Objects::nonNull)
                .map(each -> each.name() + ": " + each.why())
                .toList();
        return reasons.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", reasons));
    }
}
