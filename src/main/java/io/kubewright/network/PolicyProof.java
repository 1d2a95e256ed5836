package io.kubewright.network;

import io.kubewright.engine.Finding;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.ObjectRef;
import io.kubewright.kubeapi.proof.Asked;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A network policy on every node's guarded pod: the way is open before it, closed with one that denies all, open again on
 * the one port that a second one allows, and closed still on the other.
 *
 * <p>The other end is a pod of another node when one can be reached, else one of the same node: what is proved is that the
 * node enforces policies, not that the network between nodes works.
 */
final class PolicyProof {
    private static final Duration DEADLINE = Duration.ofSeconds(75);
    private static final Duration TIMEOUT = Duration.ofMillis(700);
    private static final Duration BEFORE = Duration.ofSeconds(6);
    private static final Duration CHANGE = Duration.ofSeconds(20);

    private final ProofBench bench;

    PolicyProof(ProofBench bench) {
        this.bench = bench;
    }

    /** Which way the packets go that the policy is about. */
    enum Direction {
        INGRESS("Ingress", "from"),
        EGRESS("Egress", "to");

        private final String type;
        private final String peers;

        Direction(String type, String peers) {
            this.type = type;
            this.peers = peers;
        }

        /** The role of the pod that opens connections. */
        ProofRole client() {
            return this == INGRESS ? ProofRole.OPEN : ProofRole.GUARDED;
        }

        ProofRole server() {
            return this == INGRESS ? ProofRole.GUARDED : ProofRole.OPEN;
        }
    }

    /** Who opens connections to whom so that the policy of the node is in between. */
    private record Way(String node, ProofPod client, ProofPod server) {
        Task task(String id, int port) {
            return Task.echo(id, "tcp", Task.at(server.address(), port), "policy of " + node, 0)
                    .within(TIMEOUT, CHANGE);
        }
    }

    /** What was seen at one node. */
    record Course(boolean denied, boolean allowed, boolean otherPortClosed, String error) {}

    List<Finding> run(Direction direction) throws InterruptedException {
        ProofPods pods = bench.pods();
        long begin = System.nanoTime();
        Map<String, Way> ways = before(direction, pods);
        KubeObject deny = policy(direction, "deny", Map.of());
        KubeObject allow = policy(direction, "allow", allowance(direction));
        Map<String, Asked<Map<String, Outcome>>> denied;
        Map<String, Asked<Map<String, Outcome>>> allowed;
        Map<String, Asked<Map<String, Outcome>>> others;
        try {
            bench.api().create(deny);
            denied = ask(ways, way -> way.task("deny", ProofPod.ECHO_PORT).untilClosed());
            bench.api().create(allow);
            allowed = ask(ways, way -> way.task("allow", ProofPod.ECHO_PORT));
            others = ask(ways, way -> way.task("other", ProofPod.HTTP_PORT).untilClosed());
        } finally {
            // The namespace takes them along when this does not come about.
            bench.api().delete(deny.ref());
            bench.api().delete(allow.ref());
        }
        long millis = Duration.ofNanos(System.nanoTime() - begin).toMillis();
        List<Finding> findings = new ArrayList<>();
        for (ProofNode node : pods.nodes()) {
            Way way = ways.get(node.name());
            Verdict verdict;
            if (pods.on(node.name(), ProofRole.GUARDED).isEmpty()) {
                verdict = Verdict.failed(pods.absence(node.name()));
            } else if (way == null) {
                verdict =
                        Verdict.failed("with no policy at all, no pod could exchange anything with the guarded pod on "
                                + node.name() + ", so nothing can be told of policies there");
            } else {
                verdict = judge(direction, way, denied, allowed, others);
            }
            findings.add(verdict.at(node.name(), millis));
        }
        return findings;
    }

    private static Verdict judge(
            Direction direction,
            Way way,
            Map<String, Asked<Map<String, Outcome>>> denied,
            Map<String, Asked<Map<String, Outcome>>> allowed,
            Map<String, Asked<Map<String, Outcome>>> others) {
        Optional<String> untried = java.util.stream.Stream.of(denied, allowed, others)
                .flatMap(each -> Optional.ofNullable(each.get(way.node())).stream())
                .flatMap(each -> each.<Optional<String>>fold(_ -> Optional.empty(), Optional::of).stream())
                .findFirst();
        if (untried.isPresent()) {
            return Verdict.failed("policies on " + way.node() + " could not be tried: " + untried.get());
        }
        Course course = new Course(
                reached(denied, way.node(), "deny"),
                reached(allowed, way.node(), "allow"),
                reached(others, way.node(), "other"),
                error(allowed, way.node()));
        return judge(direction, way.node(), way.client().name(), way.server().name(), course);
    }

