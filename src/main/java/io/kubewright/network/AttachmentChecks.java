package io.kubewright.network;

import io.kubewright.engine.Finding;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.Proof;
import io.kubewright.kubeapi.proof.Asked;
import io.kubewright.kubeapi.proof.HostProbe;
import io.kubewright.kubeapi.proof.NamedProof;
import io.kubewright.kubeapi.proof.Once;
import io.kubewright.kubeapi.proof.ProbeText;
import io.kubewright.kubeapi.proof.Together;
import io.kubewright.kubeapi.proof.Verdict;
import io.kubewright.network.Attachment.Ipam;
import io.kubewright.spec.Host;
import io.kubewright.spec.IpAddress;
import io.kubewright.spec.Table;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Whether the network of the hosts carries what attachments need: links, frames of further MAC addresses, free addresses. All
 * hosts send and listen at the same time, once for all checks.
 */
public final class AttachmentChecks {
    private static final Duration TRYING = Duration.ofSeconds(10);
    private static final Duration LIMIT = TRYING.plusSeconds(30);
    /** Whereabouts hands out the lowest ones first. */
    private static final int ASKED_FOR = 1024;

    private record Hypervisor(String vendor, String hint) {
        private static final List<Hypervisor> TABLE = Table.read(Hypervisor.class, "hypervisors.yaml").stream()
                .map(row -> new Hypervisor(row.text("vendor"), row.text("hint")))
                .toList();

        static String hint(String machine) {
            return TABLE.stream()
                    .filter(row -> machine.toLowerCase(Locale.ROOT).contains(row.vendor.toLowerCase(Locale.ROOT)))
                    .findFirst()
                    .map(row -> "; " + row.hint)
                    .orElse("");
        }
    }

    private final List<Attachment> attachments;
    private final List<Host> hosts;
    private final Map<String, HostFacts> facts;
    private final HostProbe probe;
    private final Once<Map<Host, Asked<Segment>>> look = new Once<>(this::look);

    private AttachmentChecks(
            List<Attachment> attachments, List<Host> hosts, Map<String, HostFacts> facts, HostProbe probe) {
        this.attachments = attachments;
        this.hosts =
                hosts.stream().filter(host -> facts.containsKey(host.name())).toList();
        this.facts = facts;
        this.probe = probe;
    }

    /** Nothing is done before a check is run; none without attachments. */
    public static List<Proof> of(
            List<Attachment> attachments, List<Host> hosts, Map<String, HostFacts> facts, HostProbe probe) {
        if (attachments.isEmpty()) {
            return List.of();
        }
        AttachmentChecks checks = new AttachmentChecks(attachments, hosts, facts, probe);
        return List.of(
                new NamedProof(
                        "preflight/attachments/link",
                        "the host has the link that carries each attachment, up and with a carrier",
                        _ -> checks.links()),
                new NamedProof(
                        "preflight/attachments/segment",
                        "frames of the first host reach the second one over the attachment's link, those of pods' MAC"
                                + " addresses too",
                        _ -> checks.segments()),
                new NamedProof(
                        "preflight/attachments/range",
                        "nobody on the wire has an address that pods will get",
                        _ -> checks.ranges()));
    }

    private Map<Host, Asked<Segment>> look() throws InterruptedException {
        String token = "kubewright-" + Long.toHexString(System.nanoTime());
        Map<Host, String> arguments = new LinkedHashMap<>();
        for (Host host : hosts) {
            arguments.put(
                    host,
                    ProbeText.base64(Map.of(
                            "token",
                            token,
                            "host",
                            host.name(),
                            "millis",
                            TRYING.toMillis(),
                            "carriers",
                            carriers(host).entrySet().stream()
                                    .map(carrier -> Map.of("interface", carrier.getKey(), "claims", carrier.getValue()))
                                    .toList())));
        }
        String script = script();
        return Together.ask(
                hosts,
                LIMIT.plusSeconds(50),
                host -> Segment.parse(probe.script(
                        host.name(),
                        "set -- --deadline " + LIMIT.toSeconds() + "s --base64 " + arguments.get(host) + "\n" + script,
                        LIMIT)));
    }

