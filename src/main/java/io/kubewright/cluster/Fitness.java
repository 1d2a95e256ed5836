package io.kubewright.cluster;

import io.kubewright.engine.Deviation;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.Refusal;
import io.kubewright.spec.Host;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Whether hosts can be what the file says they are; what is found here would else stop kubeadm in the middle, or nobody. */
public final class Fitness {
    /** kubeadm 1.36, constants ControlPlaneNumCPU and ControlPlaneMem. */
    private static final int CONTROL_PLANE_CPUS = 2;

    private static final long CONTROL_PLANE_MEMORY = 1700L << 20;

    /** As facts and machine-id(5) tell of none. */
    private static final Set<String> NO_ID = Set.of("", "none", "uninitialized");

    private Fitness() {}

    /**
     * Why hosts are refused; empty when all fit.
     *
     * @param facts by host name, with the deviations that were accepted
     */
    public static List<Refusal> refusals(List<Host> hosts, Map<String, HostFacts> facts) {
        List<Refusal> refusals = new ArrayList<>();
        for (Host host : hosts) {
            Optional.ofNullable(facts.get(host.name())).ifPresent(each -> check(host, each, refusals));
        }
        twins(
                facts,
                each -> Optional.of(each.machineId()),
                "machine-id",
                "they were cloned, or are one host; on all but one: rm -f /etc/machine-id /var/lib/dbus/machine-id,"
                        + " systemd-machine-id-setup, reboot",
                refusals);
        twins(
                facts,
                each -> hosts.stream()
                        .filter(host -> host.name().equals(each.name()))
                        .findFirst()
                        .flatMap(host -> each.linkOf(host.nodeIp().toString()))
                        .map(HostFacts.Link::mac),
                "hardware address",
                "they were cloned, or are one host; give each virtual machine its own",
                refusals);
        return refusals;
    }

    private static void check(Host host, HostFacts facts, List<Refusal> refusals) {
        if (host.isControlPlane() && facts.cpus() < CONTROL_PLANE_CPUS) {
            refusals.add(new Refusal(
                    host.name() + " has 1 processor, and a control plane needs " + CONTROL_PLANE_CPUS,
                    "give it another one, or another role"));
        }
        if (host.isControlPlane() && facts.memoryBytes() < CONTROL_PLANE_MEMORY) {
            refusals.add(new Refusal(
                    "%s has %d MiB of memory, and a control plane needs %d"
                            .formatted(host.name(), facts.memoryBytes() >> 20, CONTROL_PLANE_MEMORY >> 20),
                    "give it more, or another role"));
        }
        if (facts.cgroupVersion() == 1 && !facts.has(Deviation.CGROUP_V1)) {
            refusals.add(new Refusal(
                    host.name() + " has cgroup v1, with which the kubelet does not start any more (KEP-5573)",
                    "boot it with systemd.unified_cgroup_hierarchy=1, or a newer system"));
        }
        if (NO_ID.contains(facts.machineId().strip())) {
            refusals.add(new Refusal(
                    host.name() + " has no machine-id, by which its node and its logs are told from others'",
                    "systemd-machine-id-setup makes one"));
        }
    }

    private static void twins(
            Map<String, HostFacts> facts,
            Function<HostFacts, Optional<String>> identity,
            String what,
            String hint,
            List<Refusal> refusals) {
        Map<String, List<String>> holders = new TreeMap<>();
        new TreeMap<>(facts)
                .values()
                .forEach(host -> identity.apply(host)
                        .filter(id -> !NO_ID.contains(id.strip()))
                        .ifPresent(id -> holders.computeIfAbsent(id, _ -> new ArrayList<>())
                                .add(host.name())));
        holders.forEach((id, names) -> {
            if (names.size() > 1) {
                refusals.add(new Refusal("%s have the same %s %s".formatted(String.join(", ", names), what, id), hint));
            }
        });
    }
}