    static Verdict judge(Direction direction, String node, String client, String server, Course course) {
        String way = client + " > " + server;
        List<String> wrong = new ArrayList<>();
        String kind = direction.name().toLowerCase(Locale.ROOT);
        if (!course.denied()) {
            wrong.add("with a policy that denies all " + kind + ", " + way + " still went through after "
                    + CHANGE.toSeconds() + " s: calico-node on " + node + " does not enforce policies");
        }
        if (!course.allowed()) {
            wrong.add("with a policy that allows port " + ProofPod.ECHO_PORT + ", " + way + " did not go through in "
                    + CHANGE.toSeconds() + " s (" + course.error() + "): calico-node on " + node
                    + " does not follow changes of policies");
        }
        if (!course.otherPortClosed()) {
            wrong.add("port " + ProofPod.HTTP_PORT + " is open for " + way + ", although only port "
                    + ProofPod.ECHO_PORT + " is allowed on " + node);
        }
        return Verdict.of(wrong, way + ": open before, closed when denied, open again on the allowed port alone");
    }

    private static boolean reached(Map<String, Asked<Map<String, Outcome>>> asked, String node, String id) {
        return outcome(asked, node, id).map(Outcome::reached).orElse(false);
    }

    private static String error(Map<String, Asked<Map<String, Outcome>>> asked, String node) {
        Asked<Map<String, Outcome>> answer = asked.get(node);
        return answer == null
                ? "not asked"
                : answer.fold(
                        outcomes -> outcomes.values().stream()
                                .map(Outcome::error)
                                .findFirst()
                                .orElse(""),
                        reason -> reason);
    }

    private static Optional<Outcome> outcome(Map<String, Asked<Map<String, Outcome>>> asked, String node, String id) {
        return Optional.ofNullable(asked.get(node)).flatMap(Asked::answer).map(outcomes -> outcomes.get(id));
    }

    private Map<String, Asked<Map<String, Outcome>>> ask(
            Map<String, Way> ways, java.util.function.Function<Way, Task> task) throws InterruptedException {
        return Together.ask(ways, DEADLINE, way -> bench.run(way.client(), List.of(task.apply(way))));
    }

    /** For each node the way that is open without a policy, through another node when there is one. */
    private Map<String, Way> before(Direction direction, ProofPods pods) throws InterruptedException {
        Map<String, ProofPod> clients = pods.running(direction.client());
        Map<String, ProofPod> servers = pods.running(direction.server());
        Map<String, Asked<Map<String, Outcome>>> asked = Together.ask(clients, DEADLINE, client -> {
            List<Task> tasks = new ArrayList<>();
            servers.forEach((node, server) ->
                    tasks.add(Task.echo(node, "tcp", Task.at(server.address(), ProofPod.ECHO_PORT), "before policy", 0)
                            .within(TIMEOUT, BEFORE)));
            return bench.run(client, tasks);
        });
        List<String> names = pods.nodes().stream().map(ProofNode::name).toList();
        Map<String, Way> ways = new LinkedHashMap<>();
        for (int index = 0; index < names.size(); index++) {
            String node = names.get(index);
            // The next node first, the node itself last.
            for (int step = 1; step <= names.size() && !ways.containsKey(node); step++) {
                String other = names.get((index + step) % names.size());
                ProofPod client = clients.get(direction == Direction.INGRESS ? other : node);
                ProofPod server = servers.get(direction == Direction.INGRESS ? node : other);
                if (client != null && server != null && reached(asked, client.node(), server.node())) {
                    ways.put(node, new Way(node, client, server));
                }
            }
        }
        return ways;
    }

    private KubeObject policy(Direction direction, String name, Map<String, Object> rules) {
        Map<String, Object> spec = new LinkedHashMap<>(rules);
        spec.put("podSelector", Map.of("matchLabels", Map.of(ProofBench.ROLE_LABEL, ProofRole.GUARDED.label())));
        spec.put("policyTypes", List.of(direction.type));
        return KubeObject.of(ObjectRef.of(
                        "networking.k8s.io/v1",
                        "NetworkPolicy",
                        bench.namespace(),
                        name + "-" + direction.name().toLowerCase(Locale.ROOT)))
                .with(spec, "spec");
    }

    private static Map<String, Object> allowance(Direction direction) {
        Map<String, Object> rule = Map.of(
                direction.peers,
                List.of(Map.of(
                        "podSelector", Map.of("matchLabels", Map.of(ProofBench.ROLE_LABEL, ProofRole.OPEN.label())))),
                "ports",
                List.of(Map.of("protocol", "TCP", "port", ProofPod.ECHO_PORT)));
        return Map.of(direction.type.toLowerCase(Locale.ROOT), List.of(rule));
    }
}
