package io.kubewright.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.engine.Blob;
import io.kubewright.engine.Deviation;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.HostDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The host room's fragments, really run on directories that look like hosts. */
class HostRoomTest {
    private static final HostFacts REAL = facts();
    private static final HostFacts LAB = REAL.with(Map.of(
            Deviation.SHARED_KERNEL, new Deviation(Deviation.SHARED_KERNEL, "hosts share the machine's kernel"),
            Deviation.NO_MODULES, new Deviation(Deviation.NO_MODULES, "the kernel loads no modules")));

    @TempDir
    private Path directory;

    private HostDirectory host;

    @BeforeEach
    void makeHost() throws IOException {
        host = new HostDirectory(directory.toRealPath());
    }

    private static HostFacts facts() {
        return new HostFacts(
                "n1",
                "n1",
                "debian",
                "13",
                "amd64",
                "6.12.1",
                2,
                4L << 30,
                2,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                "m1",
                Map.of());
    }

    private static HostSection section(HostSection.SysctlTier tier, Map<String, String> extra) {
        return new HostSection(
                HostSection.Swap.OFF,
                tier,
                extra,
                List.of(),
                new HostSection.Proxy(Optional.empty(), Optional.empty(), List.of()),
                HostSection.Firewall.IGNORE);
    }

    @Nested
    class SysctlParameters {
        private Sysctl sysctl(HostFacts facts, Map<String, String> extra) {
            return Sysctl.of(
                    StepId.parse("host/sysctl@n1"),
                    Set.of(),
                    section(HostSection.SysctlTier.REQUIRED, extra),
                    facts,
                    false);
        }

        @BeforeEach
        void kernel() throws IOException {
            for (Parameter parameter : Parameter.table()) {
                set(parameter.key(), "0");
            }
            set("fs.inotify.max_user_watches", "1048576");
            set("net.netfilter.nf_conntrack_max", "65536");
        }

        private void set(String key, String value) throws IOException {
            host.file("/proc/sys/" + key.replace('.', '/'), value + "\n");
        }

        private String live(String key) throws IOException {
            return host.read("/proc/sys/" + key.replace('.', '/')).strip();
        }

        @Test
        void isConfirmedAfterItWasApplied() throws IOException {
            Sysctl sysctl = sysctl(REAL, Map.of());
            assertThat(host.apply(sysctl)).isEqualTo(sysctl.desired(""));
            assertThat(live("net.ipv4.ip_forward")).isEqualTo("1");
            assertThat(live("net.netfilter.nf_conntrack_max")).isEqualTo("262144");
            assertThat(host.read("/etc/sysctl.d/90-kubewright.conf"))
                    .contains("net.ipv4.ip_forward = 1\n")
                    .contains("kernel.panic = 10\n");
        }

        @Test
        void aHigherValueStaysAlsoAtBoot() throws IOException {
            host.apply(sysctl(REAL, Map.of()));
            assertThat(live("fs.inotify.max_user_watches")).isEqualTo("1048576");
            assertThat(host.read("/etc/sysctl.d/90-kubewright.conf"))
                    .contains("fs.inotify.max_user_watches = 1048576\n");
        }

        @Test
        void severalFieldsAreRaisedOneByOne() throws IOException {
            host.file("/proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t6291456\n");
            Sysctl throughput = Sysctl.of(
                    StepId.parse("host/sysctl@n1"),
                    Set.of(),
                    section(HostSection.SysctlTier.THROUGHPUT, Map.of()),
                    REAL,
                    false);
            assertThat(host.apply(throughput)).isEqualTo(throughput.desired(""));
            assertThat(live("net.ipv4.tcp_rmem")).isEqualTo("4096 131072 16777216");
            assertThat(live("net.netfilter.nf_conntrack_max")).isEqualTo("1048576");
        }

        @Test
        void loadingAModuleDoesNotChangeWhatWasSeen() throws IOException {
            Sysctl sysctl = sysctl(REAL, Map.of());
            Path module = host.path("/proc/sys/net/netfilter/nf_conntrack_max");
            Files.delete(module);
            String before = host.probe(sysctl);
            set("net.netfilter.nf_conntrack_max", "65536");
            assertThat(host.probe(sysctl))
                    .isEqualTo(before)
                    .contains("net.netfilter.nf_conntrack_max: not set, at boot not set\n");
        }

