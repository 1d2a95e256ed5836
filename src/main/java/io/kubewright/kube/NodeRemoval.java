package io.kubewright.kube;

import io.kubewright.engine.ClusterResource;
import io.kubewright.engine.Observation;
import io.kubewright.engine.Progress;
import io.kubewright.engine.StepId;
import io.kubewright.kubeapi.ApiState;
import io.kubewright.kubeapi.ClusterApi;
import io.kubewright.kubeapi.ObjectRef;
import java.time.Duration;
import java.util.Set;

/** Takes a node that has left out of the cluster's list; what was known of it (its addresses, its lease) goes too. */
record NodeRemoval(ClusterApi api, String node, Set<StepId> needs) implements ClusterResource {
    /** The node's name follows. */
    static final String PATH = "kube/remove/";

    private static final Duration DEADLINE = Duration.ofMinutes(2);

    @Override
    public StepId id() {
        return StepId.cluster(PATH + node);
    }

    @Override
    public Observation observe() throws InterruptedException {
        return switch (api.state()) {
            case ApiState.Absent _ -> new Observation.Known("", "");
            case ApiState.Unreachable(String reason) ->
                new Observation.Unreachable(
                        "",
                        "the API could not be reached: " + reason,
                        "Look at the API server on a control plane: crictl ps -a, journalctl -u kubelet.");
            case ApiState.Ready _ ->
                new Observation.Known(
                        api.client().get(ref()).map(_ -> "node " + node + "\n").orElse(""), "");
        };
    }

    @Override
    public void apply(String observed, Progress progress) throws InterruptedException {
        api.client().deleteAndWait(ref(), DEADLINE);
    }

    private ObjectRef ref() {
        return ObjectRef.node(node);
    }

    /** A node that was removed comes back by joining. */
    @Override
    public void undo(Progress progress) {}
}
