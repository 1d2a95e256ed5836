package io.kubewright.cluster;

import io.kubewright.engine.Inspection;
import io.kubewright.kubeapi.ApiState;
import io.kubewright.kubeapi.ClusterApi;
import io.kubewright.kubeapi.KubeObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a cluster that stands says of itself before anything is planned.
 *
 * @param nodes by name, whether each is a control plane; empty when the API does not answer
 */
public record Standing(Optional<Map<String, Boolean>> nodes, Inventory inventory) {
    private static final String CONTROL_PLANE = "node-role.kubernetes.io/control-plane";

    /** Asks the API, where there is one that answers. */
    public static Standing of(ClusterApi api) throws InterruptedException {
        Inventory inventory = Inventory.read(api);
        if (!(api.state() instanceof ApiState.Ready)) {
            return new Standing(Optional.empty(), inventory);
        }
        Map<String, Boolean> nodes = new TreeMap<>();
        for (KubeObject node : api.client().nodes()) {
            nodes.put(node.name(), node.at("metadata", "labels").entries().containsKey(CONTROL_PLANE));
        }
        return new Standing(Optional.of(nodes), inventory);
    }

    boolean isControlPlane(String node) {
        return nodes.map(all -> all.getOrDefault(node, false)).orElse(false);
    }

    /** Bare hosts that the cluster holds for nodes, and whether for control planes. */
    Map<String, Boolean> remains(Inspection.Result inspected) {
        Map<String, Boolean> remains = new LinkedHashMap<>();
        nodes.ifPresent(all -> inspected.facts().keySet().stream()
                .filter(host -> all.containsKey(host) && !inspected.nodes().contains(host))
                .forEach(host -> remains.put(host, isControlPlane(host))));
        return remains;
    }

    /** Nodes that neither the file nor the inventory knows: joined by somebody else, or back from the dead. */
    public List<String> strangers(Specification file) {
        return nodes.map(all -> all.keySet().stream()
                        .filter(node -> !inventory.hosts().isEmpty()
                                && !inventory.hosts().containsKey(node)
                                && file.hosts().stream()
                                        .noneMatch(host -> host.name().equals(node)))
                        .toList())
                .orElse(List.of());
    }

    /** Hosts that hold themselves for nodes of a cluster that does not know them. */
    public List<String> expelled(Inspection.Result inspected) {
        return nodes.map(all -> inspected.joined().stream()
                        .filter(host -> !all.containsKey(host))
                        .toList())
                .orElse(List.of());
    }
}
