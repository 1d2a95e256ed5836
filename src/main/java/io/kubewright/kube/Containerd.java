package io.kubewright.kube;

import io.kubewright.engine.Deviation;
import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.BinaryFile;
import io.kubewright.engine.resource.HostFile;
import io.kubewright.engine.resource.Installation;
import io.kubewright.engine.resource.Service;
import io.kubewright.engine.resource.TextFile;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The container runtime: containerd 2.3 with configuration version 3, and runc. */
final class Containerd {
    static final String PATH = "kube/containerd";

    private Containerd() {}

    static Installation of(Node node, Set<StepId> needs) {
        Supplies supplies = node.supplies();
        List<HostFile> files = List.of(
                new BinaryFile("/usr/local/bin/containerd", "0755", supplies.binary("containerd")),
                new BinaryFile(
                        "/usr/local/bin/containerd-shim-runc-v2", "0755", supplies.binary("containerd-shim-runc-v2")),
                new BinaryFile("/usr/local/bin/ctr", "0755", supplies.binary("ctr")),
                new BinaryFile("/usr/local/sbin/runc", "0755", supplies.binary("runc")),
                new TextFile("/etc/containerd/config.toml", "0644", Templates.text("containerd.toml")),
                new TextFile("/etc/containerd/conf.d/10-kubewright.toml", "0644", dropIn(node)),
                new TextFile("/etc/systemd/system/containerd.service", "0644", unit(node)));
        return new Installation(
                node.step(PATH),
                needs,
                files,
                Optional.of(new Service("containerd.service", true)),
                List.of("/var/lib/containerd", "/run/containerd", "/opt/containerd", "/etc/cni"),
                node.deviation(Deviation.CGROUP_V1, Deviation.NO_SYS_RESOURCE));
    }

    private static String dropIn(Node node) {
        return Templates.text(
                "containerd-kubewright.toml",
                "sandbox",
                node.supplies().data().pauseImage(),
                "restrictOomScore",
                String.valueOf(node.has(Deviation.NO_SYS_RESOURCE)),
                "systemdCgroup",
                String.valueOf(!node.has(Deviation.CGROUP_V1)));
    }

    private static String unit(Node node) {
        // Without CAP_SYS_RESOURCE systemd cannot lower the score and would not start the unit.
        return Templates.text("containerd.service", "oomScore", node.has(Deviation.NO_SYS_RESOURCE) ? "0" : "-999");
    }
}
