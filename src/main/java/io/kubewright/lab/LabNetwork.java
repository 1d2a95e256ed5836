package io.kubewright.lab;

import io.kubewright.spec.IpAddress;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The lab's own network: a bridge in a namespace of its own, one link to this machine, one to each host.
 *
 * @param prefix the first three numbers of every address, such as {@code 10.77.0}
 */
record LabNetwork(String prefix) {
    /** Begins the name of every namespace, link and cgroup of the lab, and of nothing else. */
    static final String NAMES = "kwlab-";

    static final String SWITCH = NAMES + "switch";
    static final String BRIDGE = NAMES + "bridge";
    /** The link in this machine's namespace that holds the gateway address. */
    static final String MACHINE_LINK = NAMES + "op";
    /** Its other end, in the switch's namespace. */
    static final String MACHINE_PORT = NAMES + "machine";

    static final int PREFIX_LENGTH = 24;

    /** The network that these hosts share; says what is unfit when they do not share one. */
    static LabNetwork of(List<LabHost> hosts) {
        if (hosts.isEmpty()) {
            throw LabException.unfit("the file names no hosts", "Give the lab at least one host.");
        }
        Set<String> prefixes = new LinkedHashSet<>();
        Set<String> seen = new LinkedHashSet<>();
        for (LabHost host : hosts) {
            if (!host.name().matches("[a-z0-9]([a-z0-9-]{0,46}[a-z0-9])?")) {
                throw LabException.unfit(
                        "the lab cannot name a host '" + host.name() + "'",
                        "Use lower-case letters, digits and dashes, at most 48 of them.");
            }
            if (!seen.add(host.name()) || !seen.add(host.address())) {
                throw LabException.unfit(
                        "host " + host.name() + " has a name or an address that another host has",
                        "Give each host its own name and address.");
            }
            prefixes.add(prefixOf(host));
        }
        if (prefixes.size() > 1) {
            throw LabException.unfit(
                    "the hosts lie in several networks: " + String.join(".0/24, ", prefixes) + ".0/24",
                    "A lab has one /24: give all its hosts addresses there.");
        }
        LabNetwork network = new LabNetwork(prefixes.iterator().next());
        hosts.stream()
                .filter(host -> host.address().equals(network.gateway())
                        || host.address().endsWith(".0")
                        || host.address().endsWith(".255"))
                .findFirst()
                .ifPresent(host -> {
                    throw LabException.unfit(
                            "host " + host.name() + " cannot have the address " + host.address(),
                            "In a lab .1 is this machine, .0 the network and .255 everyone: choose another.");
                });
        return network;
    }

    private static String prefixOf(LabHost host) {
        IpAddress address;
        try {
            address = IpAddress.parse(host.address());
        } catch (IllegalArgumentException e) {
            throw new LabException(
                    LabException.Code.UNFIT,
                    "host " + host.name() + ": " + e.getMessage(),
                    "A lab makes its hosts, so it needs their IPv4 addresses and not names.",
                    e);
        }
        if (address.isIpv6()) {
            throw LabException.unfit(
                    "host " + host.name() + " has an IPv6 address",
                    "The lab's hosts have IPv4 addresses: give it one.");
        }
        return host.address().substring(0, host.address().lastIndexOf('.'));
    }

    /** This machine's address there; also the resolver and the hosts' default route. */
    String gateway() {
        return prefix + ".1";
    }

    String cidr() {
        return prefix + ".0/" + PREFIX_LENGTH;
    }

    static String namespace(LabHost host) {
        return NAMES + host.name();
    }

    /** Locally administered, the same at each boot. */
    static String mac(String address) {
        StringBuilder mac = new StringBuilder("02:4b");
        for (String part : address.split("\\.")) {
            mac.append(':').append(HexFormat.of().toHexDigits((byte) Integer.parseInt(part)));
        }
        return mac.toString();
    }

    /** The IPv6 address that a host has besides: the same digits, such as {@code fd00:10:77:0::11}. */
    static String second(String address) {
        int last = address.lastIndexOf('.');
        return "fd00:" + address.substring(0, last).replace('.', ':') + "::" + address.substring(last + 1);
    }

    /** Fifteen characters are the kernel's limit for a link's name, so hosts go by number here. */
    static String link(int index) {
        return NAMES + index;
    }
}
