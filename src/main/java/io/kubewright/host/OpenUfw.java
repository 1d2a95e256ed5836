package io.kubewright.host;

import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.Shell;
import io.kubewright.engine.StepId;
import io.kubewright.host.UfwRules.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What Kubernetes needs gets through ufw: rules with a comment of ours, told by its own command, ahead of those that close.
 *
 * @param openings as {@link Passages#openings} has them
 */
record OpenUfw(StepId id, Set<StepId> needs, List<Opening> openings) implements HostResource {
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

    SortedSet<String> wanted() {
        return openings.stream().map(OpenUfw::tuple).collect(Collectors.toCollection(TreeSet::new));
    }

    /** What ufw decides first for these, and not in their favour. */
    private static List<String> closing(AddedRules seen, List<Opening> openings) {
        return seen.behind(AHEAD).stream()
                .filter(line -> Tuple.parse(line).stream()
                        .anyMatch(tuple -> openings.stream()
                                .anyMatch(opening -> opening.forwarded() == tuple.route()
                                        && UfwRules.holds(tuple, opening.packet()))))
                .toList();
    }

    @Override
    public String probe() {
        return FRAGMENT + "look " + Shell.words(wanted()) + " >\"$work/seen-rules\"\nsort -u \"$work/seen-rules\"\n";
    }

    @Override
    public String desired(String observed) {
        AddedRules seen = AddedRules.parse(observed);
        List<String> closing = closing(seen, openings);
        return seen.with(wanted(), line -> closing.stream().anyMatch(each -> line.equals(AHEAD + ": " + each)));
    }

    /** Rules come first by being told again: ufw moves none. One at a time, so that no more than one is missing meanwhile. */
    @Override
    public String apply(String observed, Outputs outputs) {
        AddedRules seen = AddedRules.parse(observed);
        boolean again = !closing(seen, openings).isEmpty();
        SortedSet<String> ours = seen.ours();
        SortedSet<String> own = seen.own(wanted());
        Stream<String> surplus =
                ours.stream().filter(tuple -> !own.contains(tuple)).map(OpenUfw::delete);
        Stream<String> lacking = own.stream()
                .filter(tuple -> again || !ours.contains(tuple))
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
        if (state.contains("without IPv6") && openings.stream().anyMatch(Opening::isIpv6)) {
            return Optional.of(new Refusal(
                    "ufw lets no IPv6 through here (IPV6=no), and this cluster needs it",
                    "set IPV6=yes in /etc/default/ufw, then ufw reload"));
        }
        List<String> theirs = seen.behind(AddedRules.THEIRS);
        List<Opening> left = openings.stream()
                .filter(opening -> theirs.contains(tuple(opening)))
                .toList();
        List<String> closed = new ArrayList<>(closing(seen, left));
        theirs.stream()
                .filter(tuple -> !tuple.matches("(route:)?allow(_\\S*)? .*"))
                .forEach(closed::add);
        return closed.isEmpty()
                ? seen.beside(KIND)
                : Optional.of(new Refusal(
                        "rules of ufw close what Kubernetes needs, and ufw takes no second rule for the same packets: "
                                + String.join("; ", closed),
                        "take them out (ufw status numbered, ufw delete NUMBER), or set host.firewall to ignore"));
    }
}
