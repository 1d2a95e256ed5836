package io.kubewright.kubeapi;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Finds out why a workload is not in force everywhere. */
final class RolloutEvidence {
    private static final int MOST_PODS = 5;

    private final KubeClient client;

    RolloutEvidence(KubeClient client) {
        this.client = client;
    }

    /** Pods that are not ready, each with its reason and last event; one line each. */
    List<String> of(KubeObject workload) throws InterruptedException {
        List<String> lines = new ArrayList<>();
        List<KubeObject> pods = pods(workload);
        for (KubeObject pod : pods) {
            if (!PodStatus.ready(pod) && lines.size() < MOST_PODS) {
                List<String> events = client.events(pod.ref());
                lines.add(PodStatus.of(pod) + (events.isEmpty() ? "" : "; last event: " + events.getLast()));
            }
        }
        if (lines.isEmpty()) {
            List<String> events = client.events(workload.ref());
            lines.add(pods.size() + " pods" + (events.isEmpty() ? "" : "; last event: " + events.getLast()));
        }
        return lines;
    }

    private List<KubeObject> pods(KubeObject workload) throws InterruptedException {
        Map<String, Tree> labels =
                workload.at("spec", "selector", "matchLabels").entries();
        String selector = labels.entrySet().stream()
                .map(label -> label.getKey() + "=" + label.getValue().text(""))
                .collect(Collectors.joining(","));
        return client.pods(workload.namespace().orElse("default"), selector);
    }
}
