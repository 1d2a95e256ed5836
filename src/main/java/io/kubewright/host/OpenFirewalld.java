package io.kubewright.host;

import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.Shell;
import io.kubewright.engine.StepId;
import io.kubewright.spec.Cidr;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What Kubernetes needs gets through firewalld: ports by rich rules in the zones that packets of its hosts fall into, pods as
 * a source of the zone that accepts everything.
 *
 * @param link by which other hosts come in
 */
record OpenFirewalld(StepId id, Set<StepId> needs, Passages passages, String link) implements HostResource {
    static final String KIND = "firewalld";

    private static final String TRUSTED = "trusted";
    private static final String FRAGMENT =
            ShellFunctions.of("firewall.sh") + "work=$KW_TMP\n" + ShellFunctions.of("firewall-firewalld.sh");
    /** What is there at run time or for good only. */
    private static final Set<String> HALF = Set.of("until the next start", "from the next start on");

    /** A zone and what becomes there of what no rule names. */
    private record Zone(String name, String target) {
        boolean acceptsAll() {
            return target.equals("ACCEPT");
        }
    }

    /** What a zone takes whatever link it comes by. */
    private record Source(String addresses, Zone zone) {
        static Source parse(String line) {
            String[] words = line.split(" ", 3);
            return new Source(words[0], new Zone(words[1], words[2]));
        }

        boolean isOfAddresses() {
            return addresses.matches("[0-9.]+(/[0-9.]+)?|[0-9a-f:.]+/[0-9]+");
        }

        /** Sets of addresses and hardware addresses may. */
        boolean mayHold(Cidr caller) {
            return NftRules.mayHold(addresses, caller.range());
        }
    }

    /** Of the highest priority, so that no rule of the zone that closes is before it. */
    private static Stream<String> rule(Opening opening) {
        return opening
                .port()
                .map(port -> "rule priority=\"-32768\" family=\"%s\"%s port port=\"%s\" protocol=\"%s\" accept"
                        .formatted(
                                opening.isIpv6() ? "ipv6" : "ipv4",
                                opening.from().prefix() == 0
                                        ? ""
                                        : " source address=\"" + Opening.text(opening.from()) + "\"",
                                port.first() == port.last() ? port.first() : port.first() + "-" + port.last(),
                                port.transport().name().toLowerCase(Locale.ROOT)))
                .stream();
    }

    private static String source(Cidr pods) {
        return "source " + pods;
    }

    private Set<String> words() {
        return Stream.of(
                        passages.openings().stream().flatMap(OpenFirewalld::rule),
                        passages.openingsByCaller().stream().flatMap(OpenFirewalld::rule),
                        passages.pods().stream().map(OpenFirewalld::source))
                .flatMap(each -> each)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Zones that take hosts of the cluster by their addresses get rules for these hosts alone: others may be there to be kept out. */
    SortedSet<String> wanted(AddedRules seen) {
        SortedSet<String> wanted = new TreeSet<>();
        passages.pods().forEach(pods -> wanted.add(TRUSTED + " " + source(pods)));
        for (String line : seen.behind("zone")) {
            String[] words = line.split(" ", 2);
            Zone zone = new Zone(words[0], words[1]);
            add(wanted, zone, passages.openings(), _ -> true);
        }
        sources(seen)
                .forEach(source -> add(
                        wanted, source.zone(), passages.openingsByCaller(), opening -> source.mayHold(opening.from())));
        return wanted;
    }

    private static void add(Set<String> wanted, Zone zone, List<Opening> openings, Predicate<Opening> there) {
        if (!zone.acceptsAll()) {
            openings.stream()
                    .filter(there)
                    .flatMap(OpenFirewalld::rule)
                    .forEach(rule -> wanted.add(zone.name() + " " + rule));
        }
    }

    private static Stream<Source> sources(AddedRules seen) {
        return seen.behind("source").stream().map(Source::parse);
    }

    @Override
    public String probe() {
        return FRAGMENT + "look " + Shell.quote(link) + " " + Shell.words(words())
                + " >\"$work/seen-rules\"\nsort -u \"$work/seen-rules\"\n";
    }

    @Override
    public String desired(String observed) {
        AddedRules seen = AddedRules.parse(observed);
        return seen.with(wanted(seen), (word, _) -> HALF.contains(word));
    }

    @Override
    public String apply(String observed, Outputs outputs) {
        AddedRules seen = AddedRules.parse(observed);
        SortedSet<String> own = seen.own(wanted(seen));
        SortedSet<String> lacking = new TreeSet<>(own);
        lacking.removeAll(seen.ours());
        SortedSet<String> surplus = new TreeSet<>(seen.ours());
        HALF.forEach(word -> surplus.addAll(seen.behind(word)));
        surplus.removeAll(own);
        return FRAGMENT
                + (surplus.isEmpty() ? "" : "close " + Shell.words(surplus) + "\n")
                + (lacking.isEmpty() ? "" : "open " + Shell.words(lacking) + "\n");
    }

    @Override
    public String undo() {
        return FRAGMENT + "if command -v firewall-offline-cmd >/dev/null; then close_all; fi\n";
    }

    @Override
    public Optional<Refusal> refusal(String observed) {
        AddedRules seen = AddedRules.parse(observed);
        if (seen.behind("state").contains("strict")) {
            return Optional.of(new Refusal(
                    "firewalld passes nothing on that Kubernetes has redirected (StrictForwardPorts=yes): node ports and"
                            + " load balancers would not reach pods",
                    "set StrictForwardPorts=no in /etc/firewalld/firewalld.conf, or host.firewall to ignore"));
        }
        String taken = sources(seen)
                .filter(source ->
                        source.isOfAddresses() && passages.pods().stream().anyMatch(source::mayHold))
                .map(source -> source.addresses() + " (zone " + source.zone().name() + ")")
                .collect(Collectors.joining(", "));
        return taken.isEmpty()
                ? seen.beside(KIND)
                : Optional.of(new Refusal(
                        "firewalld takes pods for something else: " + taken + " holds addresses of theirs",
                        "narrow that source, or choose another network.podCidr"));
    }
}
