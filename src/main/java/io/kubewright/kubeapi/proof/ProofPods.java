package io.kubewright.kubeapi.proof;

import io.kubewright.kubeapi.ApiException;
import io.kubewright.kubeapi.Conditions;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.Tree;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The proof pods, as far as they came up. */
public final class ProofPods {
    private final String namespace;
    private final List<ProofNode> nodes;
    private final Map<ProofRole, Map<String, ProofPod>> running;
    private final Map<String, String> absences;
    private final List<String> serviceAddresses;
    private final int nodePort;

    private ProofPods(
            String namespace,
            List<ProofNode> nodes,
            Map<ProofRole, Map<String, ProofPod>> running,
            Map<String, String> absences,
            List<String> serviceAddresses,
            int nodePort) {
        this.namespace = namespace;
        this.nodes = nodes;
        this.running = running;
        this.absences = absences;
        this.serviceAddresses = serviceAddresses;
        this.nodePort = nodePort;
    }

    /** @param causes what the node said of pods that are not ready, by name of the pod */
    static ProofPods of(
            String namespace,
            List<ProofNode> nodes,
            Map<String, KubeObject> states,
            Map<String, String> causes,
            KubeObject service,
            KubeObject nodePort) {
        Map<ProofRole, Map<String, ProofPod>> running = new EnumMap<>(ProofRole.class);
        Map<String, String> absences = new HashMap<>();
        for (ProofRole role : ProofRole.values()) {
            Map<String, ProofPod> ofRole = new LinkedHashMap<>();
            for (ProofNode node : nodes) {
                Optional<KubeObject> state = Optional.ofNullable(states.get(role.podName(node.name())));
                Optional<String> missing = state.isEmpty() ? Optional.of("was deleted") : missing(state.get());
                if (missing.isEmpty()) {
                    ofRole.put(node.name(), pod(node.name(), state.orElseThrow()));
                } else {
                    absences.putIfAbsent(
                            node.name(),
                            notUp(node.name()) + missing.get() + causes.getOrDefault(role.podName(node.name()), ""));
                }
            }
            running.put(role, ofRole);
        }
        return new ProofPods(
                namespace,
                nodes,
                running,
                absences,
                service.at("spec", "clusterIPs").items().stream()
                        .flatMap(each -> each.text().stream())
                        .toList(),
                Math.toIntExact(nodePort.at("spec", "ports").items().stream()
                        .findFirst()
                        .flatMap(port ->
                                port.at("nodePort").number().stream().boxed().findFirst())
                        .orElse(0L)));
    }

    /** What the pod lacks to be ready, with an address and a container; empty when it lacks nothing. */
    static Optional<String> missing(KubeObject pod) {
        try {
            Optional<String> missing = Conditions.podReady().missing(Optional.of(pod));
            if (missing.isPresent()) {
                return missing;
            }
        } catch (ApiException e) {
            return Optional.of(Timer.reason(e));
        }
        return pod.at("status", "podIP").text().isEmpty() || container(pod).isEmpty()
                ? Optional.of(pod.name() + " has no address yet")
                : Optional.empty();
    }

    static ProofPod pod(String node, KubeObject pod) {
        String first = pod.at("status", "podIP").text("");
        Optional<String> second = pod.at("status", "podIPs").items().stream()
                .flatMap(each -> each.at("ip").text().stream())
                .filter(each -> !each.equals(first))
                .findFirst();
        return new ProofPod(node, pod.name(), first, second, container(pod));
    }

    private static String container(KubeObject pod) {
        String id = pod.at("status", "containerStatuses").items().stream()
                .findFirst()
                .map(each -> each.at("containerID"))
                .flatMap(Tree::text)
                .orElse("");
        return id.substring(id.indexOf("//") < 0 ? 0 : id.indexOf("//") + 2);
    }

    /** The same pods and services by their addresses of the other IP family. */
    public ProofPods second() {
        Map<ProofRole, Map<String, ProofPod>> reached = new EnumMap<>(ProofRole.class);
        Map<String, String> without = new HashMap<>(absences);
        running.forEach((role, pods) -> {
            Map<String, ProofPod> ofRole = new LinkedHashMap<>();
            pods.forEach((node, pod) -> pod.second()
                    .ifPresentOrElse(
                            address -> ofRole.put(
                                    node,
                                    new ProofPod(
                                            node, pod.name(), address, Optional.of(pod.address()), pod.container())),
                            () -> without.putIfAbsent(
                                    node,
                                    "the proof pod " + pod.name() + " on " + node + " has only the address "
                                            + pod.address() + " (calico-node, CNI on " + node + ")")));
            reached.put(role, ofRole);
        });
        return new ProofPods(
                namespace,
                nodes,
                reached,
                without,
                serviceAddresses.subList(Math.min(1, serviceAddresses.size()), serviceAddresses.size()),
                nodePort);
    }

    public String namespace() {
        return namespace;
    }

    public List<ProofNode> nodes() {
        return nodes;
    }

    /** The pods of a role that run, by node, in the order of the nodes. */
    public Map<String, ProofPod> running(ProofRole role) {
        return running.getOrDefault(role, Map.of());
    }

    /** The pod of a role on a node; empty when it did not come up, {@link #absence} says why. */
    public Optional<ProofPod> on(String node, ProofRole role) {
        return Optional.ofNullable(running(role).get(node));
    }

    /** Why there is no pod on the node, naming it. */
    public String absence(String node) {
        return absences.getOrDefault(node, notUp(node) + "reason unknown");
    }

    static String notUp(String node) {
        return "no proof pod came up on " + node + " in time (kubelet, containerd or CNI on " + node + "): ";
    }

    /** The cluster's address of the service whose endpoints are the open pods of all nodes; empty when it has none. */
    public String serviceAddress() {
        return serviceAddresses.isEmpty() ? "" : serviceAddresses.getFirst();
    }

    /** The name of that service in the cluster's DNS. */
    public String serviceName() {
        return ProofManifests.SERVICE + "." + namespace + ".svc.cluster.local";
    }

    /** The port on every node that leads to that node's own open pod. */
    public int nodePort() {
        return nodePort;
    }
}
