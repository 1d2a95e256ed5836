package io.kubewright.kube;

import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.BinaryFile;
import io.kubewright.engine.resource.Installation;
import io.kubewright.engine.resource.Service;
import io.kubewright.engine.resource.TextFile;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The kubelet with its unit, enabled but started by kubeadm, which writes its configuration. */
final class Kubelet {
    static final String PATH = "kube/kubelet";

    private Kubelet() {}

    static Installation of(Node node, Set<StepId> needs) {
        return new Installation(
                node.step(PATH),
                needs,
                List.of(
                        new BinaryFile(
                                "/usr/local/bin/kubelet",
                                "0755",
                                node.supplies().binary("kubelet")),
                        new TextFile("/etc/systemd/system/kubelet.service", "0644", Templates.text("kubelet.service")),
                        new TextFile(
                                "/etc/systemd/system/kubelet.service.d/10-kubeadm.conf",
                                "0644",
                                Templates.text("kubelet-kubeadm.conf"))),
                Optional.of(new Service("kubelet.service", false)),
                List.of(),
                Optional.empty());
    }
}
