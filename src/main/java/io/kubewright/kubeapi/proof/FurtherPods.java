package io.kubewright.kubeapi.proof;

import io.kubewright.kubeapi.KubeObject;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Proof pods that asked for something besides, as far as they came up.
 *
 * @param running by node
 * @param absences why there is none, by node
 * @param states what the API says of those that run, by node
 */
public record FurtherPods(Map<String, ProofPod> running, Map<String, String> absences, Map<String, KubeObject> states) {
    /**
     * @param names of the pods, by node
     * @param causes what the node said of pods that are not ready, by name of the pod
     */
    static FurtherPods of(Map<String, String> names, Map<String, KubeObject> seen, Map<String, String> causes) {
        Map<String, ProofPod> running = new LinkedHashMap<>();
        Map<String, String> absences = new LinkedHashMap<>();
        Map<String, KubeObject> states = new LinkedHashMap<>();
        names.forEach((node, name) -> {
            Optional<KubeObject> state = Optional.ofNullable(seen.get(name));
            Optional<String> missing = state.isEmpty() ? Optional.of("was deleted") : ProofPods.missing(state.get());
            if (missing.isEmpty()) {
                running.put(node, ProofPods.pod(node, state.orElseThrow()));
                states.put(node, state.orElseThrow());
            } else {
                absences.put(node, ProofPods.notUp(node) + missing.get() + causes.getOrDefault(name, ""));
            }
        });
        return new FurtherPods(running, absences, states);
    }

    /** Why there is no pod on the node, naming it. */
    public String absence(String node) {
        return absences.getOrDefault(node, ProofPods.notUp(node) + "reason unknown");
    }
}
