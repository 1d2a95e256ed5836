package io.kubewright.host;

import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.Shell;
import io.kubewright.engine.StepId;
import io.kubewright.host.UfwRules.Tuple;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What Kubernetes needs gets through ufw: rules with a comment of ours, told by its own command, ahead of those that close.
 */
record OpenUfw(StepId id, Set<StepId> needs, Passages passages) implements HostResource {
    static final String KIND = "ufw";

    private static final String AHEAD = "ahead";
    private static final String FRAGMENT =
            ShellFunctions.of("firewall.sh") + ShellFunctions.of("firewall-ufw.sh") + "work=$KW_TMP\n";

    /** In ufw's words for its own use. */
    private static String tuple(Opening opening) {
        return "%sallow %s %s %s any %s in"
                .formatted(
                        opening.forwarded() ? "route:" : "",
                        opening.port()
                                .map(port -> port.transport().name().toLowerCase(Locale.ROOT))
                                .orElse("any"),
                        opening.port()
                                .map(port -> port.first() == port.last()
                                        ? String.valueOf(port.first())
                                        : port.first() + ":" + port.last())
                                .orElse("any"),
                        Opening.text(opening.to()),
                        Opening.text(opening.from()));
    }

    /** What is wanted, by ufw's words for it. */
    private SortedMap<String, Opening> wanted() {
        return passages.openings().stream()
                .collect(Collectors.toMap(OpenUfw::tuple, opening -> opening, (one, _) -> one, TreeMap::new));
    }

    /** A rule of others that closes something, and one that lets something through and that ufw comes to later. */
    private record Ahead(String closing, String tuple) {
        static Ahead parse(String line) {
            String[] ends = line.split(" [|] ", 2);
            return new Ahead(ends[0], ends[1]);
        }

        private boolean holds(Opening opening) {
            return Tuple.parse(closing)
                    .filter(rule -> UfwRules.holds(rule, opening.packet()))
                    .isPresent();
        }
    }

    /** Those that keep a rule of ours from coming into effect, for a host of ours or for all. */
    private List<Ahead> closing(AddedRules seen) {
        List<Ahead> ahead = seen.behind(AHEAD).stream().map(Ahead::parse).toList();
        Map<String, Opening> wanted = ahead.isEmpty() ? Map.of() : wanted();
        return ahead.stream()
                .filter(each -> Optional.ofNullable(wanted.get(each.tuple())).stream()
                        .flatMap(opening -> Stream.concat(
                                Stream.of(opening),
                                passages.openingsByCaller().stream().filter(opening::holds)))
                        .anyMatch(each::holds))
                .toList();
    }

    /** Ours that have to be told again: ufw moves no rule. */
    private Set<String> late(AddedRules seen) {
        Set<String> own = seen.own(wanted().keySet());
        return closing(seen).stream().map(Ahead::tuple).filter(own::contains).collect(Collectors.toSet());
    }

    @Override
    public String probe() {
        return FRAGMENT + "look " + Shell.words(wanted().keySet())
                + " >\"$work/seen-rules\"\nsort -u \"$work/seen-rules\"\n";
    }

    @Override
    public String desired(String observed) {
        AddedRules seen = AddedRules.parse(observed);
        Set<String> late = late(seen);
        Set<String> wanted = wanted().keySet();
        return seen.with(wanted, (word, rest) -> {
            String tuple = word.equals(AHEAD) ? Ahead.parse(rest).tuple() : "";
            return word.equals(AHEAD) && (late.contains(tuple) || !wanted.contains(tuple));
        });
    }

    @Override
    public String apply(String observed, Outputs outputs) {
        AddedRules seen = AddedRules.parse(observed);
        SortedSet<String> ours = seen.ours();
        SortedSet<String> own = seen.own(wanted().keySet());
        Set<String> late = late(seen);
        Stream<String> surplus =
                ours.stream().filter(tuple -> !own.contains(tuple)).map(OpenUfw::delete);
        Stream<String> lacking = own.stream()
                .filter(tuple -> !ours.contains(tuple) || late.contains(tuple))
                .map(tuple ->
                        (ours.contains(tuple) ? delete(tuple) : "") + "tell prepend " + Shell.quote(tuple) + "\n");
        return FRAGMENT + Stream.concat(surplus, lacking).collect(Collectors.joining());
    }

    private static String delete(String tuple) {
        return "tell delete " + Shell.quote(tuple) + "\n";
    }

    @Override
    public String undo() {
        return FRAGMENT + "if command -v ufw >/dev/null; then close_all; fi\n";
    }

    @Override
    public Optional<Refusal> refusal(String observed) {
        AddedRules seen = AddedRules.parse(observed);
        List<String> state = seen.behind("state");
        if (state.contains("not at work")) {
            return Optional.of(new Refusal(
                    "ufw is switched on in /etc/ufw/ufw.conf and not at work, so that it takes no rules",
                    "systemctl start ufw, or ufw disable"));
        }
        if (state.contains("without IPv6") && passages.openings().stream().anyMatch(Opening::isIpv6)) {
            return Optional.of(new Refusal(
                    "ufw lets no IPv6 through here (IPV6=no), and this cluster needs it",
                    "set IPV6=yes in /etc/default/ufw, then ufw reload"));
        }
        List<String> theirs = seen.behind(AddedRules.THEIRS);
        SortedSet<String> closed = new TreeSet<>();
        closing(seen).stream()
                .filter(ahead -> theirs.contains(ahead.tuple()))
                .forEach(ahead -> closed.add(ahead.closing() + " (ahead of " + ahead.tuple() + ")"));
        theirs.stream().filter(tuple -> !tuple.matches("(route:)?allow .*")).forEach(closed::add);
        return closed.isEmpty()
                ? seen.beside(KIND)
                : Optional.of(new Refusal(
                        "rules of ufw close what Kubernetes needs, and ufw takes no second rule for the same packets: "
                                + String.join("; ", closed),
                        "take them out (ufw status numbered, ufw delete NUMBER), or set host.firewall to ignore"));
    }
}
