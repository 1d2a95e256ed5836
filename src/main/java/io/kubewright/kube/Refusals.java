package io.kubewright.kube;

import io.kubewright.engine.Refusal;
import java.util.Optional;

/** When a host is left as it is, because what is there might be somebody's. */
final class Refusals {
    private Refusals() {}

    static Optional<Refusal> of(Node node, String observed, String desired) {
        if (observed.isEmpty() || observed.equals(desired) || NodeState.isStopped(observed, desired)) {
            return Optional.empty();
        }
        if (NodeState.isUnfinished(observed)) {
            return NodeState.isOurs(observed)
                    ? Optional.empty()
                    : Optional.of(new Refusal(
                            node.name() + " holds parts of a Kubernetes node that Kubewright did not make: "
                                    + observed.strip().replace("\n", ", "),
                            "If nothing of it is needed, run `kubeadm reset` there and plan again."));
        }
        return Optional.of(new Refusal(
                node.name() + " is a node of another make-up than the file asks for: "
                        + observed.strip().replace("\n", ", "),
                "A node's role and endpoint cannot be changed in place: take it out with `kubewright undo --host "
                        + node.name() + "` first, or put the file right."));
    }
}
