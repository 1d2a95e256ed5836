package io.kubewright.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The lab's bridge, in a namespace of its own so that neither the packet filter nor the forwarding of this machine has a
 * part in what hosts say to each other, and this machine's one link to it.
 */
final class Switch {
    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Path NAMESPACES = Path.of("/run/netns");

    private final LabNetwork network;

    Switch(LabNetwork network) {
        this.network = network;
    }

    /** Refuses when this machine already has a route or an address in the lab's range that is not the lab's. */
    void refuseForeignUse() {
        String routes =
                Command.of("ip", "-json", "route", "show", "table", "all").run();
        for (JsonNode route : JSON.readTree(routes.isBlank() ? "[]" : routes)) {
            String destination = route.path("dst").asString("");
            String device = route.path("dev").asString("");
            if (!device.startsWith(LabNetwork.NAMES) && overlaps(network.prefix(), destination)) {
                throw LabException.refused(
                        "the lab's range " + network.cidr() + " is in use here: route " + destination
                                + (device.isEmpty() ? "" : " on " + device),
                        "Give the lab's hosts addresses in another /24 (a copy of examples/lab.yaml, then lab up -f), or"
                                + " remove that route.");
            }
        }
    }

    /** Whether an IPv4 destination such as {@code 10.0.0.0/8} or {@code 10.77.0.5} shares an address with a /24. */
    static boolean overlaps(String prefix, String destination) {
        if (!destination.matches("\\d+\\.\\d+\\.\\d+\\.\\d+(/\\d+)?")) {
            return false;
        }
        String[] parts = destination.split("/");
        int length = Math.min(LabNetwork.PREFIX_LENGTH, parts.length > 1 ? Integer.parseInt(parts[1]) : 32);
        if (length == 0) {
            return false;
        }
        int mask = -1 << (32 - length);
        return (number(parts[0]) & mask) == (number(prefix + ".0") & mask);
    }

    private static int number(String address) {
        return Arrays.stream(address.split("\\."))
                .mapToInt(Integer::parseInt)
                .reduce(0, (all, each) -> all << 8 | each);
    }

    boolean stands() {
        return Command.of("ip", "-n", LabNetwork.SWITCH, "link", "show", LabNetwork.BRIDGE)
                                .result()
                                .code()
                        == 0
                && Command.of("ip", "link", "show", LabNetwork.MACHINE_LINK)
                                .result()
                                .code()
                        == 0;
    }

    void raise() {
        String space = LabNetwork.SWITCH;
        String bridge = LabNetwork.BRIDGE;
        String link = LabNetwork.MACHINE_LINK;
        ip("netns", "add", space);
        // The hosts' frames are nobody's business but the bridge's.
        Command.of(
                        "ip",
                        "netns",
                        "exec",
                        space,
                        "sh",
                        "-c",
                        "for each in /proc/sys/net/bridge/bridge-nf-call-*; do [ ! -e \"$each\" ] || echo 0 >\"$each\"; done")
                .run();
        ip("-n", space, "link", "add", bridge, "type", "bridge");
        ip("-n", space, "link", "set", bridge, "up");
        ip("link", "add", link, "type", "veth", "peer", "name", LabNetwork.MACHINE_PORT, "netns", space);
        ip("-n", space, "link", "set", LabNetwork.MACHINE_PORT, "master", bridge, "up");
        // Hosts reach this machine and nothing behind it, whatever the machine forwards for others.
        setting("ipv4/conf/" + link + "/forwarding", "0");
        setting("ipv6/conf/" + link + "/disable_ipv6", "1");
        ip("address", "add", network.gateway() + "/" + LabNetwork.PREFIX_LENGTH, "dev", link);
        ip("link", "set", link, "up");
    }

    private static void setting(String name, String value) {
        Path file = Path.of("/proc/sys/net").resolve(name);
        if (Files.exists(file)) {
            Command.of("sh", "-c", "echo \"$1\" >\"$2\"", "sh", value, file.toString())
                    .run();
        }
    }

    /** Pulls the plug of a host: no frame enters or leaves it. */
    static void unplug(LabState.Member member) {
        Command.of("ip", "-n", LabNetwork.SWITCH, "link", "set", LabNetwork.link(member.index()), "down")
                .result();
    }

    /** Takes away a host's link and namespace. */
    static void forget(LabState.Member member) {
        Command.of("ip", "-n", LabNetwork.SWITCH, "link", "del", LabNetwork.link(member.index()))
                .result();
        removeNamespace(LabNetwork.namespace(member.host()));
    }

    /** Takes away every namespace and link that bears the lab's prefix. */
    static void removeAll() {
        for (String namespace : namespaces()) {
            removeNamespace(namespace);
        }
        for (String link : links()) {
            Command.of("ip", "link", "del", link).result();
        }
        List<String> left =
                Stream.concat(namespaces().stream(), links().stream()).toList();
        if (!left.isEmpty()) {
            throw LabException.failed(
                    "these network namespaces and links of the lab could not be removed: " + String.join(", ", left),
                    "Look at what holds them (ip netns pids NAME), then run `kubewright lab down` again.");
        }
    }

    private static void removeNamespace(String name) {
        Path file = NAMESPACES.resolve(name);
        if (!Files.exists(file)) {
            return;
        }
        Command.of("ip", "netns", "del", name).result();
        // A killed `ip netns add` leaves the file without a namespace behind it.
        Command.of("rm", "-f", file.toString()).result();
    }

    static List<String> namespaces() {
        if (!Files.isDirectory(NAMESPACES)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(NAMESPACES)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(LabNetwork.NAMES))
                    .sorted()
                    .toList();
        } catch (java.io.IOException e) {
            throw LabException.storage("cannot list " + NAMESPACES, e);
        }
    }

    static List<String> links() {
        try (Stream<Path> files = Files.list(Path.of("/sys/class/net"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.startsWith(LabNetwork.NAMES))
                    .sorted()
                    .toList();
        } catch (java.io.IOException e) {
            throw LabException.storage("cannot list links", e);
        }
    }

    private static void ip(String... words) {
        Command.of(Stream.concat(Stream.of("ip"), Arrays.stream(words)).toList())
                .run();
    }
}
