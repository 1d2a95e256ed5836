package io.kubewright.network;

import io.kubewright.engine.Finding;
import io.kubewright.engine.Proof;
import io.kubewright.kubeapi.proof.Asked;
import io.kubewright.kubeapi.proof.NamedProof;
import io.kubewright.kubeapi.proof.Once;
import io.kubewright.kubeapi.proof.Outcome;
import io.kubewright.kubeapi.proof.ProofBench;
import io.kubewright.kubeapi.proof.ProofNode;
import io.kubewright.kubeapi.proof.Verdict;
import io.kubewright.network.Attachment.Ipam;
import io.kubewright.spec.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The proofs of one attachment: its interface, what it carries, and what it does not. */
final class MulticastProofs {
    private final Attachment attachment;
    private final Once<MulticastExchange> exchange;

    private MulticastProofs(Attachment attachment, Once<MulticastExchange> exchange) {
        this.attachment = attachment;
        this.exchange = exchange;
    }

    /**
     * All proofs of all attachments that hand out addresses by themselves; of another no pod can be made without knowing what
     * to ask for.
     */
    static List<Proof> of(ProofBench bench, List<Attachment> attachments) {
        List<Proof> proofs = new ArrayList<>();
        for (Attachment attachment : attachments) {
            if (attachment.ipam() instanceof Ipam.Whereabouts) {
                int number = attachments.indexOf(attachment);
                proofs.addAll(new MulticastProofs(
                                attachment, new Once<>(() -> MulticastExchange.make(bench, attachment, number)))
                        .all());
            }
        }
        return proofs;
    }

    private List<Proof> all() {
        String path = "proof/multicast/" + attachment.namespace() + "/" + attachment.name() + "/";
        return List.of(
                new NamedProof(
                        path + "attached",
                        "a pod on the node has the attachment beside the pod network",
                        _ -> nodes(this::attached)),
                new NamedProof(
                        path + "unicast",
                        "pods on the two nodes reach each other over the attachment",
                        _ -> pairs(this::unicast)),
                new NamedProof(
                        path + "pairs",
                        "multicast of the pod on the first node reaches the pod on the second one",
                        _ -> pairs(this::multicast)),
                new NamedProof(
                        path + "membership",
                        "a pod on the node gets what it joined, from then until it leaves, and nothing else",
                        _ -> nodes(this::membership)),
                new NamedProof(
                        path + "pod-network",
                        "no multicast reaches the pod on the node over the pod network",
                        _ -> nodes(this::podNetwork)));
    }

