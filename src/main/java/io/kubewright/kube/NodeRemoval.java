package io.kubewright.kube;

import io.kubewright.engine.ClusterCompanion;
import io.kubewright.engine.Progress;
import io.kubewright.engine.StepId;
import io.kubewright.kubeapi.ClusterApi;
import io.kubewright.kubeapi.ObjectRef;
import java.time.Duration;
import java.util.Set;

/** Takes a node that has left out of the cluster's list; what was known of it (its addresses, its lease) goes too. */
record NodeRemoval(ClusterApi api, String node, Set<StepId> needs, Set<StepId> accompanies)
        implements ClusterCompanion {
    /** The node's name follows. */
    static final String PATH = "kube/remove/";

    private static final Duration DEADLINE = Duration.ofMinutes(2);

    @Override
    public StepId id() {
        return StepId.cluster(PATH + node);
    }

    @Override
    public void apply(String observed, Progress progress) throws InterruptedException {
        api.client().deleteAndWait(ObjectRef.of("v1", "Node", node), DEADLINE);
    }
}