    private static String script() {
        try (InputStream resource = AttachmentChecks.class.getResourceAsStream("segment.sh")) {
            return new String(java.util.Objects.requireNonNull(resource).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The addresses that are claimed on each of a host's links; hosts share the asking between them. */
    private Map<String, List<String>> carriers(Host host) {
        Map<String, List<String>> carriers = new TreeMap<>();
        for (Attachment attachment : attachments) {
            carrier(attachment, host)
                    .ifPresent(link -> carriers.computeIfAbsent(link.name(), _ -> new ArrayList<>())
                            .addAll(claims(attachment)));
        }
        return carriers;
    }

    private Optional<HostFacts.Link> carrier(Attachment attachment, Host host) {
        try {
            return Optional.ofNullable(
                    Carriers.of(attachment, List.of(host), facts).get(host.name()));
        } catch (NetworkException _) {
            return Optional.empty();
        }
    }

    private static List<String> claims(Attachment attachment) {
        List<String> claims = new ArrayList<>();
        if (attachment.ipam() instanceof Ipam.Whereabouts whereabouts) {
            IpAddress address = whereabouts.range().first();
            while (whereabouts.range().contains(address) && claims.size() < ASKED_FOR) {
                if (whereabouts.handsOut(address)) {
                    claims.add(address.toString());
                }
                address = address.plus(1);
            }
        }
        return claims;
    }

    private List<Finding> links() throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        look.get()
                .forEach((host, asked) -> findings.add(asked.fold(segment -> links(host, segment), Verdict::failed)
                        .at(host.name(), asked.millis())));
        return findings;
    }

    private Verdict links(Host host, Segment segment) {
        List<String> wrong = new ArrayList<>();
        Set<String> right = new LinkedHashSet<>();
        for (Attachment attachment : attachments) {
            try {
                Carriers.of(attachment, List.of(host), facts).values().forEach(link -> {
                    String state = state(attachment, segment.links().get(link.name()));
                    if (state.isEmpty()) {
                        right.add(link.name() + " carries " + words(attachment));
                    } else {
                        wrong.add(link.name() + " of " + host.name() + ", which is to carry " + words(attachment) + ", "
                                + state);
                    }
                });
            } catch (NetworkException e) {
                wrong.add(String.valueOf(e.getMessage()));
            }
        }
        return Verdict.of(wrong, String.join("; ", right));
    }

    private static String state(Attachment attachment, Segment.@org.jspecify.annotations.Nullable Seen seen) {
        if (seen == null) {
            return "was not tried";
        }
        if (!seen.up()) {
            return "is down: ip link set " + seen.link() + " up, and for the next boot where its network is configured";
        }
        if (!seen.carrier()) {
            return "has no carrier: look at cable and switch port";
        }
        if (attachment.type() == Attachment.Type.BRIDGE && !seen.bridge()) {
            return "is no bridge: type bridge makes pods ports of a bridge that the host has, with the uplink in it";
        }
        return seen.error();
    }

    private List<Finding> segments() throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        Map<Host, Asked<Segment>> seen = look.get();
        for (Host from : hosts) {
            for (Host to : hosts) {
                if (!from.equals(to)) {
                    Asked<Segment> asked = java.util.Objects.requireNonNull(seen.get(to));
                    findings.add(asked.fold(segment -> segment(from, to, segment, seen), Verdict::failed)
                            .at(from.name() + ">" + to.name(), asked.millis()));
                }
            }
        }
        return findings.isEmpty()
                ? List.of(Finding.ok("cluster", "there is one host only, so no pair of hosts", 0))
                : findings;
    }

    private Verdict segment(Host from, Host to, Segment segment, Map<Host, Asked<Segment>> seen) {
        List<String> wrong = new ArrayList<>();
        Set<String> right = new LinkedHashSet<>();
        String vendor = Optional.ofNullable(seen.get(from))
                .flatMap(Asked::answer)
                .map(Segment::vendor)
                .orElse("");
        for (Attachment attachment : attachments) {
            Optional<HostFacts.Link> source = carrier(attachment, from);
            Optional<HostFacts.Link> target = carrier(attachment, to);
            if (source.isEmpty() || target.isEmpty()) {
                wrong.add((source.isEmpty() ? from : to).name() + " has no link for " + words(attachment));
                continue;
            }
            Segment.Seen link = segment.links().get(target.get().name());
            Segment.Neighbour came = link == null ? new Segment.Neighbour(0, 0, 0) : link.from(from.name());
            String way = "from " + source.get().name() + " of " + from.name() + " to "
                    + target.get().name() + " of " + to.name();
            judge(attachment, way, came, Hypervisor.hint(vendor))
                    .ifPresentOrElse(
                            wrong::add,
                            () -> right.add(
                                    attachment.type() == Attachment.Type.MACVLAN
                                            ? way + ": " + came.own() + " frames, " + came.further()
                                                    + " of a further MAC address, " + came.answers() + " answers to one"
                                            : way + ": " + came.own() + " frames"));
        }
        return Verdict.of(wrong, String.join("; ", right));
    }

    /** What is wrong on the way, if anything is. */
    static Optional<String> judge(Attachment attachment, String way, Segment.Neighbour came, String hint) {
        if (came.own() == 0) {
            return Optional.of("no frame came " + way
                    + ": they are not on one segment (another switch, another VLAN, a router between), or a port is"
                    + " blocked; " + words(attachment) + " needs one segment");
        }
        if (attachment.type() != Attachment.Type.MACVLAN) {
            return Optional.empty();
        }
        if (came.further() == 0) {
            return Optional.of(came.own() + " frames of the link's own MAC address came " + way
                    + ", none of a further one, as each pod of " + words(attachment)
                    + " has: port security, a MAC filter or \"forged transmits\" on the sender's side" + hint
                    + "; type ipvlan needs no further MAC addresses");
        }
        if (came.answers() == 0) {
            return Optional.of("frames of a further MAC address came " + way
                    + ", but none to a further one, as each pod of "
                    + words(attachment) + " has: a virtual switch that knows only the MAC addresses that it gave out"
                    + hint + "; type ipvlan needs no further MAC addresses");
        }
        return Optional.empty();
    }

    private List<Finding> ranges() throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        Map<Host, Asked<Segment>> seen = look.get();
        for (Attachment attachment : attachments) {
            findings.add(range(attachment, seen).at(words(attachment), TRYING.toMillis()));
        }
        return findings;
    }

