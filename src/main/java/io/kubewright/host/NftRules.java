package io.kubewright.host;

import io.kubewright.spec.AddressRange;
import io.kubewright.spec.Cidr;
import io.kubewright.spec.IpAddress;
import io.kubewright.spec.Port;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tables as {@code nft -s list table} prints them (nftables 1.0 and 1.1). What is not understood of a rule makes it one that may
 * hold or not.
 */
record NftRules(List<Table> tables) implements FirewallRules {
    private static final Pattern WORD = Pattern.compile("\\{[^}]*}|\"[^\"]*\"|[^\\s]+");
    private static final Pattern HOOK =
            Pattern.compile("type filter hook (?<hook>input|forward) .*?policy (?<policy>accept|drop);.*");
    /** Chains of kube-proxy, of the kubelet and of Calico, which are no firewall of the host. */
    private static final Pattern KUBERNETES = Pattern.compile("(KUBE-|cali-).*");

    private static final int DEEPEST = 16;

    /** @param sets elements by name */
    record Table(String family, String name, Map<String, Chain> chains, Map<String, String> sets) {
        /** Calico puts its rules for pods before all others of these chains. */
        private boolean isOfIptables() {
            return name.equals("filter") && !family.equals("inet");
        }
    }

    /** @param base type, hook and policy of a base chain, empty for others */
    record Chain(String base, List<String> rules) {}

    /** Where a packet may get to. */
    private enum End {
        ACCEPTED,
        DROPPED,
        ON
    }

    private enum Match {
        YES,
        MAYBE,
        NO;

        Match and(Match other) {
            return compareTo(other) >= 0 ? this : other;
        }
    }

    static NftRules parse(String text) {
        List<Table> tables = new ArrayList<>();
        Optional<Table> table = Optional.empty();
        String name = "";
        String kind = "";
        StringBuilder elements = new StringBuilder();
        for (String line : text.lines().toList()) {
            String[] words = line.strip().split("\\s+");
            boolean opens = line.endsWith("{");
            if (line.startsWith("table ") && words.length > 2) {
                table = Optional.of(new Table(words[1], words[2], new HashMap<>(), new HashMap<>()));
                tables.add(table.get());
            } else if (table.isPresent() && opens && line.matches("\t[a-z]+ .*") && words.length > 1) {
                kind = words[0];
                name = words[1];
                elements.setLength(0);
                if (kind.equals("chain")) {
                    table.get().chains().put(name, new Chain("", new ArrayList<>()));
                }
            } else if (table.isPresent() && line.equals("\t}")) {
                if (kind.equals("set")) {
                    table.get().sets().put(name, elements.toString());
                }
                kind = "";
            } else if (table.isPresent() && kind.equals("chain")) {
                Chain chain = table.get().chains().getOrDefault(name, new Chain("", new ArrayList<>()));
                if (line.strip().startsWith("type ")) {
                    table.get().chains().put(name, new Chain(line.strip(), chain.rules()));
                } else {
                    chain.rules().add(line.strip());
                }
            } else if (kind.equals("set") && (line.contains("elements = {") || !elements.isEmpty())) {
                elements.append(line.strip().replaceFirst("elements = ", "")).append(' ');
            }
        }
        return new NftRules(List.copyOf(tables));
    }

    /** A packet passes every chain of its hook, and one that drops it is enough. */
    @Override
    public Verdict whole(Packet packet) {
        List<Verdict> verdicts = new ArrayList<>();
        for (Table table : tables) {
            boolean other = packet.isIpv6()
                    .filter(ipv6 -> table.family().equals(ipv6 ? "ip" : "ip6"))
                    .isPresent();
            if (other) {
                continue;
            }
            for (Chain chain : table.chains().values()) {
                Matcher base = HOOK.matcher(chain.base());
                if (base.matches() && base.group("hook").equals(packet.forwarded() ? "forward" : "input")) {
                    Set<End> ends = walk(table, chain, packet, 0);
                    if (ends.remove(End.ON)) {
                        ends.add(base.group("policy").equals("accept") ? End.ACCEPTED : End.DROPPED);
                    }
                    boolean calico = table.isOfIptables() && packet.isOfPods();
                    verdicts.add(
                            !ends.contains(End.DROPPED)
                                    ? Verdict.OPEN
                                    : ends.contains(End.ACCEPTED) || calico ? Verdict.UNKNOWN : Verdict.CLOSED);
                }
            }
        }
        return Verdict.all(verdicts);
    }

