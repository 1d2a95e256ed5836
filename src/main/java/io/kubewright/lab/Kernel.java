package io.kubewright.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What this machine's kernel offers to hosts that share it.
 *
 * @param release as {@code uname -r} says
 * @param cgroupV1 whether controllers that Kubernetes needs are on cgroup v1
 * @param sysResource whether this program has CAP_SYS_RESOURCE, without which oom scores cannot be lowered
 * @param modules directory of loadable modules, where hosts can load them
 * @param processors that this machine has for all its hosts
 */
record Kernel(String release, boolean cgroupV1, boolean sysResource, Optional<Path> modules, int processors) {
    /** What kubeadm asks of a control plane at least (1.36, preflight NumCPU). */
    private static final int PROCESSORS_OF_A_HOST = 2;

    private static final int CAP_SYS_RESOURCE = 24;

    static Kernel ofThisMachine() {
        String release =
                StateDirectory.text(Path.of("/proc/sys/kernel/osrelease")).strip();
        Path modules = Path.of("/lib/modules").resolve(release);
        Path disabled = Path.of("/proc/sys/kernel/modules_disabled");
        boolean loadable = Files.exists(Path.of("/proc/modules"))
                && Files.exists(modules.resolve("modules.dep"))
                && (!Files.exists(disabled)
                        || StateDirectory.text(disabled).strip().equals("0"));
        return new Kernel(
                release,
                controllersOnV1(StateDirectory.text(Path.of("/proc/cgroups"))),
                hasCapability(StateDirectory.text(Path.of("/proc/self/status")), CAP_SYS_RESOURCE),
                loadable ? Optional.of(modules) : Optional.empty(),
                Runtime.getRuntime().availableProcessors());
    }

    /** Reads {@code /proc/cgroups}: a controller whose hierarchy is not 0 is on v1. */
    static boolean controllersOnV1(String procCgroups) {
        return procCgroups
                .lines()
                .map(line -> line.split("\\s+"))
                .anyMatch(columns -> columns.length > 1 && columns[0].equals("memory") && !columns[1].equals("0"));
    }

    /** Reads the effective set of {@code /proc/self/status}. */
    static boolean hasCapability(String status, int capability) {
        return status.lines()
                .filter(line -> line.startsWith("CapEff:"))
                .map(line -> Long.parseUnsignedLong(
                        line.substring("CapEff:".length()).strip(), 16))
                .anyMatch(set -> (set >>> capability & 1) == 1);
    }

    List<LabDeviation> deviations(int hosts) {
        List<LabDeviation> all = new ArrayList<>();
        all.add(
                new LabDeviation(
                        "shared-kernel",
                        "the lab's hosts share this machine's kernel: its clock, swap and vm, fs and kernel settings are the machine's"));
        if (cgroupV1) {
            all.add(new LabDeviation("cgroup-v1", "the machine's memory controller is on cgroup v1"));
        }
        if (!sysResource) {
            all.add(new LabDeviation(
                    "no-sys-resource", "CAP_SYS_RESOURCE is missing here, so no oom score can be lowered"));
        }
        if (processors < hosts * PROCESSORS_OF_A_HOST) {
            all.add(
                    new LabDeviation(
                            "shared-processors",
                            hosts + " hosts share " + processors
                                    + " processors: etcd, kube-vip and the controllers wait longer before they elect another leader"));
        }
        if (modules.isEmpty()) {
            all.add(new LabDeviation("no-modules", "the machine's kernel " + release + " loads no modules"));
        }
        return all;
    }
}
