package io.kubewright.host;

import io.kubewright.spec.AddressRange;
import io.kubewright.spec.Port;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Zones as {@code firewall-cmd --list-all-zones} prints them, and the ports of services that they name. A packet belongs to the
 * zone of its source, else to that of its link, else to the default one (firewalld.zones(5)).
 *
 * @param defaultZone its name
 * @param services ports by name of service
 */
record FirewalldRules(String defaultZone, Map<String, Zone> zones, Map<String, List<String>> services)
        implements FirewallRules {
    private static final Pattern FIRST =
            Pattern.compile("priority=\"-32768\" family=\"ipv(?<family>[46])\"( source address=\"(?<from>[^\"]+)\")?"
                    + " port port=\"(?<ports>[^\"]+)\" protocol=\"(?<protocol>[a-z]+)\" accept");

    /**
     * @param ports such as {@code 10250/tcp}
     * @param rich its rules of other kinds
     */
    record Zone(
            String target,
            List<String> links,
            List<String> sources,
            List<String> services,
            List<String> ports,
            List<String> rich) {
        private static final Zone NONE = new Zone("default", List.of(), List.of(), List.of(), List.of(), List.of());

        private Zone with(String key, List<String> values) {
            return switch (key) {
                case "target" -> new Zone(String.join("", values), links, sources, services, ports, rich);
                case "interfaces" -> new Zone(target, values, sources, services, ports, rich);
                case "sources" -> new Zone(target, links, values, services, ports, rich);
                case "services" -> new Zone(target, links, sources, values, ports, rich);
                case "ports" -> new Zone(target, links, sources, services, values, rich);
                case "rule" -> {
                    List<String> all = new ArrayList<>(rich);
                    all.add(String.join(" ", values));
                    yield new Zone(target, links, sources, services, ports, List.copyOf(all));
                }
                default -> this;
            };
        }
    }

    static FirewalldRules parse(String text) {
        String defaultZone = "";
        Map<String, Zone> zones = new HashMap<>();
        Map<String, List<String>> services = new HashMap<>();
        String name = "";
        for (String line : text.lines().toList()) {
            String[] words = line.strip().split("\\s+");
            if (line.startsWith("default zone ")) {
                defaultZone = words[2];
            } else if (line.startsWith("service ") && words.length > 1) {
                services.put(words[1], List.of(words).subList(2, words.length));
            } else if (!line.isBlank() && !Character.isWhitespace(line.charAt(0))) {
                name = words[0];
                zones.put(name, Zone.NONE);
            } else if (!line.isBlank()) {
                String key = words[0].replace(":", "");
                zones.merge(
                        name,
                        Zone.NONE,
                        (zone, _) -> zone.with(key, List.of(words).subList(1, words.length)));
            }
        }
        return new FirewalldRules(defaultZone, Map.copyOf(zones), Map.copyOf(services));
    }

    @Override
    public Verdict whole(Packet packet) {
        // Every zone lets in what a host sends to itself.
        if (packet.isLocal()) {
            return Verdict.OPEN;
        }
        List<Zone> bySource = packet.from().stream()
                .flatMap(from -> zones.values().stream().filter(zone -> holds(zone, from)))
                .toList();
        Optional<Zone> zone = bySource.stream()
                .findFirst()
                .or(() -> zones.values().stream()
                        .filter(each ->
                                packet.link().filter(each.links()::contains).isPresent())
                        .findFirst())
                .or(() -> Optional.ofNullable(zones.get(defaultZone)));
        if (zone.isEmpty() || bySource.size() > 1) {
            return Verdict.UNKNOWN;
        }
        Zone here = zone.get();
        boolean open = here.target().equals("ACCEPT")
                || packet.port()
                        .filter(port -> here.rich().stream().anyMatch(rule -> opensFirst(rule, port, packet)))
                        .isPresent()
                || packet.port().filter(port -> ports(here, port)).isPresent();
        if (packet.port().isEmpty()) {
            // Between which zones pods pass is decided by links that are not there yet.
            return open && !packet.forwarded() ? Verdict.OPEN : Verdict.UNKNOWN;
        }
        boolean unknown = !here.rich().isEmpty()
                || zones.values().stream()
                        .flatMap(each -> each.sources().stream())
                        .anyMatch(source -> !source.matches("[0-9a-f.:/]+"));
        return open ? Verdict.OPEN : unknown ? Verdict.UNKNOWN : Verdict.CLOSED;
    }

    /** Whether it is a rule such as {@link OpenFirewalld} makes: of the highest priority, so none that closes is before it. */
    private static boolean opensFirst(String rule, Port port, Packet packet) {
        Matcher found = FIRST.matcher(rule);
        return found.matches()
                && packet.isIpv6()
                        .filter(ipv6 -> ipv6 != found.group("family").equals("6"))
                        .isEmpty()
                && found.group("protocol").equals(port.transport().name().toLowerCase(Locale.ROOT))
                && NftRules.holds(found.group("ports"), port)
                && (found.group("from") == null || NftRules.holds(found.group("from"), packet.from()));
    }

    private static boolean holds(Zone zone, AddressRange from) {
        return zone.sources().stream().anyMatch(source -> NftRules.holds(source, Optional.of(from)));
    }

    private boolean ports(Zone zone, Port port) {
        String transport = "/" + port.transport().name().toLowerCase(Locale.ROOT);
        List<String> open = new ArrayList<>(zone.ports());
        zone.services().forEach(service -> open.addAll(services.getOrDefault(service, List.of())));
        return open.stream()
                .filter(each -> each.endsWith(transport))
                .flatMap(each -> Stream.of(each.substring(0, each.length() - transport.length())))
                .anyMatch(each -> NftRules.holds(each, port));
    }
}
