package io.kubewright.network;

import io.kubewright.engine.Finding;
import io.kubewright.kubeapi.proof.Asked;
import io.kubewright.kubeapi.proof.HostProbe;
import io.kubewright.kubeapi.proof.Outcome;
import io.kubewright.kubeapi.proof.ProofBench;
import io.kubewright.kubeapi.proof.ProofNode;
import io.kubewright.kubeapi.proof.ProofPod;
import io.kubewright.kubeapi.proof.ProofPods;
import io.kubewright.kubeapi.proof.ProofRole;
import io.kubewright.kubeapi.proof.Task;
import io.kubewright.kubeapi.proof.Together;
import io.kubewright.kubeapi.proof.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What kube-proxy promises: a service answers at its cluster address and at node ports. */
final class ServiceProofs {
    private static final Duration DEADLINE = Duration.ofSeconds(60);
    private static final int CONNECTIONS_PER_NODE = 16;

    private final ProofBench bench;
    private final HostProbe hosts;

    ServiceProofs(ProofBench bench, HostProbe hosts) {
        this.bench = bench;
        this.hosts = hosts;
    }

    List<Finding> clusterAddress() throws InterruptedException {
        return clusterAddress(bench.pods());
    }

    /** The same by the addresses of the other IP family. */
    List<Finding> secondClusterAddress() throws InterruptedException {
        ProofPods pods = bench.pods().second();
        return pods.serviceAddress().isEmpty()
                ? List.of(Finding.failed(
                        "cluster",
                        "a service that may have addresses of both IP families got one only: kube-apiserver has one service"
                                + " network",
                        0))
                : clusterAddress(pods);
    }

    private List<Finding> clusterAddress(ProofPods pods) throws InterruptedException {
        Map<String, ProofPod> open = pods.running(ProofRole.OPEN);
        String address = Task.at(pods.serviceAddress(), ProofPod.ECHO_PORT);
        int connections = CONNECTIONS_PER_NODE * open.size();
        Map<String, Asked<Map<String, Outcome>>> asked = Together.ask(
                open,
                DEADLINE.plusSeconds(2L * open.size()),
                pod -> bench.run(
                        pod,
                        List.of(
                                Task.echo("tcp", "tcp", address, "service from " + pod.node(), connections),
                                Task.echo("udp", "udp", address, "service from " + pod.node(), connections))));
        List<Finding> findings = new ArrayList<>();
        for (ProofNode node : pods.nodes()) {
            Asked<Map<String, Outcome>> answer = asked.get(node.name());
            findings.add(
                    answer == null
                            ? Finding.failed(node.name(), pods.absence(node.name()), 0)
                            : answer.fold(
                                            outcomes -> judge(node.name(), address, open.keySet(), outcomes),
                                            Verdict::failed)
                                    .at(node.name(), answer.millis()));
        }
        return findings;
    }

    /**
     * Whether a service answers on a node.
     *
     * @param endpoints the nodes that the service has an endpoint on
     */
    static Verdict judge(String node, String address, Set<String> endpoints, Map<String, Outcome> outcomes) {
        List<String> wrong = new ArrayList<>();
        List<String> right = new ArrayList<>();
        for (String kind : List.of("tcp", "udp")) {
            Outcome outcome = outcomes.get(kind);
            if (outcome == null || !outcome.reached()) {
                wrong.add("the service at " + address + " does not answer a pod on " + node + " over " + kind
                        + " (kube-proxy on " + node + ", or the way from there to the endpoints): "
                        + (outcome == null ? "the probe said nothing" : outcome.error()));
                continue;
            }
            List<String> missing = endpoints.stream()
                    .filter(each -> !outcome.answers().containsKey(each))
                    .sorted()
                    .toList();
            if (Quorum.lost(missing.size(), endpoints.size())) {
                wrong.add("from a pod on " + node + " the service at " + address + " never answers over " + kind
                        + " with its endpoints on " + String.join(", ", missing) + ": " + outcome.received() + " of "
                        + outcome.sent() + " went through");
            } else {
                right.add(kind + " answered by "
                        + String.join(
                                ", ",
                                outcome.answers().keySet().stream().sorted().toList())
                        + " (" + outcome.received() + "/" + outcome.sent() + ")"
                        + (missing.isEmpty()
                                ? ""
                                : ", not by " + String.join(", ", missing)
                                        + ", which proof/network/pod-to-pod tells more about"));
            }
        }
        return Verdict.of(wrong, address + ": " + String.join("; ", right));
    }

    /** From every host to the node port of every other. */
    List<Finding> nodePort() throws InterruptedException {
        ProofPods pods = bench.pods();
        List<String> names = pods.nodes().stream().map(ProofNode::name).toList();
        Map<String, Asked<Map<String, Outcome>>> asked = Together.ask(names, DEADLINE, from -> {
            List<Task> tasks = new ArrayList<>();
            for (ProofNode to : pods.nodes()) {
                boolean other = !to.name().equals(from) || names.size() == 1;
                if (other && pods.on(to.name(), ProofRole.OPEN).isPresent()) {
                    String address = Task.at(to.address(), pods.nodePort());
                    tasks.add(Task.echo(to.name(), "tcp", address, "node port from " + from, 2));
                }
            }
            return hosts.run(from, tasks);
        });
        List<Finding> findings = new ArrayList<>();
        for (ProofNode node : pods.nodes()) {
            long millis = asked.values().stream().mapToLong(Asked::millis).max().orElse(0);
            findings.add(judgePort(pods, node, asked).at(node.name(), millis));
        }
        return findings;
    }

    private static Verdict judgePort(ProofPods pods, ProofNode node, Map<String, Asked<Map<String, Outcome>>> asked) {
        String address = Task.at(node.address(), pods.nodePort());
        if (pods.on(node.name(), ProofRole.OPEN).isEmpty()) {
            return Verdict.failed("the node port " + address + " has nobody to answer: " + pods.absence(node.name()));
        }
        List<String> reached = new ArrayList<>();
        List<String> missed = new ArrayList<>();
        asked.forEach((from, answer) -> {
            Optional<Map<String, Outcome>> outcomes = answer.answer();
            Outcome outcome = outcomes.map(each -> each.get(node.name())).orElse(null);
            if (outcome != null && outcome.answers().containsKey(node.name())) {
                reached.add(from);
            } else if (outcome != null) {
                missed.add(from + " (" + outcome.error() + ")");
            } else if (!from.equals(node.name())) {
                missed.add(answer.fold(_ -> from + " (was not asked)", reason -> reason));
            }
        });
        return judgePort(node.name(), address, reached, missed);
    }

    static Verdict judgePort(String node, String address, List<String> reached, List<String> missed) {
        if (reached.isEmpty() || Quorum.lost(missed.size(), reached.size() + missed.size() + 1)) {
            return Verdict.failed("the node port " + address + " of " + node + " (kube-proxy on " + node
                    + ", or a firewall) does not answer " + String.join(", ", missed)
                    + (reached.isEmpty() ? "" : "; it does answer " + String.join(", ", reached)));
        }
        return Verdict.ok(address + " answered by the pod on " + node + " to " + String.join(", ", reached)
                + (missed.isEmpty() ? "" : ", not to " + String.join(", ", missed)));
    }
}
