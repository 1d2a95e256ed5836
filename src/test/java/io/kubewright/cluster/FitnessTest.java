package io.kubewright.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.engine.Deviation;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.Refusal;
import io.kubewright.spec.Become;
import io.kubewright.spec.Host;
import io.kubewright.spec.IpAddress;
import io.kubewright.spec.Pointer;
import io.kubewright.spec.Role;
import io.kubewright.spec.SshSettings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FitnessTest {
    private static final Map<String, Deviation> LAB =
            Map.of(Deviation.CGROUP_V1, new Deviation(Deviation.CGROUP_V1, "the machine's"));

    private final Map<String, HostFacts> facts = new LinkedHashMap<>();

    private static Host host(String name, Role role) {
        String address = "10.0.0." + name.substring(1);
        return new Host(
                name,
                address,
                IpAddress.parse(address),
                Optional.empty(),
                Set.of(role),
                Map.of(),
                List.of(),
                new SshSettings(
                        Optional.empty(),
                        Become.NONE,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                Pointer.ROOT);
    }

    private void add(String name, int cpus, long mebibytes, int cgroup, String mac, String machineId) {
        facts.put(
                name,
                new HostFacts(
                        name,
                        name,
                        "debian",
                        "13",
                        "amd64",
                        "6.12",
                        cpus,
                        mebibytes << 20,
                        cgroup,
                        List.of(new HostFacts.Link("eth0", 1500, mac, List.of("10.0.0." + name.substring(1) + "/24"))),
                        Optional.of("eth0"),
                        Optional.empty(),
                        machineId,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of("apt-get"),
                        List.of(),
                        Map.of()));
    }

    private List<String> reasons(Host... hosts) {
        return Fitness.refusals(List.of(hosts), facts).stream()
                .map(Refusal::reason)
                .toList();
    }

    @Test
    void hostsOfTheirOwnAreFit() {
        add("n1", 2, 1700, 2, "m1", "a");
        add("n2", 1, 500, 2, "m2", "b");
        assertThat(reasons(host("n1", Role.CONTROL_PLANE), host("n2", Role.WORKER)))
                .isEmpty();
    }

    @Test
    void aControlPlaneNeedsProcessorsAndMemory() {
        add("n1", 1, 1699, 2, "m1", "a");
        assertThat(reasons(host("n1", Role.CONTROL_PLANE)))
                .containsExactly(
                        "n1 has 1 processor, and a control plane needs 2",
                        "n1 has 1699 MiB of memory, and a control plane needs 1700");
    }

    @Test
    void clonesAreNamed() {
        add("n3", 2, 4000, 2, "m1", "a");
        add("n1", 2, 4000, 2, "m1", "a");
        add("n2", 2, 4000, 2, "m2", "b");
        assertThat(reasons(host("n1", Role.WORKER), host("n2", Role.WORKER), host("n3", Role.WORKER)))
                .containsExactly("n1, n3 have the same machine-id a", "n1, n3 have the same hardware address m1");
    }

    @Test
    void noMachineIdIsNoCommonOne() {
        add("n1", 2, 4000, 2, "m1", "");
        add("n2", 2, 4000, 2, "m2", "none");
        add("n3", 2, 4000, 2, "m3", "uninitialized");
        assertThat(reasons(host("n1", Role.WORKER), host("n2", Role.WORKER), host("n3", Role.WORKER)))
                .hasSize(3)
                .allMatch(reason -> reason.contains("has no machine-id"));
    }

    @Test
    void cgroupVersionOneIsForALabAlone() {
        add("n1", 2, 4000, 1, "m1", "a");
        assertThat(reasons(host("n1", Role.WORKER))).singleElement().asString().contains("cgroup v1");
        facts.computeIfPresent("n1", (_, host) -> host.with(LAB));
        assertThat(reasons(host("n1", Role.WORKER))).isEmpty();
    }
}
