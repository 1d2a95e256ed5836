package io.kubewright.host;

import io.kubewright.host.FirewallRules.Verdict;
import io.kubewright.spec.AddressRange;
import io.kubewright.spec.Cidr;
import io.kubewright.spec.Host;
import io.kubewright.spec.IpAddress;
import io.kubewright.spec.Port;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What must get through the firewall of one host: beside these, what it sends to itself. */
record Passages(List<Gate> gates, List<Cidr> pods) {
    /**
     * A port of the host's own.
     *
     * @param from addresses of the hosts that call
     */
    record Gate(Port port, List<IpAddress> from) {
        private boolean anyone() {
            return port.from() == Port.From.ANYONE;
        }

        /** Rules for the addresses that call; also for those who may anyhow, where {@code byCaller}. */
        private Stream<Opening> openings(Set<Boolean> families, boolean byCaller) {
            return anyone() && !byCaller
                    ? families.stream().map(Opening::all).map(this::opening)
                    : from.stream().map(caller -> opening(new Cidr(caller, caller.bits())));
        }

        private Opening opening(Cidr caller) {
            return new Opening(false, Optional.of(port), caller, Opening.all(caller.isIpv6()));
        }

        private Packet packet(Optional<IpAddress> caller, Optional<String> link) {
            return new Packet(false, Optional.of(port), caller.map(AddressRange::of), Optional.empty(), link);
        }
    }

    /** @param pods networks of pods */
    static Passages of(Host host, List<Host> hosts, List<Port> ports, List<Cidr> pods) {
        return new Passages(
                ports.stream()
                        .filter(port -> port.isOn(host))
                        .map(port -> new Gate(port, callers(port, hosts)))
                        .toList(),
                pods);
    }

    /** The host itself too: what it sends to an address of its own comes in like everything else. */
    private static List<IpAddress> callers(Port port, List<Host> hosts) {
        return hosts.stream()
                .filter(port::isCalledBy)
                .flatMap(host -> host.nodeIps().stream())
                .sorted()
                .distinct()
                .toList();
    }

    /** As rules of nft, each behind the hook it belongs to. Answers come in, whatever the host's own rules say of them. */
    String rules() {
        Stream<String> ports = gates.stream().flatMap(gate -> {
            String port = "%s dport %s accept"
                    .formatted(
                            gate.port().transport().name().toLowerCase(Locale.ROOT),
                            gate.port().first() == gate.port().last()
                                    ? String.valueOf(gate.port().first())
                                    : gate.port().first() + "-" + gate.port().last());
            return gate.anyone()
                    ? Stream.of("input " + port)
                    : Stream.of(false, true)
                            .flatMap(ipv6 -> callers(gate, ipv6).stream()
                                    .map(callers -> "input %s saddr { %s } %s".formatted(family(ipv6), callers, port)));
        });
        Stream<String> own = pods.stream().map(pod -> "input %s saddr %s accept".formatted(family(pod.isIpv6()), pod));
        Stream<String> passing = pods.stream()
                .flatMap(pod -> Stream.of("saddr", "daddr")
                        .map(end -> "forward %s %s %s accept".formatted(family(pod.isIpv6()), end, pod)));
        String answers = "ct state established,related accept";
        return Stream.of(
                        Stream.of("input " + answers, "input iif lo accept"),
                        ports,
                        own,
                        Stream.of("forward " + answers),
                        passing)
                .flatMap(lines -> lines)
                .map(line -> line + "\n")
                .collect(Collectors.joining());
    }

    /**
     * As single rules, one for each port and caller. Answers, and what a host sends to itself, are not among them: the firewalls
     * that are told so let these in by themselves.
     */
    List<Opening> openings() {
        return openings(false);
    }

    /** The same, where a port that anyone may call is opened for the hosts alone. */
    List<Opening> openingsByCaller() {
        return openings(true);
    }

    private List<Opening> openings(boolean byCaller) {
        SortedSet<Boolean> families = Stream.concat(
                        gates.stream().flatMap(gate -> gate.from().stream()).map(IpAddress::isIpv6),
                        pods.stream().map(Cidr::isIpv6))
                .collect(Collectors.toCollection(TreeSet::new));
        return Stream.concat(
                        gates.stream().flatMap(gate -> gate.openings(families, byCaller)),
                        pods.stream().flatMap(Passages::openings))
                .toList();
    }

    private static Stream<Opening> openings(Cidr pods) {
        Cidr all = Opening.all(pods.isIpv6());
        return Stream.of(
                new Opening(false, Optional.empty(), pods, all),
                new Opening(true, Optional.empty(), pods, all),
                new Opening(true, Optional.empty(), all, pods));
    }

    private static Optional<String> callers(Gate gate, boolean ipv6) {
        List<IpAddress> callers =
                gate.from().stream().filter(each -> each.isIpv6() == ipv6).toList();
        return callers.isEmpty() ? Optional.empty() : Optional.of(joined(callers));
    }

    private static String family(boolean ipv6) {
        return ipv6 ? "ip6" : "ip";
    }

    private static String joined(Collection<IpAddress> addresses) {
        return addresses.stream().map(IpAddress::toString).collect(Collectors.joining(", "));
    }

    /**
     * What of it these rules make of it the given way, in words.
     *
     * @param link by which other hosts come in
     */
    List<String> which(FirewallRules rules, Optional<String> link, Predicate<Verdict> asked) {
        List<String> found = new ArrayList<>();
        for (Gate gate : gates) {
            if (gate.anyone() && asked.test(rules.verdict(gate.packet(Optional.empty(), link)))) {
                found.add(gate.port().toString());
                continue;
            }
            List<IpAddress> callers = gate.from().stream()
                    .filter(caller -> asked.test(rules.verdict(gate.packet(Optional.of(caller), link))))
                    .toList();
            if (!callers.isEmpty()) {
                found.add(gate.port() + " from " + joined(callers));
            }
        }
        Packet own = new Packet(
                false,
                Optional.empty(),
                Optional.of(AddressRange.of(IpAddress.parse("127.0.0.1"))),
                Optional.empty(),
                Optional.of(Packet.LOOPBACK));
        if (asked.test(rules.verdict(own))) {
            found.add("what the host sends to itself (" + Packet.LOOPBACK + ")");
        }
        for (Cidr pod : pods) {
            Optional<AddressRange> range = Optional.of(pod.range());
            Verdict verdict = Verdict.all(Stream.of(
                            new Packet(true, Optional.empty(), range, Optional.empty(), Optional.empty()),
                            new Packet(true, Optional.empty(), Optional.empty(), range, Optional.empty()),
                            new Packet(false, Optional.empty(), range, Optional.empty(), Optional.empty()))
                    .map(rules::verdict)
                    .toList());
            if (asked.test(verdict)) {
                found.add("everything from and to pods (" + pod + ")");
            }
        }
        return found;
    }
}
