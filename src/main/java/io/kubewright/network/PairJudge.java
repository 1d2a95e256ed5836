package io.kubewright.network;

import io.kubewright.engine.Finding;
import io.kubewright.kubeapi.proof.Asked;
import io.kubewright.kubeapi.proof.Outcome;
import io.kubewright.kubeapi.proof.ProofNode;
import io.kubewright.kubeapi.proof.ProofPod;
import io.kubewright.kubeapi.proof.ProofPods;
import io.kubewright.kubeapi.proof.ProofRole;
import io.kubewright.kubeapi.proof.Verdict;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads an exchange between all pods as findings. */
final class PairJudge {
    private PairJudge() {}

    /** One finding for each ordered pair of nodes. */
    static List<Finding> pairs(Exchange exchange) {
        List<Finding> findings = new ArrayList<>();
        List<ProofNode> nodes = exchange.pods().nodes();
        for (ProofNode from : nodes) {
            for (ProofNode to : nodes) {
                if (!from.equals(to)) {
                    findings.add(pair(exchange, from.name(), to.name()));
                }
            }
        }
        return findings.isEmpty()
                ? List.of(Finding.ok("cluster", "there is one node only, so no pair of nodes", 0))
                : findings;
    }

    private static Finding pair(Exchange exchange, String from, String to) {
        String target = from + ">" + to;
        ProofPods pods = exchange.pods();
        Optional<ProofPod> source = pods.on(from, ProofRole.OPEN);
        Optional<ProofPod> destination = pods.on(to, ProofRole.OPEN);
        if (source.isEmpty() || destination.isEmpty()) {
            return Finding.failed(target, pods.absence(source.isEmpty() ? from : to), 0);
        }
        Asked<Exchange.Seen> seen = exchange.seen().get(from);
        if (seen == null) {
            return Finding.failed(target, from + " did not take part", 0);
        }
        return seen.fold(
                        each -> pair(each, source.get(), destination.get()),
                        reason -> Verdict.failed("the pod on " + from + " could not be made to send: " + reason))
                .at(target, seen.millis());
    }

    private static Verdict pair(Exchange.Seen seen, ProofPod from, ProofPod to) {
        List<String> wrong = new ArrayList<>();
        List<String> right = new ArrayList<>();
        for (String kind : List.of("UDP", "TCP")) {
            Outcome outcome = seen.outcomes().get(kind.toLowerCase(java.util.Locale.ROOT) + " " + to.node());
            if (outcome == null) {
                wrong.add("the probe on " + from.node() + " said nothing about " + kind + " to " + to.node());
            } else if (!outcome.reached()) {
                wrong.add("no " + kind + " packet of the pod on " + from.node() + " (" + from.address()
                        + ") came back from the pod on " + to.node() + " (" + to.address() + ") in "
                        + outcome.attempts() + " tries: " + outcome.error());
            } else if (!outcome.answers().keySet().equals(java.util.Set.of(to.node()))) {
                wrong.add(kind + " to the pod on " + to.node() + " (" + to.address() + ") was answered by "
                        + String.join(", ", outcome.answers().keySet()));
            } else if (lossy(kind, outcome)) {
                wrong.add("only " + outcome.received() + " of " + outcome.sent() + " " + kind + " exchanges from "
                        + from.node() + " to " + to.node() + " went through: " + outcome.error());
            } else {
                right.add(kind + " " + outcome.received() + "/" + outcome.sent() + ", quickest " + outcome.millis()
                        + " ms");
            }
        }
        return Verdict.of(wrong, from.address() + " > " + to.address() + ": " + String.join("; ", right));
    }

    /** TCP repeats what is lost, so every exchange must go through; of UDP one in eight may be lost. */
    private static boolean lossy(String kind, Outcome outcome) {
        int missing = outcome.sent() - outcome.received();
        return kind.equals("TCP") ? missing > 0 : missing * 8 > outcome.sent();
    }

