package io.kubewright.kube;

import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.BinaryFile;
import io.kubewright.engine.resource.HostFile;
import io.kubewright.engine.resource.Installation;
import io.kubewright.engine.resource.TextFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Programs that are called and do not run on: kubeadm, kubectl, crictl, the CNI plugins. */
final class Tools {
    static final String PATH = "kube/tools";

    private Tools() {}

    static Installation of(Node node, Set<StepId> needs) {
        List<HostFile> files = new ArrayList<>();
        for (String name : List.of("kubeadm", "kubectl", "crictl")) {
            files.add(new BinaryFile(
                    "/usr/local/bin/" + name, "0755", node.supplies().binary(name)));
        }
        new TreeMap<>(node.supplies().plugins())
                .forEach((name, blob) -> files.add(new BinaryFile("/opt/cni/bin/" + name, "0755", blob)));
        files.add(new TextFile("/etc/crictl.yaml", "0644", Templates.text("crictl.yaml")));
        // Pods of the network put further plugins beside ours.
        return new Installation(
                node.step(PATH), needs, List.copyOf(files), Optional.empty(), List.of("/opt/cni"), Optional.empty());
    }
}
