package io.kubewright.kube;

import io.kubewright.engine.ClusterResource;
import io.kubewright.engine.Observation;
import io.kubewright.engine.Progress;
import io.kubewright.engine.StepId;
import io.kubewright.kubeapi.ApiException;
import io.kubewright.kubeapi.ApiState;
import io.kubewright.kubeapi.ClusterApi;
import io.kubewright.kubeapi.KubeClient;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.proof.Verdict;
import io.kubewright.spec.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Pods of CoreDNS are apart. kubeadm makes both while there is one node, and the scheduler moves nothing by itself: with that
 * node the cluster would lose its names.
 *
 * @param hosts that are to be nodes; until all are, nobody can say where the pods will be
 */
public record DnsSpread(ClusterApi api, List<Host> hosts, Set<StepId> needs) implements ClusterResource {
    static final StepId ID = StepId.cluster("kube/dns/spread");

    private static final String NAMESPACE = "kube-system";
    private static final String SELECTOR = "k8s-app=kube-dns";
    private static final String APART = "on different nodes";
    private static final String NOT_APART = "together on one node, or without one";
    private static final Duration MOVE = Duration.ofMinutes(3);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int TRIES = 3;

    /** Taints that its pods tolerate, as kubeadm makes them. */
    private static final Set<String> TOLERATED = Set.of("node-role.kubernetes.io/control-plane", "CriticalAddonsOnly");

    /** Taints that Kubernetes sets and takes away by itself, such as {@code node.kubernetes.io/not-ready}. */
    private static final String PASSING = "node.kubernetes.io/";

    /** Once the cluster has come to rest. */
    public static DnsSpread after(Settled settled) {
        return new DnsSpread(settled.api(), settled.hosts(), Set.of(settled.id()));
    }

    @Override
    public StepId id() {
        return ID;
    }

    @Override
    public Observation observe() throws InterruptedException {
        return switch (api.state()) {
            case ApiState.Absent _ -> new Observation.Deferred(APART, "there is no cluster yet");
            case ApiState.Unreachable(String reason) ->
                new Observation.Unreachable(
                        APART,
                        "the API could not be reached: " + reason,
                        "Look at the API server on a control plane: crictl ps -a, journalctl -u kubelet.");
            case ApiState.Ready _ -> observe(api.client().nodes());
        };
    }

    private Observation observe(List<KubeObject> nodes) throws InterruptedException {
        Set<String> there = nodes.stream().map(KubeObject::name).collect(Collectors.toSet());
        List<String> lacking = hosts.stream()
                .map(Host::name)
                .filter(host -> !there.contains(host))
                .toList();
        if (!lacking.isEmpty()) {
            return new Observation.Deferred(APART, "no nodes yet: " + String.join(", ", lacking));
        }
        boolean apart = isApart(api.client().pods(NAMESPACE, SELECTOR), able(nodes));
        return new Observation.Known(apart ? APART : NOT_APART, APART);
    }

    /** Not so while one has no node yet: whichever node is ready first gets them all. */
    static boolean isApart(List<KubeObject> pods, Set<String> nodes) {
        return crowded(pods, nodes).isEmpty()
                && living(pods).stream().noneMatch(pod -> node(pod).isEmpty());
    }

    @Override
    public Optional<String> stays() {
        return Optional.of("CoreDNS' pods stay where they are");
    }

    /** There is nothing to take back. */
    @Override
    public void undo(Progress progress) {}

    @Override
    public void apply(String observed, Progress progress) throws InterruptedException {
        KubeClient client = api.client();
        for (int attempt = 1; attempt <= TRIES; attempt++) {
            List<KubeObject> pods = client.pods(NAMESPACE, SELECTOR);
            List<KubeObject> moving = crowded(pods, ready(client.nodes()));
            if (moving.isEmpty()) {
                return;
            }
            for (KubeObject pod : moving) {
                progress.line(pod.name() + " leaves " + node(pod) + ", where another one runs");
                client.deleteAndWait(pod.ref(), MOVE);
                awaitReady(client, living(pods).size());
            }
        }
        if (!crowded(client.pods(NAMESPACE, SELECTOR), ready(client.nodes())).isEmpty()) {
            throw new ApiException(
                    ApiException.Code.FAILED,
                    "the scheduler put the pods of CoreDNS onto one node " + TRIES + " times",
                    "See what keeps them off the other nodes: kubectl -n " + NAMESPACE + " describe pods -l "
                            + SELECTOR);
        }
    }