        @Test
        void aChangeByHandIsSeen() throws IOException {
            Sysctl sysctl = sysctl(REAL, Map.of());
            host.apply(sysctl);
            set("net.ipv4.ip_forward", "0");
            assertThat(host.probe(sysctl)).contains("net.ipv4.ip_forward: 0, at boot 1\n");
        }

        @Test
        void theFilesOwnParametersWinOverTheTable() throws IOException {
            Sysctl sysctl = sysctl(REAL, Map.of("kernel.panic", "30"));
            assertThat(host.apply(sysctl)).isEqualTo(sysctl.desired("")).contains("kernel.panic: 30, at boot 30\n");
        }

        @Test
        void undoPutsTheFirstValuesBack() throws IOException {
            Sysctl sysctl = sysctl(REAL, Map.of());
            String before = host.probe(sysctl);
            host.apply(sysctl);
            host.apply(sysctl(REAL, Map.of("kernel.panic", "30")));
            assertThat(host.run(sysctl.undo()).status()).isZero();
            assertThat(host.probe(sysctl)).isEqualTo(before);
            assertThat(live("kernel.panic")).isEqualTo("0");
            assertThat(host.exists("/etc/sysctl.d/90-kubewright.conf")).isFalse();
        }

        @Test
        void aSharedKernelIsLeftAloneAndSaysSo() throws IOException {
            Sysctl sysctl = sysctl(LAB, Map.of("vm.swappiness", "1"));
            host.apply(sysctl);
            assertThat(live("kernel.panic")).isEqualTo("0");
            assertThat(live("net.ipv4.ip_forward")).isEqualTo("1");
            assertThat(sysctl.deviation().orElseThrow())
                    .contains("kernel.panic")
                    .contains("vm.swappiness");
            assertThat(sysctl(REAL, Map.of()).deviation()).isEmpty();
        }

        @Test
        void aParameterTheKernelLacksIsAnError() {
            HostDirectory.Result result =
                    host.run(sysctl(REAL, Map.of("net.ipv4.none", "1")).apply("", new Outputs()));
            assertThat(result.status()).isNotZero();
            assertThat(result.errors()).contains("this kernel has no parameter net.ipv4.none");
        }
    }

    @Nested
    class SwapOff {
        private static final String FSTAB = """
                # /dev/sda2 none swap sw 0 0
                UUID=1 / ext4 defaults 0 1
                UUID=2\tnone\tswap\tsw\t0\t0
                /swap.img none swap sw 0 0
                /srv/swap /srv ext4 defaults 0 2
                """;
        private final Swap swap = new Swap(StepId.parse("host/swap@n1"), Set.of(), REAL);

        @BeforeEach
        void swapping() throws IOException {
            host.file("/etc/fstab", FSTAB);
            host.file("/proc/swaps", "Filename Type Size Used Priority\n/swap.img file 1000 10 -2\n");
            host.file("/proc/meminfo", "MemTotal: 4000000 kB\nMemAvailable: 3000000 kB\n");
            host.program("systemctl", """
                    mask=${0%/*}/../state/masked
                    case $1 in
                    is-enabled) if [ -e "$mask" ]; then echo masked; else echo static; fi ;;
                    mask) : >"$mask" ;;
                    unmask) rm -f "$mask" ;;
                    esac
                    """);
            host.program("swapoff", "echo Filename >\"${0%/*}/../proc/swaps\"");
            host.program("swapon", ":");
        }

        @Test
        void everyEntryIsFoundWhateverSeparatesItsFields() {
            assertThat(host.probe(swap)).isEqualTo("fstab UUID=2\nfstab /swap.img\nactive /swap.img\n");
        }

        @Test
        void isOffNowAndAtBoot() throws IOException {
            assertThat(host.apply(swap)).isEqualTo(swap.desired(""));
            assertThat(host.read("/etc/fstab")).isEqualTo("""
                    # /dev/sda2 none swap sw 0 0
                    UUID=1 / ext4 defaults 0 1
                    # switched off by kubewright: UUID=2\tnone\tswap\tsw\t0\t0
                    # switched off by kubewright: /swap.img none swap sw 0 0
                    /srv/swap /srv ext4 defaults 0 2
                    """);
            assertThat(host.calls("swapoff")).containsExactly("-a");
        }

        @Test
        void aSecondTimeThereIsNothingToDo() {
            String after = host.apply(swap);
            assertThat(after).isEqualTo(swap.desired(after));
        }

