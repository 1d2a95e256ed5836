package io.kubewright.kube;

import io.kubewright.engine.HostRecords;
import io.kubewright.engine.Resource;
import io.kubewright.engine.StepId;
import io.kubewright.kubeapi.ClusterApi;
import io.kubewright.spec.Host;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A host that leaves a cluster which goes on without it: its pods move on, its member of etcd is taken out, it is no node any
 * more, and then its own steps are taken back. In this order, because the steps of the host remember that it is not through.
 *
 * @param controlPlane whether it is, or was, one
 * @param with the steps whose doing makes it leave; taking it out of the cluster's list is one of them by itself
 * @param staying control planes that stay
 * @param needs what must be done before the departure begins
 */
public record Departure(Host leaving, boolean controlPlane, Set<StepId> with, List<Host> staying, Set<StepId> needs) {
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

    /** The step that takes a node of this name out of the cluster's list. */
    public static StepId removal(String name) {
        return StepId.cluster(NodeRemoval.PATH + name);
    }

    /** The steps before anything of the host itself is touched. */
    public List<Resource> resources(ClusterApi api) {
        Drain drain = new Drain(api, leaving.name(), needs, companions());
        List<Resource> resources = new ArrayList<>(List.of(drain));
        resources.addAll(remains(api, Set.of(drain.id())));
        return resources;
    }

    /**
     * What the cluster still holds of a host that is bare, because its disk was replaced: a node, and perhaps a member of
     * etcd that counts and never answers. Both must go before it can join again.
     */
    public List<Resource> remains(ClusterApi api) {
        return remains(api, needs);
    }

    private List<Resource> remains(ClusterApi api, Set<StepId> first) {
        List<Resource> resources = new ArrayList<>();
        Set<StepId> before = first;
        if (controlPlane) {
            EtcdDeparture etcd = new EtcdDeparture(staying.getFirst(), leaving, staying, first, companions());
            resources.add(etcd);
            before = Set.of(etcd.id());
        }
        resources.add(new NodeRemoval(api, leaving.name(), before));
        return resources;
    }

    private Set<StepId> companions() {
        Set<StepId> all = new HashSet<>(with);
        all.add(removal(leaving.name()));
        return all;
    }
}
