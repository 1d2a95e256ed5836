package io.kubewright.kubeapi;

import java.util.Optional;
import java.util.function.Function;

/** The conditions that installations and proofs wait for. */
public final class Conditions {
    private Conditions() {}

    /** The object is gone. */
    public static Condition gone() {
        return object -> object.map(each -> each.ref() + " is still there"
                + (each.at("metadata", "finalizers").items().isEmpty()
                        ? ""
                        : ", held by " + each.at("metadata", "finalizers")));
    }

    /** {@code status.conditions} has this type with status True. */
    public static Condition condition(String type) {
        return present(object -> object.is(type)
                ? Optional.empty()
                : Optional.of(object.name() + " is not " + type + reason(object.condition(type))));
    }

    /** A custom resource definition whose kind the API serves. */
    public static Condition established() {
        return condition("Established");
    }

    /** A pod whose containers are all ready. A pod that has ended can no longer become so. */
    public static Condition podReady() {
        return present(pod -> {
            refuseEnded(pod);
            return pod.is("Ready") ? Optional.empty() : Optional.of(PodStatus.of(pod));
        });
    }

    /** A pod that has ended well. One that failed can no longer do so. */
    public static Condition podSucceeded() {
        return present(pod -> {
            String phase = pod.at("status", "phase").text("");
            if (phase.equals("Failed")) {
                throw failed(pod);
            }
            return phase.equals("Succeeded") ? Optional.empty() : Optional.of(PodStatus.of(pod));
        });
    }

    /** A pod in this phase. */
    public static Condition podPhase(String phase) {
        return present(pod ->
                pod.at("status", "phase").text("").equals(phase) ? Optional.empty() : Optional.of(PodStatus.of(pod)));
    }

    /** A DaemonSet, Deployment or StatefulSet whose present template runs, ready, wherever it should. */
    public static Condition rolledOut() {
        return present(Rollout::missing);
    }

    /** An object that is there and for which {@code missing} finds nothing missing. */
    public static Condition present(Function<KubeObject, Optional<String>> missing) {
        return object -> object.isEmpty() ? Optional.of("not there yet") : missing.apply(object.get());
    }

    private static void refuseEnded(KubeObject pod) {
        String phase = pod.at("status", "phase").text("");
        if (phase.equals("Failed") || phase.equals("Succeeded")) {
            throw failed(pod);
        }
    }

    private static ApiException failed(KubeObject pod) {
        return new ApiException(
                ApiException.Code.FAILED,
                PodStatus.of(pod),
                "Its log and events say more: kubectl -n " + pod.namespace().orElse("default") + " describe pod "
                        + pod.name());
    }

    private static String reason(Tree condition) {
        String reason = condition.at("reason").text("");
        String message = condition.at("message").text("");
        return reason.isEmpty() && message.isEmpty() ? "" : ": " + (reason + " " + message).strip();
    }
}