        @Test
        void isRefusedWhenMemoryCannotTakeIt() throws IOException {
            host.file("/proc/meminfo", "MemTotal: 4000000 kB\nMemAvailable: 5 kB\n");
            HostDirectory.Result result = host.run(swap.apply(host.probe(swap), new Outputs()));
            assertThat(result.status()).isNotZero();
            assertThat(result.errors()).contains("swap holds 10 KiB and only 5 KiB");
            assertThat(host.read("/etc/fstab")).isEqualTo(FSTAB);
        }

        @Test
        void undoBringsFstabBack() throws IOException {
            host.apply(swap);
            host.run(swap.undo());
            assertThat(host.read("/etc/fstab")).isEqualTo(FSTAB);
            assertThat(host.calls("swapon")).containsExactly("-a");
        }

        @Test
        void theMachinesSwapIsNotALabHostsOwn() throws IOException {
            Swap lab = new Swap(StepId.parse("host/swap@n1"), Set.of(), LAB);
            assertThat(host.apply(lab)).isEqualTo(lab.desired(""));
            assertThat(host.calls("swapoff")).isEmpty();
            assertThat(lab.deviation()).isPresent();
        }
    }

    @Nested
    class KernelModules {
        private Modules modules(HostFacts facts) {
            return new Modules(StepId.parse("host/modules@n1"), Set.of(), Module.table(), facts);
        }

        @BeforeEach
        void kernel() throws IOException {
            host.program("uname", "echo 6.12.1");
            host.program("modprobe", "mkdir -p \"${0%/*}/../sys/module/$1\"");
            host.file("/lib/modules/6.12.1/modules.builtin", "kernel/net/netfilter/xt_set.ko\n");
        }

        @Test
        void whatIsBuiltInCountsAndTheRestIsLoaded() throws IOException {
            Modules modules = modules(REAL);
            assertThat(host.probe(modules)).isEqualTo("loaded xt_set\n");
            assertThat(host.apply(modules)).isEqualTo(modules.desired(""));
            assertThat(host.calls("modprobe")).contains("overlay", "vxlan").doesNotContain("xt_set");
            assertThat(host.read("/etc/modules-load.d/kubewright.conf")).contains("\nbr_netfilter\n");
        }

        @Test
        void aKernelThatLoadsNothingGetsTheFileOnly() throws IOException {
            Modules modules = modules(LAB);
            assertThat(host.apply(modules)).isEqualTo(modules.desired(""));
            assertThat(host.calls("modprobe")).isEmpty();
        }

        @Test
        void undoRemovesTheFile() {
            host.apply(modules(REAL));
            host.run(modules(REAL).undo());
            assertThat(host.exists("/etc/modules-load.d/kubewright.conf")).isFalse();
        }
    }

    @Nested
    class DebianPackages {
        private final Packages packages = new Packages(
                StepId.parse("host/packages@n1"),
                List.of(
                        new HostPackage("conntrack", "1:1.4.8-2", new Blob("c".repeat(64), 1, Path.of("/b/c"))),
                        new HostPackage("kmod", "34.2-2", new Blob("d".repeat(64), 1, Path.of("/b/k")))));

        @BeforeEach
        void debian() throws IOException {
            host.file("/state/installed", "installed kmod\nconfig-files conntrack\n");
            host.program("dpkg-query", "cat \"${0%/*}/../state/installed\"; exit 1");
            host.program("apt-get", "echo installed conntrack >>\"${0%/*}/../state/installed\"");
            host.blob("c".repeat(64), "deb");
        }

        @Test
        void onlyTheMissingAreBroughtAndInstalled() throws IOException {
            String observed = host.probe(packages);
            assertThat(observed).isEqualTo("package kmod\n");
            assertThat(packages.blobs(observed)).extracting(Blob::sha256).containsExactly("c".repeat(64));
            assertThat(host.apply(packages)).isEqualTo(packages.desired(""));
            assertThat(host.calls("apt-get"))
                    .singleElement()
                    .asString()
                    .contains("--no-install-recommends", "Dir::Etc::SourceList=/dev/null")
                    .contains("/conntrack_1_1.4.8-2.deb")
                    .doesNotContain("kmod");
            assertThat(host.holdsBlob("c".repeat(64))).isFalse();
        }
    }
}
