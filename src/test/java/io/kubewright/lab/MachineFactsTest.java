package io.kubewright.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Readers of what a machine says of itself. Texts are in the formats of proc(5), sources.list(5) and kubeconfig. */
class MachineFactsTest {
    @Test
    void findsV1HierarchiesWhereThisProgramIsInThem() {
        List<CgroupHierarchy> found = CgroupHierarchy.parse("""
                9:name=systemd:/
                4:memory:/nested/below
                2:cpu,cpuacct:/
                0::/
                """, """
                30 20 0:26 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
                31 30 0:27 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
                32 30 0:28 / /sys/fs/cgroup/memory rw,relatime - cgroup cgroup rw,memory
                33 30 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct
                34 30 0:30 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
                """);

        assertThat(found)
                .extracting(CgroupHierarchy::name, CgroupHierarchy::base)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("name=systemd", Path.of("/sys/fs/cgroup/systemd")),
                        org.assertj.core.groups.Tuple.tuple("memory", Path.of("/sys/fs/cgroup/memory/nested/below")),
                        org.assertj.core.groups.Tuple.tuple("cpu,cpuacct", Path.of("/sys/fs/cgroup/cpu,cpuacct")),
                        org.assertj.core.groups.Tuple.tuple("", Path.of("/sys/fs/cgroup/unified")));
    }

    @Test
    void putsV2HostsAtTheTop() {
        List<CgroupHierarchy> found = CgroupHierarchy.parse(
                "0::/user.slice/session-1.scope\n", "30 20 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate\n");

        assertThat(found).singleElement().satisfies(hierarchy -> {
            assertThat(hierarchy.unified()).isTrue();
            assertThat(hierarchy.base()).isEqualTo(Path.of("/sys/fs/cgroup"));
        });
    }

    @Test
    void tellsCgroupV1ByTheMemoryController() {
        String header = "#subsys_name\thierarchy\tnum_cgroups\tenabled\n";

        assertThat(Kernel.controllersOnV1(header + "cpuset\t3\t1\t1\nmemory\t4\t2\t1\n"))
                .isTrue();
        assertThat(Kernel.controllersOnV1(header + "cpuset\t0\t1\t1\nmemory\t0\t2\t1\n"))
                .isFalse();
    }

    @Test
    void readsCapabilities() {
        assertThat(Kernel.hasCapability("CapPrm:\t000001ffffffffff\nCapEff:\t000001fffeffffff\n", 24))
                .isFalse();
        assertThat(Kernel.hasCapability("CapEff:\t000001ffffffffff\n", 24)).isTrue();
    }

    @Test
    void deviatesOnlyInWhatIsMissing() {
        Kernel poor = new Kernel("6.1", true, false, Optional.empty(), 2);
        Kernel rich = new Kernel("6.1", false, true, Optional.of(Path.of("/lib/modules/6.1")), 10);

        assertThat(poor.deviations(5))
                .extracting(LabDeviation::name)
                .containsExactly("shared-kernel", "cgroup-v1", "no-sys-resource", "shared-processors", "no-modules");
        assertThat(rich.deviations(5)).extracting(LabDeviation::name).containsExactly("shared-kernel");
    }

    @Test
    void readsPackageSourcesInBothFormats() {
        assertThat(AptSources.oneLine("""
                # deb http://old.example/debian trixie main
                deb [signed-by=/k.gpg] http://mirror.example/debian/ bookworm main contrib
                deb http://mirror.example/security bookworm-security main
                deb-src http://mirror.example/debian bookworm main
                deb [trusted=yes] http://own.example/debian stable main # ours
                deb cdrom:[Debian]/ stable main
                deb http://flat.example/ ./
                """))
                .containsExactly(
                        new AptSources.Mirror("http://mirror.example/debian", false),
                        new AptSources.Mirror("http://own.example/debian", true));
        assertThat(AptSources.deb822("""
                Types: deb deb-src
                # a comment within
                URIs: http://one.example/debian
                 http://two.example/debian
                Suites: bookworm bookworm-updates
                Components: main

                Types: deb
                URIs: http://off.example/debian
                Suites: bookworm
                Components: main
                Enabled: no

                Types: deb
                URIs: http://security.example/debian-security
                Suites: bookworm-security
                Components: main
                """))
                .containsExactly(
                        new AptSources.Mirror("http://one.example/debian", false),
                        new AptSources.Mirror("http://two.example/debian", false));
    }

    @Test
    void takesNoCounterForASetting() {
        assertThat(SharedSettings.isSetting("vm/overcommit_memory")).isTrue();
        assertThat(SharedSettings.isSetting("kernel/panic")).isTrue();
        assertThat(SharedSettings.isSetting("kernel/random/boot_id")).isFalse();
        assertThat(SharedSettings.isSetting("kernel/ns_last_pid")).isFalse();
        assertThat(SharedSettings.isSetting("vm/drop_caches")).isFalse();
    }

    /** The kernel gives a number to the first read alone: one that asks for a single byte learns its first digit. */
    @Test
    void readsNumbersOfTheKernelToTheirEnd() {
        Map<String, String> settings = SharedSettings.ofThisMachine().values();
        for (String name : List.of("fs/file-max", "fs/nr_open", "kernel/pid_max", "vm/max_map_count")) {
            assertThat(settings.get(name))
                    .as(name)
                    .isEqualTo(Command.of("cat", "/proc/sys/" + name).run().strip());
        }
        assertThat(settings.get("kernel/pid_max")).hasSizeGreaterThan(1);
    }

    @Test
    void unmountsTheDeepestFirst() {
        assertThat(Trees.mountsBelow(Path.of("/lab"), """
                1 0 0:1 / / rw - ext4 /dev/vda rw
                2 1 0:2 / /lab/a rw - proc proc rw
                3 2 0:3 / /lab/a/b\\040c rw - tmpfs tmpfs rw
                4 1 0:4 / /labour rw - tmpfs tmpfs rw
                """)).containsExactly(Path.of("/lab/a/b c"), Path.of("/lab/a"));
    }

    @Test
    void turnsAKubeconfigToTheServerThatAnswers() {
        assertThat(LabKubectl.withServer(
                        "clusters:\n- cluster:\n    server: https://10.77.0.200:6443\n  name: k\n",
                        "https://10.77.0.12:6443"))
                .isEqualTo("clusters:\n- cluster:\n    server: https://10.77.0.12:6443\n  name: k\n");
    }
}