    private Verdict range(Attachment attachment, Map<Host, Asked<Segment>> seen) {
        if (!(attachment.ipam() instanceof Ipam.Whereabouts whereabouts)) {
            return Verdict.ok("hands out no range");
        }
        Set<String> attached = new LinkedHashSet<>();
        Map<String, String> owners = new TreeMap<>();
        seen.forEach((host, asked) -> asked.answer().ifPresent(segment -> {
            if (segment.attached()) {
                attached.add(host.name());
            }
            carrier(attachment, host)
                    .map(link -> segment.links().get(link.name()))
                    .ifPresent(link -> link.owners().forEach((address, mac) -> {
                        if (whereabouts.handsOut(IpAddress.parse(address))) {
                            owners.putIfAbsent(address, mac + " (seen by " + host.name() + ")");
                        }
                    }));
        }));
        if (!attached.isEmpty()) {
            return Verdict.ok(owners.size() + " addresses of " + whereabouts.range()
                    + " are in use; pods have attachments already on " + String.join(", ", attached)
                    + ", so they may be theirs");
        }
        List<String> wrong = new ArrayList<>();
        owners.forEach((address, owner) -> wrong.add(address + " belongs to " + owner + ", but " + words(attachment)
                + " would hand it out: take it out of the range ("
                + attachment.pointer().child("ipam").words()
                + ", exclude), or move the range"));
        int asked = claims(attachment).size();
        return Verdict.of(wrong, asked + " addresses of " + whereabouts.range() + " asked for by ARP, nobody answered");
    }

    private static String words(Attachment attachment) {
        return attachment.namespace() + "/" + attachment.name();
    }
}