    private static Set<End> walk(Table table, Chain chain, Packet packet, int depth) {
        Set<End> ends = EnumSet.noneOf(End.class);
        for (String rule : chain.rules()) {
            Judged judged = new Reader(table, packet, rule).read();
            if (judged.match() == Match.NO) {
                continue;
            }
            boolean goes = judged.verdict().startsWith("goto ");
            boolean certain = judged.match() == Match.YES;
            if (goes || judged.verdict().startsWith("jump ")) {
                String target = judged.verdict().substring("jump ".length());
                Optional<Chain> next = Optional.ofNullable(table.chains().get(target))
                        .filter(_ -> !KUBERNETES.matcher(target).matches() && depth < DEEPEST);
                Set<End> behind =
                        next.map(each -> walk(table, each, packet, depth + 1)).orElseGet(() -> EnumSet.of(End.ON));
                certain = certain && (goes || !behind.contains(End.ON));
                behind.stream().filter(end -> goes || end != End.ON).forEach(ends::add);
            } else {
                switch (judged.verdict()) {
                    case "accept" -> ends.add(End.ACCEPTED);
                    case "drop", "reject" -> ends.add(End.DROPPED);
                    case "return" -> ends.add(End.ON);
                    default -> certain = false;
                }
            }
            if (certain) {
                return ends;
            }
        }
        ends.add(End.ON);
        return ends;
    }

    /** @param verdict empty for a rule that decides nothing */
    private record Judged(Match match, String verdict) {}

    /** Reads one rule with one packet in mind. */
    private static final class Reader {
        private final Table table;
        private final Packet packet;
        private final List<String> words;
        private int at;
        private Match match = Match.YES;
        private String verdict = "";

        Reader(Table table, Packet packet, String rule) {
            this.table = table;
            this.packet = packet;
            this.words =
                    WORD.matcher(rule).results().map(result -> result.group()).toList();
        }

        private String next() {
            return at < words.size() ? words.get(at++) : "";
        }

        private void narrow(Match found) {
            match = match.and(found);
        }

        Judged read() {
            while (at < words.size() && verdict.isEmpty() && match != Match.NO) {
                String word = next();
                switch (word) {
                    case "accept", "drop", "reject", "return" -> verdict = word;
                    case "jump", "goto" -> verdict = word + " " + next();
                    case "tcp", "udp", "th" -> transport(word);
                    case "ip", "ip6" -> address(word);
                    case "meta" -> meta(next());
                    case "iif", "iifname", "ct" -> meta(word);
                    case "icmp", "icmpv6", "sctp", "dccp", "esp", "ah", "udplite", "igmp" -> narrow(Match.NO);
                    case "comment", "prefix", "level", "flags", "group" -> next();
                    case "counter" -> at += at < words.size() && words.get(at).equals("packets") ? 4 : 0;
                    case "log" -> {}
                    default -> narrow(Match.MAYBE);
                }
            }
            return new Judged(match, verdict);
        }

        private void transport(String protocol) {
            if (!protocol.equals("th")) {
                narrow(carries(protocol));
            }
            switch (next()) {
                case "dport" ->
                    value(element ->
                            packet.port().map(port -> portIn(element, port)).orElse(Match.NO));
                case "sport" -> {
                    next();
                    narrow(Match.MAYBE);
                }
                default -> narrow(Match.MAYBE);
            }
        }

        private void address(String family) {
            narrow(packet.isIpv6()
                    .map(ipv6 -> ipv6 == family.equals("ip6") ? Match.YES : Match.NO)
                    .orElse(Match.YES));
            switch (next()) {
                case "saddr" -> value(packet.from().isPresent(), element -> addressIn(element, packet.from()));
                case "daddr" -> value(packet.to().isPresent(), element -> addressIn(element, packet.to()));
                case "protocol", "nexthdr" -> value(this::carries);
                default -> narrow(Match.MAYBE);
            }
        }

        private void meta(String key) {
            switch (key) {
                case "l4proto" -> value(this::carries);
                case "nfproto" ->
                    value(element -> packet.isIpv6()
                            .map(ipv6 -> element.equals(ipv6 ? "ipv6" : "ipv4") ? Match.YES : Match.NO)
                            .orElse(Match.MAYBE));
                case "iif", "iifname" -> value(this::link);
                case "ct" -> {
                    if (next().equals("state")) {
                        value(element -> element.equals("new") ? Match.YES : Match.NO);
                    } else {
                        narrow(Match.MAYBE);
                    }
                }
                default -> narrow(Match.MAYBE);
            }
        }