    private List<Finding> nodes(Function<String, Verdict> judge) throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        MulticastExchange made = exchange.get();
        for (ProofNode node : made.nodes()) {
            findings.add(judge.apply(node.name()).at(node.name(), millis(made, node.name())));
        }
        return findings;
    }

    private List<Finding> pairs(BiFunction<String, String, Verdict> judge) throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        MulticastExchange made = exchange.get();
        for (ProofNode from : made.nodes()) {
            for (ProofNode to : made.nodes()) {
                if (!from.equals(to)) {
                    findings.add(judge.apply(from.name(), to.name())
                            .at(from.name() + ">" + to.name(), millis(made, from.name())));
                }
            }
        }
        return findings.isEmpty()
                ? List.of(Finding.ok("cluster", "there is one node only, so no pair of nodes", 0))
                : findings;
    }

    private static long millis(MulticastExchange made, String node) {
        Asked<List<Heard>> asked = made.heard().get(node);
        return asked == null ? 0 : asked.millis();
    }

    private MulticastExchange made() {
        try {
            return exchange.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the exchange is there already", e);
        }
    }

    private Verdict attached(String node) {
        MulticastExchange made = made();
        Optional<Heard> heard = made.heard(node, MulticastExchange.LINK);
        if (heard.isEmpty()) {
            return Verdict.failed(made.silence(node));
        }
        String told = made.addresses().getOrDefault(node, "");
        List<String> wrong = new ArrayList<>();
        if (!heard.get().error().isEmpty()) {
            wrong.add("the pod on " + node + ": " + heard.get().error());
        }
        if (!heard.get().running()) {
            wrong.add(MulticastExchange.LINK + " of the pod on " + node + " has no carrier: the link of " + node
                    + " that carries " + attachment.name() + " is down, or nothing is at its other end");
        }
        if (told.isEmpty()) {
            wrong.add("Multus on " + node + " told the API of no address of " + attachment.name()
                    + " for the pod, so it may have been made without it");
        } else if (heard.get().addresses().stream().noneMatch(each -> each.startsWith(told + "/"))) {
            wrong.add(MulticastExchange.LINK + " of the pod on " + node + " has "
                    + heard.get().addresses() + ", while Multus told the API of " + told);
        } else if (attachment.ipam() instanceof Ipam.Whereabouts whereabouts
                && !whereabouts.handsOut(IpAddress.parse(told))) {
            wrong.add("the pod on " + node + " got " + told + ", which is outside the range of the file");
        }
        return Verdict.of(wrong, MulticastExchange.LINK + " has " + told);
    }

    private Verdict unicast(String from, String to) {
        MulticastExchange made = made();
        Asked<Map<String, Outcome>> talked = made.talked().get(from);
        if (talked == null) {
            return Verdict.failed(made.pods().absence(from));
        }
        if (!made.addresses().containsKey(to)) {
            return Verdict.failed("the pod on " + to + " has no address on the attachment: "
                    + (made.pods().running().containsKey(to)
                            ? "see attached@" + to
                            : made.pods().absence(to)));
        }
        return talked.fold(
                outcomes -> unicast(outcomes, from, to),
                reason -> Verdict.failed("the pod on " + from + " could not be made to send: " + reason));
    }

    private Verdict unicast(Map<String, Outcome> outcomes, String from, String to) {
        List<String> wrong = new ArrayList<>();
        List<String> right = new ArrayList<>();
        for (String kind : List.of("UDP", "TCP")) {
            Outcome outcome = outcomes.get(kind.toLowerCase(Locale.ROOT) + " " + to);
            if (outcome == null || !outcome.reached()) {
                wrong.add("no " + kind + " packet of the pod on " + from + " came back over " + attachment.name()
                        + " from the pod on " + to
                        + (outcome == null ? "" : " in " + outcome.attempts() + " tries: " + outcome.error()));
            } else if (!outcome.answers().keySet().equals(java.util.Set.of(to))) {
                wrong.add(kind + " to the pod on " + to + " was answered by "
                        + String.join(", ", outcome.answers().keySet()));
            } else {
                right.add(kind + " " + outcome.received() + "/" + outcome.sent());
            }
        }
        return Verdict.of(wrong, String.join("; ", right));
    }

    private Verdict multicast(String from, String to) {
        MulticastExchange made = made();
        Optional<Heard> source = made.heard(from, MulticastExchange.LINK);
        Optional<Heard> target = made.heard(to, MulticastExchange.LINK);
        if (source.isEmpty() || target.isEmpty()) {
            return Verdict.failed(made.silence(source.isEmpty() ? from : to));
        }
        String group = made.plan().group(to);
        int sent = source.get().sent().getOrDefault(group, 0);
        int received = target.get().received().getOrDefault(made.plan().arriving(from, group), 0);
        int common = target.get().received().getOrDefault(made.plan().arriving(from, MulticastPlan.EVERYBODY), 0);
        String counts =
                received + " of " + sent + " to " + group + ", " + common + " of " + MulticastPlan.COUNT + " to "
                        + MulticastPlan.EVERYBODY + "; " + from + " sent "
                        + source.get().kernelOut() + " multicast packets, "
                        + to + " received " + target.get().kernelIn();
        // Whoever began late was not yet there for the first ones.
        return received * 2 >= sent && sent > 0 && common * 2 >= MulticastPlan.COUNT
                ? Verdict.ok(counts)
                : Verdict.failed("of what the pod on " + from + " sent, the pod on " + to + " got " + counts
                        + dropped(from, to)
                        + target.map(Heard::error)
                                .filter(error -> !error.isEmpty())
                                .map(error -> "; " + error)
                                .orElse(""));
    }

    /** Where what goes to an address arrives and what goes to a group does not, something on the way tells groups apart. */
    private String dropped(String from, String to) {
        return unicast(from, to).ok()
                ? "; what it sends to the other's address arrives, so groups are dropped on the way: IGMP snooping without a"
                        + " querier, or a switch that does not hear of the members"
                : "; what it sends to the other's address does not arrive either, see unicast@" + from + ">" + to;
    }

    private Verdict membership(String node) {
        MulticastExchange made = made();
        Optional<Heard> heard = made.heard(node, MulticastExchange.LINK);
        if (heard.isEmpty()) {
            return Verdict.failed(made.silence(node));
        }
        List<String> wrong = new ArrayList<>();
        long stray = heard.get().received().entrySet().stream()
                .filter(each -> each.getKey().endsWith(" to " + MulticastPlan.NOBODY))
                .mapToLong(Map.Entry::getValue)
                .sum();
        if (stray > 0) {
            wrong.add(stray + " datagrams to " + MulticastPlan.NOBODY + ", which nobody joined, came to the pod on "
                    + node);
        }
        Heard late = heard.get();
        if (late.before() > 0 || late.after() > 0) {
            wrong.add("of " + MulticastPlan.LATE + " came " + late.before() + " datagrams before it was joined and "
                    + late.after() + " after it was left, on " + node);
        }
        if (late.during() == 0 && made.heard().size() > 1) {
            wrong.add("nothing came of " + MulticastPlan.LATE + ", which the pod on " + node + " joined late");
        }
        return Verdict.of(
                wrong,
                "joined late: " + late.during() + " datagrams until it was left, none before and after; none to "
                        + MulticastPlan.NOBODY);
    }

    private Verdict podNetwork(String node) {
        MulticastExchange made = made();
        Optional<Heard> heard = made.heard(node, MulticastPlan.POD_NETWORK);
        if (heard.isEmpty()) {
            return Verdict.failed(made.silence(node));
        }
        long came =
                heard.get().received().values().stream().mapToLong(each -> each).sum();
        return came == 0
                ? Verdict.ok("nothing of what pods sent to " + MulticastPlan.EVERYBODY + " over "
                        + MulticastPlan.POD_NETWORK + " arrived: Calico routes, and carries no multicast")
                : Verdict.failed(came + " multicast datagrams came to the pod on " + node + " over "
                        + MulticastPlan.POD_NETWORK + ", which carries none");
    }
}
