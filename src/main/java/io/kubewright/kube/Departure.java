package io.kubewright.kube;

import io.kubewright.engine.HostRecords;
import io.kubewright.engine.Resource;
import io.kubewright.engine.StepId;
import io.kubewright.kubeapi.ClusterApi;
import io.kubewright.spec.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A host that leaves a cluster which goes on without it: its pods move on, its member of etcd is taken out, it is no node any
 * more, and then its own steps are taken back. In this order, because the steps of the host remember that it is not through.
 *
 * @param nodeStep what made it a node, as recorded there
 * @param staying control planes that stay
 * @param needs what must be done before the departure begins
 */
public record Departure(Host leaving, HostRecords.Recorded nodeStep, List<Host> staying, Set<StepId> needs) {
    /** Whether this step makes a host a node. */
    public static boolean makesNode(StepId step) {
        return step.path().equals(Init.PATH) || step.path().equals(Join.PATH);
    }

    /** Whether what this step of a host made lives in the cluster alone and goes with it. */
    public static boolean livesInCluster(StepId step) {
        return step.path().equals(VipRights.PATH) || step.path().equals(NodeLabels.PATH);
    }

    /** Whether a step that makes a node made, or began to make, a control plane. */
    public static boolean isControlPlane(HostRecords.Recorded nodeStep) {
        return (nodeStep.applied().orElse("") + nodeStep.found()).contains("role: control-plane\n");
    }

    /** The last step before anything of the host itself is touched. */
    public StepId beforeHost() {
        return StepId.cluster(NodeRemoval.PATH + leaving.name());
    }

    /** The steps around the host's own. */
    public List<Resource> resources(ClusterApi api) {
        List<Resource> resources = new ArrayList<>();
        resources.add(new Drain(api, leaving.name(), needs, with()));
        if (isControlPlane(nodeStep)) {
            resources.add(etcd());
        }
        StepId before = resources.getLast().id();
        resources.add(new NodeRemoval(api, leaving.name(), Set.of(before), with()));
        return resources;
    }

    private Set<StepId> with() {
        return Set.of(nodeStep.step());
    }

    private EtcdDeparture etcd() {
        return new EtcdDeparture(
                staying.getFirst(), leaving, staying, Set.of(StepId.cluster(Drain.PATH + leaving.name())), with());
    }
}