        private void value(Function<String, Match> holds) {
            value(true, holds);
        }

        /**
         * One value, several separated by commas, a set, or a map to verdicts.
         *
         * @param known whether the packet has one value there
         */
        private void value(boolean known, Function<String, Match> holds) {
            String value = next();
            if (value.equals("!=")) {
                narrow(
                        switch (any(next(), holds)) {
                            case YES -> Match.NO;
                            case MAYBE -> Match.MAYBE;
                            case NO -> known ? Match.YES : Match.MAYBE;
                        });
            } else if (value.equals("vmap")) {
                for (String pair : elements(next())) {
                    String[] sides = pair.split(" : ", 2);
                    Match found = any(sides[0], holds);
                    if (found != Match.NO && sides.length == 2) {
                        verdict = sides[1].strip();
                        narrow(found);
                        return;
                    }
                }
                narrow(Match.NO);
            } else {
                narrow(any(value, holds));
            }
        }

        private Match any(String value, Function<String, Match> holds) {
            return elements(value).stream().map(holds).min(Match::compareTo).orElse(Match.NO);
        }

        private List<String> elements(String value) {
            String text = value;
            if (value.startsWith("@")) {
                text = Optional.ofNullable(table.sets().get(value.substring(1))).orElse("");
            }
            return Arrays.stream(text.replaceAll("[{}\"]", " ").split(","))
                    .map(String::strip)
                    .filter(each -> !each.isEmpty())
                    .toList();
        }

        /** Where a host has no /etc/protocols, nft prints numbers. */
        private Match carries(String protocol) {
            return packet.port()
                            .map(port -> switch (port.transport()) {
                                case TCP -> protocol.equals("tcp") || protocol.equals("6");
                                case UDP -> protocol.equals("udp") || protocol.equals("17");
                            })
                            .orElse(false)
                    ? Match.YES
                    : Match.NO;
        }

        private Match link(String name) {
            boolean prefix = name.endsWith("*");
            return packet.link()
                    .map(link -> (prefix ? link.startsWith(name.substring(0, name.length() - 1)) : link.equals(name))
                            ? Match.YES
                            : Match.NO)
                    .orElse(name.equals(Packet.LOOPBACK) ? Match.NO : Match.MAYBE);
        }
    }

    /** Whether all these ports are surely in what is written there. */
    static boolean holds(String element, Port port) {
        return portIn(element, port) == Match.YES;
    }

    /** Whether all these addresses are surely in what is written there. */
    static boolean holds(String element, Optional<AddressRange> addresses) {
        return addressIn(element, addresses) == Match.YES;
    }

    /** Whether some of these addresses may be in what is written there. */
    static boolean mayHold(String element, AddressRange addresses) {
        return addressIn(element, Optional.of(addresses)) != Match.NO;
    }

    /** Whether all ports are in it. */
    private static Match portIn(String element, Port port) {
        if (!element.matches("[0-9]{1,5}([-:][0-9]{1,5})?")) {
            return Match.MAYBE;
        }
        String[] ends = element.split("[-:]", 2);
        int first = Integer.parseInt(ends[0]);
        int last = Integer.parseInt(ends[ends.length - 1]);
        if (first <= port.first() && port.last() <= last) {
            return Match.YES;
        }
        return last < port.first() || port.last() < first ? Match.NO : Match.MAYBE;
    }

    /** Whether all addresses are in it; a rule about some is none about anyone. */
    private static Match addressIn(String element, Optional<AddressRange> addresses) {
        AddressRange range;
        try {
            String plain = element.replaceFirst("\\s.*", "");
            String[] ends = plain.split("-", 2);
            range = plain.contains("/")
                    ? Cidr.parse(plain).range()
                    : new AddressRange(IpAddress.parse(ends[0]), IpAddress.parse(ends[ends.length - 1]));
        } catch (IllegalArgumentException e) {
            return Match.MAYBE;
        }
        return addresses
                .map(each -> range.contains(each) ? Match.YES : range.overlaps(each) ? Match.MAYBE : Match.NO)
                .orElse(range.size().bitLength() > range.first().bits() ? Match.YES : Match.NO);
    }
}
