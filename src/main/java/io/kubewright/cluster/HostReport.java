package io.kubewright.cluster;

import io.kubewright.spec.Cidr;
import io.kubewright.spec.IpAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a host reported about itself.
 *
 * @param given how the user named it
 * @param link the interface that Kubernetes would use; empty when the host told of none
 * @param gateway of the default route
 * @param memoryMebibytes 0 when unknown
 */
record HostReport(
        HostAddress given,
        String hostname,
        String system,
        String architecture,
        int processors,
        int memoryMebibytes,
        Optional<Link> link,
        Optional<IpAddress> gateway) {
    private static final String MARK = "kubewright-fact ";

    /** An interface with one of its addresses. */
    record Link(String name, IpAddress address, int prefix) {
        Cidr network() {
            return Cidr.around(address, prefix);
        }
    }

    /** Reads the output of {@code init-report.sh}; what is missing or odd counts as unknown. */
    static HostReport parse(HostAddress given, String output) {
        Map<String, String> facts = new HashMap<>();
        List<Link> links = new ArrayList<>();
        facts(output).forEach(fact -> {
            int blank = fact.indexOf(' ');
            String name = blank < 0 ? fact : fact.substring(0, blank);
            String value = blank < 0 ? "" : fact.substring(blank + 1).strip();
            if (name.equals("address")) {
                link(value).ifPresent(links::add);
            } else {
                facts.put(name, value);
            }
        });
        return new HostReport(
                given,
                facts.getOrDefault("hostname", "").toLowerCase(Locale.ROOT),
                facts.getOrDefault("system", ""),
                facts.getOrDefault("architecture", ""),
                number(facts.get("processors")),
                number(facts.get("memory")) / 1024,
                choose(links, given.host(), facts.getOrDefault("default", "")),
                address(facts.getOrDefault("gateway", "")));
    }

    /** The lines that are facts, without their mark. */
    static Stream<String> facts(String output) {
        return output.lines().filter(line -> line.startsWith(MARK)).map(line -> line.substring(MARK.length()));
    }

    /** The address SSH goes to when the host has it itself, else the one of the default route. */
    private static Optional<Link> choose(List<Link> links, String sshHost, String defaultInterface) {
        Optional<Link> reached = links.stream()
                .filter(link -> link.address().toString().equals(sshHost))
                .findFirst();
        Optional<Link> routed = links.stream()
                .filter(link -> link.name().equals(defaultInterface))
                .findFirst();
        return reached.or(() -> routed).or(() -> links.stream().findFirst());
    }

    private static Optional<Link> link(String value) {
        String[] parts = value.split("[ /]");
        if (parts.length != 3 || number(parts[2]) == 0) {
            return Optional.empty();
        }
        return address(parts[1])
                .filter(address -> address.unusable().isEmpty() && number(parts[2]) <= address.bits())
                .map(address -> new Link(parts[0], address, number(parts[2])));
    }

    private static Optional<IpAddress> address(String text) {
        try {
            return Optional.of(IpAddress.parse(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static int number(@Nullable String text) {
        return text != null && text.matches("[0-9]{1,9}") ? Integer.parseInt(text) : 0;
    }
}