    /** One finding for each node: VXLAN with our words in it goes out to the others, comes in and is unpacked. */
    static List<Finding> wire(Exchange exchange) {
        List<Finding> findings = new ArrayList<>();
        List<ProofNode> took = exchange.nodes();
        for (ProofNode node : exchange.pods().nodes()) {
            Asked<Exchange.Seen> seen = exchange.seen().get(node.name());
            if (seen == null) {
                findings.add(Finding.failed(node.name(), exchange.pods().absence(node.name()), 0));
            } else {
                List<ProofNode> peers =
                        took.stream().filter(each -> !each.equals(node)).toList();
                findings.add(seen.fold(each -> wire(node, peers, each), Verdict::failed)
                        .at(node.name(), seen.millis()));
            }
        }
        return findings;
    }

    static Verdict wire(ProofNode node, List<ProofNode> peers, Exchange.Seen seen) {
        if (peers.isEmpty()) {
            return Verdict.ok("no other node has a proof pod, so nothing has to travel");
        }
        if (!seen.wireFailure().isEmpty()) {
            return Verdict.failed("the links of " + node.name() + " could not be watched: " + seen.wireFailure());
        }
        Map<String, Long> out = counts(seen.wire(), "out");
        Map<String, Long> in = counts(seen.wire(), "in");
        List<String> silentOut = silent(peers, out);
        List<String> silentIn = silent(peers, in);
        String device = Exchange.DEVICE + " on " + node.name();
        List<String> wrong = new ArrayList<>();
        if (Quorum.lost(silentOut.size(), peers.size() + 1)) {
            wrong.add("no VXLAN packet (UDP 4789) with our words left " + node.name() + " for "
                    + String.join(", ", silentOut) + ", while " + seen.sent() + " packets went into " + device
                    + (seen.sent() > 0 ? ": something on the host drops UDP 4789 on its way out" : ""));
        }
        if (Quorum.lost(silentIn.size(), peers.size() + 1)) {
            wrong.add("no VXLAN packet (UDP 4789) with our words came to " + node.name() + " from "
                    + String.join(", ", silentIn));
        } else if (seen.received() == 0) {
            wrong.add("VXLAN packets come to " + node.name() + " but none came out of " + device
                    + ": something on the host drops UDP 4789 on its way in");
        }
        String some = silentOut.isEmpty() && silentIn.isEmpty()
                ? ""
                : "; nothing to or from " + String.join(", ", union(silentOut, silentIn))
                        + ", which proof/network/pod-to-pod tells more about";
        return Verdict.of(
                wrong,
                "UDP 4789 with our words: out " + counted(peers, out) + ", in " + counted(peers, in) + "; "
                        + Exchange.DEVICE + " sent " + seen.sent() + ", received " + seen.received() + some
                        + strangers(peers, union(List.copyOf(out.keySet()), List.copyOf(in.keySet()))));
    }

    /** A node that is not silent but encapsulates under another address than its own of the file. */
    private static String strangers(List<ProofNode> peers, List<String> addresses) {
        List<String> strange = addresses.stream()
                .filter(address ->
                        peers.stream().noneMatch(peer -> peer.address().equals(address)))
                .toList();
        return strange.isEmpty()
                ? ""
                : "; also to or from " + String.join(", ", strange)
                        + ", which no node with a proof pod has in the file";
    }

    /** Packets with our words by peer address; seen on several links (a bond and its members) they count once. */
    private static Map<String, Long> counts(List<Flow> flows, String direction) {
        Map<String, Long> counts = new TreeMap<>();
        for (Flow flow : flows) {
            if (flow.direction().equals(direction) && flow.token() > 0) {
                counts.merge(flow.peer(), flow.token(), Math::max);
            }
        }
        return counts;
    }

    private static List<String> silent(List<ProofNode> peers, Map<String, Long> counts) {
        return peers.stream()
                .filter(peer -> !counts.containsKey(peer.address()))
                .map(ProofNode::name)
                .toList();
    }

    private static String counted(List<ProofNode> peers, Map<String, Long> counts) {
        return peers.stream()
                .filter(peer -> counts.containsKey(peer.address()))
                .map(peer -> peer.name() + " " + counts.get(peer.address()))
                .reduce((one, other) -> one + ", " + other)
                .orElse("nothing");
    }

    private static List<String> union(List<String> one, List<String> other) {
        return java.util.stream.Stream.concat(one.stream(), other.stream())
                .distinct()
                .toList();
    }
}
