package io.kubewright.kube;

import io.kubewright.engine.HostFacts;
import io.kubewright.engine.StepId;
import io.kubewright.spec.Host;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What the resources of this room are made from.
 *
 * @param clusterName as kubeconfigs call it
 * @param facts by host name; hosts without facts get no resources
 * @param existing names of the hosts that already run a control plane; empty before there is a cluster
 * @param remains names of bare hosts that the cluster still holds for nodes: that must go before they join
 * @param prepared by host name: the steps that must hold before anything of Kubernetes is put on that host
 * @param beforeJoin by host name: the steps that must hold before that host joins a cluster which is there
 * @param swapOff whether the kubelet may take it that there is no swap
 * @param proxy through which containerd and the kubelet reach what is elsewhere
 */
public record KubeInput(
        String clusterName,
        List<Host> hosts,
        EndpointSection endpoint,
        KubernetesSection kubernetes,
        Map<String, HostFacts> facts,
        Set<String> existing,
        Set<String> remains,
        Map<String, Set<StepId>> prepared,
        Map<String, Set<StepId>> beforeJoin,
        boolean swapOff,
        Optional<ProxySettings> proxy) {
    /** The control plane that others join through: one where the cluster is, else the first of the file. */
    public Host first() {
        List<Host> controlPlanes = hosts.stream().filter(Host::isControlPlane).toList();
        return controlPlanes.stream()
                .filter(host -> existing.contains(host.name()))
                .findFirst()
                .orElseGet(controlPlanes::getFirst);
    }

    /** Whether any host has this deviation: what goes into cluster-wide configuration must suit all of them. */
    /** Whether one control plane carries the cluster: nobody can take over what it does not get to in time. */
    boolean hasLoneControlPlane() {
        return hosts.stream().filter(Host::isControlPlane).count() == 1;
    }

    boolean anyHas(String deviation) {
        return facts.values().stream().anyMatch(each -> each.has(deviation));
    }
}
