package io.kubewright.host;

import io.kubewright.spec.Port;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What {@code ufw} keeps of its rules in {@code user.rules} and {@code user6.rules}, one "tuple" each, the first that holds wins
 * (ufw 0.36, {@code ufw-framework}(8)), and its defaults. Its before.rules, which let in what a host sends to
 * itself, are not looked at.
 *
 * @param input what becomes of what no rule names
 */
record UfwRules(String input, String forward, List<Tuple> tuples) implements FirewallRules {
    private static final String ACCEPT = "ACCEPT";

    /** @param link by which it must come in */
    record Tuple(
            boolean route,
            String action,
            String protocol,
            String ports,
            String to,
            String fromPorts,
            String from,
            Optional<String> link) {
        static Optional<Tuple> parse(String line) {
            String[] words = line.replaceFirst(" comment=\\S*", "").split(" ");
            String direction = words[words.length - 1];
            if (words.length < 7 || direction.startsWith("out")) {
                return Optional.empty();
            }
            return Optional.of(new Tuple(
                    words[0].startsWith("route:"),
                    words[0].replaceFirst("route:", "").replaceFirst("_.*", ""),
                    words[1],
                    words[2],
                    words[3],
                    words[4],
                    words[5],
                    direction.startsWith("in_")
                            ? Optional.of(direction.substring(3).replaceFirst("!.*", ""))
                            : Optional.empty()));
        }
    }

    static UfwRules parse(String text) {
        return new UfwRules(
                line(text, "default input "),
                line(text, "default forward "),
                text.lines()
                        .filter(line -> line.startsWith("tuple "))
                        .flatMap(line -> Tuple.parse(line.substring("tuple ".length())).stream())
                        .toList());
    }

    private static String line(String text, String start) {
        return text.lines()
                .filter(line -> line.startsWith(start))
                .map(line -> line.substring(start.length()))
                .findFirst()
                .orElse("DROP");
    }

    @Override
    public Verdict whole(Packet packet) {
        if (packet.isLocal()) {
            return Verdict.OPEN;
        }
        for (Tuple tuple : tuples) {
            if (tuple.route() == packet.forwarded() && holds(tuple, packet)) {
                return switch (tuple.action()) {
                    case "allow" -> Verdict.OPEN;
                    case "limit" -> Verdict.UNKNOWN;
                    default -> Verdict.CLOSED;
                };
            }
        }
        if ((packet.forwarded() ? forward : input).equals(ACCEPT)) {
            return Verdict.OPEN;
        }
        // Calico puts its rules for pods before those of ufw, into the same chains.
        return packet.isOfPods() ? Verdict.UNKNOWN : Verdict.CLOSED;
    }

    /** Whether it says what becomes of all such packets. */
    static boolean holds(Tuple tuple, Packet packet) {
        boolean protocol = tuple.protocol().equals("any")
                || packet.port()
                        .filter(port ->
                                port.transport().name().toLowerCase(Locale.ROOT).equals(tuple.protocol()))
                        .isPresent();
        boolean link = tuple.link().isEmpty()
                || packet.link().isEmpty()
                || tuple.link().equals(packet.link());
        return protocol
                && link
                && tuple.fromPorts().equals("any")
                && (tuple.ports().equals("any")
                        || packet.port()
                                .filter(port -> ports(tuple.ports(), port))
                                .isPresent())
                && NftRules.holds(tuple.from(), packet.from())
                && NftRules.holds(tuple.to(), packet.to());
    }

    private static boolean ports(String ports, Port port) {
        return Arrays.stream(ports.split(",")).anyMatch(each -> NftRules.holds(each, port));
    }
}
