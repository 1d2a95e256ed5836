package io.kubewright.kube;

import io.kubewright.engine.ClusterCompanion;
import io.kubewright.engine.Progress;
import io.kubewright.engine.StepId;
import io.kubewright.kubeapi.ApiException;
import io.kubewright.kubeapi.ClusterApi;
import io.kubewright.kubeapi.KubeClient;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.ObjectRef;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Moves the pods of a node that leaves to others: no new ones come, and those that are there end in good order. */
record Drain(ClusterApi api, String node, Set<StepId> needs, Set<StepId> accompanies) implements ClusterCompanion {
    /** The node's name follows. */
    static final String PATH = "kube/drain/";

    private static final Duration DEADLINE = Duration.ofMinutes(5);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    @Override
    public StepId id() {
        return StepId.cluster(PATH + node);
    }

    @Override
    public void apply(String observed, Progress progress) throws InterruptedException {
        KubeClient client = api.client();
        ObjectRef ref = ObjectRef.of("v1", "Node", node);
        Optional<KubeObject> there = client.get(ref);
        if (there.isEmpty()) {
            progress.line(node + " is no node any more");
            return;
        }
        refuseUnowned(client);
        client.merge(ref, Map.of("spec", Map.of("unschedulable", true)));
        if (!there.get().is("Ready")) {
            progress.line(node + " does not answer, so its pods cannot end in good order");
            return;
        }
        empty(client, progress);
    }

    /** Nobody would make these pods again. */
    private void refuseUnowned(KubeClient client) throws InterruptedException {
        List<String> unowned = client.podsOn(node).stream()
                .filter(Drain::mustLeave)
                .filter(pod -> pod.at("metadata", "ownerReferences").items().isEmpty())
                .map(pod -> pod.namespace().orElse("") + "/" + pod.name())
                .toList();
        if (!unowned.isEmpty()) {
            throw new ApiException(
                    ApiException.Code.FAILED,
                    node + " runs pods that no controller would make elsewhere: " + String.join(", ", unowned),
                    "Nothing was done. Delete or move them by hand, then give the same command again.");
        }
    }

    private void empty(KubeClient client, Progress progress) throws InterruptedException {
        long end = System.nanoTime() + DEADLINE.toNanos();
        String said = "";
        while (true) {
            Set<String> held = new TreeSet<>();
            List<KubeObject> pods =
                    client.podsOn(node).stream().filter(Drain::mustLeave).toList();
            for (KubeObject pod : pods) {
                if (!pod.at("metadata", "deletionTimestamp").isPresent()) {
                    client.evict(pod.ref()).ifPresent(held::add);
                }
            }
            if (pods.isEmpty()) {
                return;
            }
            if (System.nanoTime() > end) {
                throw new ApiException(
                        ApiException.Code.DEADLINE,
                        node + " still runs " + pods.size() + " pods after " + DEADLINE.toMinutes() + " min: "
                                + String.join(
                                        ", ",
                                        pods.stream()
                                                .map(pod -> pod.namespace().orElse("") + "/" + pod.name())
                                                .toList())
                                + (held.isEmpty() ? "" : "; " + String.join("; ", held)),
                        "Ease the disruption budget or end these pods by hand, then give the same"
                                + " command again. To keep the node instead: kubectl uncordon " + node);
            }
            String now = pods.size() + (pods.size() == 1 ? " pod" : " pods") + " to leave " + node
                    + (held.isEmpty() ? "" : ", held by a disruption budget");
            if (!now.equals(said)) {
                said = now;
                progress.line(now);
            }
            Thread.sleep(PAUSE);
        }
    }

    /** Pods that others will make elsewhere. What belongs to the node itself goes with it. */
    static boolean mustLeave(KubeObject pod) {
        String phase = pod.at("status", "phase").text("");
        boolean ended = phase.equals("Succeeded") || phase.equals("Failed");
        boolean mirror =
                pod.at("metadata", "annotations", "kubernetes.io/config.mirror").isPresent();
        boolean daemon = pod.at("metadata", "ownerReferences").items().stream()
                .anyMatch(owner -> owner.at("kind").text("").equals("DaemonSet"));
        return !ended && !mirror && !daemon;
    }
}
