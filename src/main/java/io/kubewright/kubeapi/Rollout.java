package io.kubewright.kubeapi;

import java.util.Optional;

/** How far the present template of a workload is in force. */
final class Rollout {
    private Rollout() {}

    /** What is missing, such as {@code calico-node 3/5 ready}; empty when the rollout is complete. */
    static Optional<String> missing(KubeObject workload) {
        return outdated(workload).or(() -> unready(workload));
    }

    /** What does not have the present template yet, ready or not; empty when all has it. */
    static Optional<String> outdated(KubeObject workload) {
        long generation = workload.at("metadata", "generation").number().orElse(0);
        if (workload.at("status", "observedGeneration").number().orElse(0) < generation) {
            return Optional.of(workload.name() + " not looked at yet by its controller");
        }
        long wanted = wanted(workload);
        long updated = updated(workload);
        return updated < wanted
                ? Optional.of(workload.name() + " " + updated + "/" + wanted + " up to date")
                : Optional.empty();
    }

    private static Optional<String> unready(KubeObject workload) {
        long wanted = wanted(workload);
        long ready = status(workload, workload.kind().equals("DaemonSet") ? "numberAvailable" : "availableReplicas");
        if (ready < wanted) {
            return Optional.of(workload.name() + " " + ready + "/" + wanted + " ready");
        }
        long all = workload.kind().equals("Deployment") ? status(workload, "replicas") : wanted;
        return all > wanted
                ? Optional.of(workload.name() + " " + (all - wanted) + " old still running")
                : Optional.empty();
    }

    private static long updated(KubeObject workload) {
        return status(workload, workload.kind().equals("DaemonSet") ? "updatedNumberScheduled" : "updatedReplicas");
    }

    private static long wanted(KubeObject workload) {
        return workload.kind().equals("DaemonSet")
                ? status(workload, "desiredNumberScheduled")
                : workload.at("spec", "replicas").number().orElse(1);
    }

    private static long status(KubeObject workload, String field) {
        return workload.at("status", field).number().orElse(0);
    }
}