    /** The pods themselves are looked at: the status of their Deployment may not know yet that one went. */
    private static void awaitReady(KubeClient client, int wanted) throws InterruptedException {
        long end = System.nanoTime() + MOVE.toNanos();
        while (true) {
            long ready = living(client.pods(NAMESPACE, SELECTOR)).stream()
                    .filter(pod -> pod.is("Ready"))
                    .count();
            if (ready >= wanted) {
                return;
            }
            if (System.nanoTime() > end) {
                throw new ApiException(
                        ApiException.Code.DEADLINE,
                        "after one was moved, " + ready + " of " + wanted + " pods of CoreDNS are ready",
                        "See why: kubectl -n " + NAMESPACE + " describe pods -l " + SELECTOR);
            }
            Thread.sleep(PAUSE);
        }
    }

    private static List<KubeObject> living(List<KubeObject> pods) {
        return pods.stream()
                .filter(pod -> !pod.at("metadata", "deletionTimestamp").isPresent())
                .toList();
    }

    private static Set<String> ready(List<KubeObject> nodes) {
        return names(nodes, node -> node.is("Ready") && taints(node).allMatch(TOLERATED::contains));
    }

    /** Nodes that its pods may run on, once they are ready. */
    static Set<String> able(List<KubeObject> nodes) {
        return names(
                nodes, node -> taints(node).allMatch(taint -> TOLERATED.contains(taint) || taint.startsWith(PASSING)));
    }

    private static Set<String> names(List<KubeObject> nodes, Predicate<KubeObject> wanted) {
        return nodes.stream()
                .filter(node -> !node.at("spec", "unschedulable").isTrue())
                .filter(wanted)
                .map(KubeObject::name)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Keys of those that keep pods away. */
    private static Stream<String> taints(KubeObject node) {
        return node.at("spec", "taints").items().stream()
                .filter(taint -> !taint.at("effect").text("").equals("PreferNoSchedule"))
                .map(taint -> taint.at("key").text(""));
    }

    /** Pods that share a node with another one while a node has none. */
    static List<KubeObject> crowded(List<KubeObject> pods, Set<String> nodes) {
        Set<String> free = new HashSet<>(nodes);
        List<KubeObject> second = new ArrayList<>();
        Set<String> taken = new HashSet<>();
        for (KubeObject pod : living(pods)) {
            if (!node(pod).isEmpty()) {
                free.remove(node(pod));
                if (!taken.add(node(pod))) {
                    second.add(pod);
                }
            }
        }
        return List.copyOf(second.subList(0, Math.min(second.size(), free.size())));
    }

    private static String node(KubeObject pod) {
        return pod.at("spec", "nodeName").text("");
    }

    /**
     * Names are answered on more than one node, where there is more than one.
     *
     * @param nodes that CoreDNS may run on
     */
    static Verdict judge(List<KubeObject> pods, int nodes) {
        Set<String> answering = new TreeSet<>();
        pods.stream().filter(pod -> pod.is("Ready")).forEach(pod -> answering.add(node(pod)));
        if (answering.isEmpty()) {
            return Verdict.failed(
                    "CoreDNS (Deployment kube-system/coredns) is ready on no node, so there are no names");
        }
        String where = String.join(", ", answering);
        return answering.size() >= Math.min(2, nodes)
                ? Verdict.ok("CoreDNS is ready on " + where)
                : Verdict.failed("CoreDNS is ready on " + where + " only, so names are lost with one node");
    }

    /** What the API says of the pods, judged. */
    static Verdict look(KubeClient client) throws InterruptedException {
        return judge(client.pods(NAMESPACE, SELECTOR), able(client.nodes()).size());
    }
}
