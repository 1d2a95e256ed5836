package io.kubewright.network;

import io.kubewright.engine.HostFacts;
import io.kubewright.spec.Host;
import io.kubewright.spec.IpAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** How large packets of pods may be, so that none is too large for a link once VXLAN has wrapped it. */
final class PodMtu {
    /** Bytes that VXLAN over IPv4 adds: outer IP 20, UDP 8, VXLAN 8, inner Ethernet 14. */
    private static final int VXLAN_OVER_IPV4 = 50;

    /** Over IPv6, whose header has 40 bytes. */
    private static final int VXLAN_OVER_IPV6 = 70;

    private PodMtu() {}

    /** The link of a host that carries the traffic of pods. */
    private record Carrier(String host, HostFacts.Link link) {}

    /**
     * Bytes: what the file says, else what fits the smallest link; empty when no link is known.
     *
     * @throws NetworkException when the file asks for more than a link can carry
     */
    static Optional<Integer> of(List<Host> hosts, Map<String, HostFacts> facts, Optional<Integer> wanted) {
        Optional<Carrier> narrowest = hosts.stream()
                .flatMap(host -> host.nodeIps().stream().flatMap(ip -> carrier(host, ip, facts).stream()))
                .min(Comparator.comparingInt(carrier -> carrier.link().mtu()));
        if (narrowest.isEmpty()) {
            return wanted;
        }
        int overhead = hosts.stream().flatMap(host -> host.nodeIps().stream()).anyMatch(IpAddress::isIpv6)
                ? VXLAN_OVER_IPV6
                : VXLAN_OVER_IPV4;
        int most = narrowest.get().link().mtu() - overhead;
        if (wanted.isPresent() && wanted.get() > most) {
            throw tooLarge(wanted.get(), narrowest.get(), overhead);
        }
        return Optional.of(wanted.orElse(most));
    }

    private static Optional<Carrier> carrier(Host host, IpAddress ip, Map<String, HostFacts> facts) {
        return Optional.ofNullable(facts.get(host.name()))
                .flatMap(each -> each.linkOf(ip.toString()))
                .map(link -> new Carrier(host.name(), link));
    }

    private static NetworkException tooLarge(int wanted, Carrier narrowest, int overhead) {
        return new NetworkException(
                NetworkException.Code.MTU,
                "network.calico.mtu is " + wanted + ", but link "
                        + narrowest.link().name() + " of "
                        + narrowest.host() + " carries " + narrowest.link().mtu() + " bytes, of which VXLAN takes "
                        + overhead + ": larger packets of pods would vanish",
                "Write mtu: auto, or at most " + (narrowest.link().mtu() - overhead) + ".");
    }
}
