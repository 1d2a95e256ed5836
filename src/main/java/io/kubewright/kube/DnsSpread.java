package io.kubewright.kube;

import io.kubewright.engine.ClusterCompanion;
import io.kubewright.engine.Progress;
import io.kubewright.engine.StepId;
import io.kubewright.kubeapi.ApiException;
import io.kubewright.kubeapi.ApiState;
import io.kubewright.kubeapi.ClusterApi;
import io.kubewright.kubeapi.KubeClient;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.proof.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Moves pods of CoreDNS apart. kubeadm makes both while there is one node, and the scheduler moves nothing by itself: with
 * that node the cluster would lose its names.
 *
 * @param accompanies the steps after which they may sit together
 */
public record DnsSpread(ClusterApi api, Set<StepId> needs, Set<StepId> accompanies) implements ClusterCompanion {
    private static final StepId ID = StepId.cluster("kube/dns/spread");
    private static final String NAMESPACE = "kube-system";
    private static final String SELECTOR = "k8s-app=kube-dns";
    private static final Duration MOVE = Duration.ofMinutes(3);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final int TRIES = 3;

    /** Once the cluster has come to rest. */
    public static DnsSpread after(Settled settled) {
        return new DnsSpread(settled.api(), Set.of(settled.id()), settled.accompanies());
    }

    @Override
    public StepId id() {
        return ID;
    }

    @Override
    public void apply(String observed, Progress progress) throws InterruptedException {
        if (api.state() instanceof ApiState.Absent) {
            progress.line("there is no cluster yet");
            return;
        }
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
        Set<String> names = new TreeSet<>();
        nodes.stream()
                .filter(node -> node.is("Ready"))
                .filter(node -> !node.at("spec", "unschedulable").isTrue())
                .forEach(node -> names.add(node.name()));
        return names;
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

    /** Names are answered on more than one node, where there is more than one. */
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
    static Verdict look(KubeClient client, int nodes) throws InterruptedException {
        return judge(client.pods(NAMESPACE, SELECTOR), nodes);
    }
}
