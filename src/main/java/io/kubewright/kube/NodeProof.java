package io.kubewright.kube;

import io.kubewright.engine.Finding;
import io.kubewright.kubeapi.KubeClient;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.proof.Asked;
import io.kubewright.kubeapi.proof.Timer;
import io.kubewright.kubeapi.proof.Verdict;
import io.kubewright.spec.Host;
import io.kubewright.spec.IpAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Nodes as the API has them, beside what their hosts say: a stopped kubelet shows on its host 50 s earlier. */
final class NodeProof {
    private static final String CONTROL_PLANE_LABEL = "node-role.kubernetes.io/control-plane";

    private final List<Host> hosts;
    private final KubernetesSection kubernetes;
    private final KubeClient api;

    NodeProof(List<Host> hosts, KubernetesSection kubernetes, KubeClient api) {
        this.hosts = hosts;
        this.kubernetes = kubernetes;
        this.api = api;
    }

    List<Finding> run(Map<Host, Asked<HostLook>> looks) throws InterruptedException {
        Timer timer = new Timer();
        Map<String, KubeObject> nodes = api.nodes().stream().collect(Collectors.toMap(KubeObject::name, node -> node));
        List<Finding> findings = new ArrayList<>();
        for (Host host : hosts) {
            Optional<Asked<HostLook>> look = Optional.ofNullable(looks.get(host));
            findings.add(timer.finding(
                    host.name(), judge(host, kubernetes.version(), Optional.ofNullable(nodes.get(host.name())), look)));
        }
        findings.add(timer.finding("cluster", noStrangers(hosts, nodes.keySet())));
        return findings;
    }

    static Verdict noStrangers(List<Host> hosts, Set<String> nodes) {
        Set<String> strangers = new TreeSet<>(nodes);
        hosts.forEach(host -> strangers.remove(host.name()));
        return strangers.isEmpty()
                ? Verdict.ok("the cluster's nodes are the file's " + hosts.size() + " hosts")
                : Verdict.failed("nodes of the cluster that are not in the file: " + String.join(", ", strangers));
    }

    static Verdict judge(Host host, String version, Optional<KubeObject> node, Optional<Asked<HostLook>> look) {
        String name = host.name();
        List<String> wrong = new ArrayList<>();
        look.ifPresent(asked -> wrong.addAll(asked.fold(
                seen -> wrongOn(host, seen),
                reason -> List.of("host " + name + " could not be asked about its kubelet: " + reason))));
        if (node.isEmpty()) {
            wrong.add("the cluster has no node " + name);
            return Verdict.of(wrong, "");
        }
        KubeObject found = node.get();
        if (!found.is("Ready")) {
            wrong.add("node " + name + " is not Ready: "
                    + found.condition("Ready").at("reason").text("no condition") + " "
                    + found.condition("Ready").at("message").text(""));
        }
        String running = found.at("status", "nodeInfo", "kubeletVersion").text("");
        if (!running.equals("v" + version)) {
            wrong.add("kubelet on " + name + " has version " + running + ", the file says v" + version);
        }
        List<String> addresses = found.at("status", "addresses").items().stream()
                .filter(each -> each.at("type").text("").equals("InternalIP"))
                .map(each -> each.at("address").text(""))
                .toList();
        if (!addresses.containsAll(texts(host))) {
            wrong.add("the kubelet on " + name + " reports the address " + String.join(", ", addresses)
                    + ", the file says " + String.join(", ", texts(host)));
        }
        boolean controlPlane = found.at("metadata", "labels").entries().containsKey(CONTROL_PLANE_LABEL);
        if (controlPlane != host.isControlPlane()) {
            wrong.add(
                    "node " + name + (controlPlane ? " is" : " is not") + " a control plane, the file says otherwise");
        }
        return Verdict.of(
                wrong,
                "Ready, " + running + ", " + String.join(", ", texts(host)) + ", "
                        + (controlPlane ? "control plane" : "worker") + ", "
                        + found.at("status", "nodeInfo", "containerRuntimeVersion")
                                .text(""));
    }

    private static List<String> texts(Host host) {
        return host.nodeIps().stream().map(IpAddress::toString).toList();
    }

    private static List<String> wrongOn(Host host, HostLook seen) {
        List<String> wrong = new ArrayList<>();
        if (!seen.kubelet().equals("active")) {
            wrong.add("kubelet on " + host.name() + " is " + seen.kubelet());
        }
        for (String address : texts(host)) {
            if (!seen.addresses().contains(address)) {
                wrong.add("no link of host " + host.name() + " has the file's address " + address);
            }
        }
        return wrong;
    }
}
