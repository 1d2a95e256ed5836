package io.kubewright.host;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.engine.Deviation;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.HostDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The host room's fragments, really run on directories that look like hosts. */
class HostRoomTest {
    private static final HostFacts REAL = facts(Optional.empty());
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

    private static HostFacts facts(Optional<String> timeService) {
        return facts(timeService, "apt-get");
    }

    private static HostFacts facts(Optional<String> timeService, String packageManager) {
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
                timeService,
                Optional.empty(),
                Optional.of(packageManager),
                List.of(),
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

        /** Makes the files of a recorded host, with the values that it printed where they are known to be a file's. */
        private List<String> recorded(String name) throws IOException {
            List<String> paths = new ArrayList<>();
            Map<String, StringBuilder> files = new LinkedHashMap<>();
            try (InputStream in = HostRoomTest.class.getResourceAsStream("sysctl/" + name + ".txt")) {
                for (String line : new String(in.readAllBytes(), UTF_8).lines().toList()) {
                    if (line.startsWith("* Applying ")) {
                        paths.add(line.split(" ")[2]);
                        files.put(paths.getLast(), new StringBuilder());
                    } else if (!paths.getLast().equals("/etc/sysctl.conf")) {
                        files.get(paths.getLast()).append(line).append('\n');
                    }
                }
            }
            for (Map.Entry<String, StringBuilder> file : files.entrySet()) {
                if (!file.getKey().equals("/etc/sysctl.d/99-sysctl.conf")) {
                    host.file(file.getKey(), file.getValue().toString());
                }
            }
            Files.createSymbolicLink(host.path("/etc/sysctl.d/99-sysctl.conf"), Path.of("../sysctl.conf"));
            return paths.subList(0, paths.size() - 1);
        }

        private List<String> run(String fragment) throws IOException {
            HostDirectory.Result result = host.run(ShellFunctions.of("sysctl.sh") + fragment);
            assertThat(result.errors()).isEmpty();
            return result.output()
                    .replace(host.path("/").toString(), "")
                    .lines()
                    .toList();
        }

        @ParameterizedTest
        @ValueSource(strings = {"ubuntu-20.04", "ubuntu-24.04", "rocky-9.2", "rocky-10.2", "rhel-9-stig", "oracle-9"})
        void filesAreReadInTheOrderOfRealHosts(String name) throws IOException {
            List<String> paths = recorded(name);
            assertThat(run("boot_files")).isEqualTo(paths);
            Sysctl sysctl = sysctl(REAL, Map.of());
            assertThat(host.apply(sysctl)).isEqualTo(sysctl.desired(""));
            List<String> after = run("boot_files");
            assertThat(after.subList(after.indexOf("/etc/sysctl.d/99-zz-kubewright.conf") + 1, after.size()))
                    .as("files with the last word")
                    .allMatch(path -> path.matches(".*/[a-z][^/]*"));
        }

        @Test
        void theLastOfSeveralFilesDecidesAsOnARealHost() throws IOException {
            recorded("ubuntu-20.04");
            assertThat(run("boot_values | sort"))
                    .contains("fs.protected_regular 2\t/usr/lib/sysctl.d/protect-links.conf")
                    .contains("net.ipv4.conf.all.rp_filter 2\t/etc/sysctl.d/10-network-security.conf")
                    .contains("net.ipv4.ip_forward 1\t/etc/sysctl.d/99-kubernetes-cri.conf");
            host.file("/usr/lib/sysctl.d/50-default.conf", "net.ipv4.conf.default.rp_filter = 2\n")
                    .file("/usr/lib/sysctl.d/50-redhat.conf", "net.ipv4.conf.default.rp_filter = 1\n");
            assertThat(run("boot_values"))
                    .contains("net.ipv4.conf.default.rp_filter 1\t/usr/lib/sysctl.d/50-redhat.conf");
        }

        /** As recorded of a hardened host in {@code rhel-9-stig.txt}. */
        @Test
        void forwardingThatIsTurnedOffByItsOtherNameIsSeen() throws IOException {
            Sysctl sysctl = sysctl(REAL, Map.of());
            host.file("/etc/sysctl.d/98-remediate.conf", "net.ipv4.conf.all.forwarding = 0\n");
            assertThat(host.probe(sysctl))
                    .contains("net.ipv4.ip_forward: 0, at boot 0 by /etc/sysctl.d/98-remediate.conf\n");
            assertThat(host.apply(sysctl)).isEqualTo(sysctl.desired(""));
            host.file("/etc/sysctl.d/zz-remediate.conf", "net.ipv4.conf.all.forwarding = 0\n");
            assertThat(sysctl.refusal(host.probe(sysctl)))
                    .map(Refusal::reason)
                    .hasValue(
                            "/etc/sysctl.d/zz-remediate.conf sets net.ipv4.ip_forward = 0 at boot, after our own file");
        }

        @Test
        void theFileMayAskForForwardingByItsOtherNameToo() throws IOException {
            set("net.ipv4.conf.all.forwarding", "0");
            Sysctl sysctl = sysctl(REAL, Map.of("net.ipv4.conf.all.forwarding", "1"));
            assertThat(host.apply(sysctl)).isEqualTo(sysctl.desired(""));
        }

        @Test
        void isConfirmedAfterItWasApplied() throws IOException {
            Sysctl sysctl = sysctl(REAL, Map.of());
            assertThat(host.apply(sysctl)).isEqualTo(sysctl.desired(""));
            assertThat(live("net.ipv4.ip_forward")).isEqualTo("1");
            assertThat(live("net.netfilter.nf_conntrack_max")).isEqualTo("262144");
            assertThat(host.read("/etc/sysctl.d/99-zz-kubewright.conf"))
                    .contains("net.ipv4.ip_forward = 1\n")
                    .contains("kernel.panic = 10\n");
        }

        @Test
        void aHigherValueStaysAlsoAtBoot() throws IOException {
            host.apply(sysctl(REAL, Map.of()));
            assertThat(live("fs.inotify.max_user_watches")).isEqualTo("1048576");
            assertThat(host.read("/etc/sysctl.d/99-zz-kubewright.conf"))
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
            assertThat(host.exists("/etc/sysctl.d/99-zz-kubewright.conf")).isFalse();
        }

        @Test
        void anotherFileThatIsReadBeforeOursIsOverridden() throws IOException {
            host.file("/etc/sysctl.conf", "# by hand\n net/ipv4/ip_forward=0\nkernel.panic = 7\n");
            Files.createDirectories(host.path("/etc/sysctl.d"));
            Files.createSymbolicLink(host.path("/etc/sysctl.d/99-sysctl.conf"), host.path("/etc/sysctl.conf"));
            Sysctl sysctl = sysctl(REAL, Map.of());
            String observed = host.probe(sysctl);
            assertThat(observed)
                    .contains("net.ipv4.ip_forward: 0, at boot 0 by /etc/sysctl.d/99-sysctl.conf\n")
                    .contains("kernel.panic: 0, at boot 7 by /etc/sysctl.d/99-sysctl.conf\n");
            assertThat(sysctl.refusal(observed)).isEmpty();
            assertThat(host.apply(sysctl)).isEqualTo(sysctl.desired(""));
        }

        @ParameterizedTest
        @CsvSource({"/etc/sysctl.d/zzz.conf, ''", "/usr/lib/sysctl.d/zzz.conf, ''", "/etc/ufw/sysctl.conf, yes"})
        void aFileThatIsReadAfterOursIsNamed(String file, String ufw) throws IOException {
            host.file("/etc/ufw/ufw.conf", "ENABLED=" + ufw + "\n");
            host.file("/etc/default/ufw", "IPT_SYSCTL=" + host.path("/etc/ufw/sysctl.conf") + "\n");
            host.file(file, "net.ipv4.ip_forward\t=  0 \n;net.ipv4.ip_forward = 5\n-kernel.panic=10\n");
            Sysctl sysctl = sysctl(REAL, Map.of());
            String observed = host.probe(sysctl);
            assertThat(observed)
                    .contains("net.ipv4.ip_forward: 0, at boot 0 by " + file + "\n")
                    .contains("kernel.panic: 0, at boot 10\n");
            assertThat(sysctl.refusal(observed).orElseThrow().reason())
                    .isEqualTo(file + " sets net.ipv4.ip_forward = 0 at boot, after our own file");
            assertThat(sysctl.refusal(observed).orElseThrow().hint()).endsWith("the value that is needed: 1");
        }

        @Test
        void aHigherValueOfTheNextBootStays() throws IOException {
            host.file("/etc/sysctl.d/10-own.conf", "net.netfilter.nf_conntrack_max = 2000000\n");
            Sysctl sysctl = sysctl(REAL, Map.of());
            assertThat(host.apply(sysctl)).isEqualTo(sysctl.desired(""));
            assertThat(live("net.netfilter.nf_conntrack_max")).isEqualTo("2000000");
            assertThat(host.read("/etc/sysctl.d/99-zz-kubewright.conf"))
                    .contains("net.netfilter.nf_conntrack_max = 2000000\n");
        }

        @Test
        void loadingAModuleDoesNotChangeWhatWasSeenWhereAnotherFileSetsItsParameter() throws IOException {
            host.file("/etc/sysctl.d/k8s.conf", "net.bridge.bridge-nf-call-iptables = 1\n");
            Sysctl sysctl = sysctl(REAL, Map.of());
            Files.delete(host.path("/proc/sys/net/bridge/bridge-nf-call-iptables"));
            String before = host.probe(sysctl);
            set("net.bridge.bridge-nf-call-iptables", "1");
            assertThat(host.probe(sysctl))
                    .isEqualTo(before)
                    .contains("net.bridge.bridge-nf-call-iptables: not set, at boot 1\n");
        }

        @Test
        void aNameMayHaveSlashes() throws IOException {
            host.file("/proc/sys/net/ipv4/conf/eth0.5/rp_filter", "1\n");
            Sysctl sysctl = sysctl(REAL, Map.of("net/ipv4/conf/eth0.5/rp_filter", "2", "kernel/panic", "20"));
            assertThat(host.apply(sysctl))
                    .isEqualTo(sysctl.desired(""))
                    .contains("kernel.panic: 20, at boot 20\n")
                    .contains("net.ipv4.conf.eth0/5.rp_filter: 2, at boot 2\n");
            assertThat(host.read("/proc/sys/net/ipv4/conf/eth0.5/rp_filter")).isEqualTo("2\n");
        }

        @ParameterizedTest
        @ValueSource(strings = {"", "IPT_SYSCTL=/nowhere/sysctl.conf\n", "IPT_SYSCTL=\"/nowhere\"\n"})
        void aFirewallWithoutAFileOfItsOwnIsNoReasonToBeBlind(String defaults) throws IOException {
            host.file("/etc/ufw/ufw.conf", "ENABLED=yes\n");
            host.file("/etc/default/ufw", defaults);
            Files.createDirectories(host.path("/etc/sysctl.d/odd.conf"));
            Sysctl sysctl = sysctl(REAL, Map.of());
            assertThat(host.apply(sysctl)).isEqualTo(sysctl.desired(""));
        }

        @Test
        void aFileOfTheSameNameHidesAnother() throws IOException {
            host.file("/usr/lib/sysctl.d/zzz.conf", "net.ipv4.ip_forward = 0\n");
            host.file("/etc/sysctl.d/zzz.conf", "");
            Sysctl sysctl = sysctl(REAL, Map.of());
            assertThat(host.apply(sysctl)).isEqualTo(sysctl.desired(""));
        }

        @Test
        void undoLeavesTheDirectoryAsOldAsItWas() throws IOException {
            host.file("/etc/sysctl.d/10-own.conf", "kernel.panic = 1\n");
            Path directory = host.path("/etc/sysctl.d");
            Files.setLastModifiedTime(directory, FileTime.from(Instant.parse("2020-02-03T04:05:06.123456789Z")));
            Sysctl sysctl = sysctl(REAL, Map.of());
            host.apply(sysctl);
            host.run(sysctl.undo());
            assertThat(Files.getLastModifiedTime(directory).toInstant())
                    .isEqualTo(Instant.parse("2020-02-03T04:05:06.123456789Z"));

            host.apply(sysctl);
            host.file("/etc/sysctl.d/20-later.conf", "");
            host.run(sysctl.undo());
            assertThat(Files.getLastModifiedTime(directory).toInstant())
                    .as("what others did since shows")
                    .isAfter(Instant.parse("2026-01-01T00:00:00Z"));
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
                \t/swap.img none swap
                nas:/swatch /mnt/swatch nfs defaults 0 0
                /srv/swap /srv ext4 defaults,x-note=swap 0 2
                /data/my\\040swapspace\tnone\tswap\tsw,pri=5\t0\t0

                # the end: no swap""";
        private static final String SWAPS = """
                Filename Type Size Used Priority
                /swap.img file 1000 10 -2
                /data/my\\040swapspace file 1000 0 5
                /dev/zram0 partition 1000 0 100
                """;
        private final Swap swap = new Swap(StepId.parse("host/swap@n1"), Set.of(), REAL);

        @BeforeEach
        void swapping() throws IOException {
            host.file("/etc/fstab", FSTAB);
            host.file("/proc/swaps", SWAPS);
            host.file("/proc/meminfo", "MemTotal: 4000000 kB\nMemAvailable: 3000000 kB\n");
            wanted("multi-user.target.wants/zramswap.service");
            wanted("multi-user.target.wants/ssh.service");
            wanted("swap.target.wants/extra.swap");
            host.program("systemctl", """
                    case $1,$2 in
                    is-enabled,swap.target)
                        case $(readlink "${0%/*}/../etc/systemd/system/swap.target") in
                        /dev/null) echo masked ;;
                        *) echo static ;;
                        esac ;;
                    is-active,--quiet) case $3 in swap.target | zramswap.service) exit 0 ;; *) exit 3 ;; esac ;;
                    show,*) echo not-found ;;
                    esac
                    """);
            host.program("systemd-escape", "echo any.swap");
            host.program("swapoff", "echo Filename >\"${0%/*}/../proc/swaps\"");
            host.program("swapon", ":");
        }

        private void wanted(String link) throws IOException {
            Path path = host.path("/etc/systemd/system/" + link);
            Files.createDirectories(path.getParent());
            Files.createSymbolicLink(path, Path.of("/usr/lib/systemd/system/" + path.getFileName()));
        }

        @Test
        void whateverSwitchesItOnIsFound() {
            assertThat(host.probe(swap)).isEqualTo("""
                    fstab UUID=2
                    fstab /swap.img
                    fstab /data/my\\040swapspace
                    starts at boot multi-user.target.wants/zramswap.service
                    starts at boot swap.target.wants/extra.swap
                    active /swap.img
                    active /data/my\\040swapspace
                    active /dev/zram0
                    """);
        }

        @Test
        void isOffNowAndAtBoot() throws IOException {
            assertThat(host.apply(swap)).isEqualTo(swap.desired(""));
            assertThat(host.read("/etc/fstab")).isEqualTo("""
                    # /dev/sda2 none swap sw 0 0
                    UUID=1 / ext4 defaults 0 1
                    # switched off by kubewright: UUID=2\tnone\tswap\tsw\t0\t0
                    # switched off by kubewright: \t/swap.img none swap
                    nas:/swatch /mnt/swatch nfs defaults 0 0
                    /srv/swap /srv ext4 defaults,x-note=swap 0 2
                    # switched off by kubewright: /data/my\\040swapspace\tnone\tswap\tsw,pri=5\t0\t0

                    # the end: no swap""");
            assertThat(host.calls("swapoff")).containsExactly("/swap.img", "/data/my swapspace", "/dev/zram0");
            assertThat(host.calls("systemctl")).contains("stop zramswap.service");
            assertThat(Files.isSymbolicLink(host.path("/etc/systemd/system/multi-user.target.wants/ssh.service")))
                    .isTrue();
        }

        @Test
        void aSecondTimeThereIsNothingToDo() {
            String after = host.apply(swap);
            assertThat(after).isEqualTo(swap.desired(after));
        }

        /** What installers of other distributions wrote; SOURCES.md beside them says where each was seen. */
        @ParameterizedTest
        @CsvSource({
            "rocky-9, /dev/mapper/rl-swap",
            "rhel-7, /dev/mapper/rhel_hadoop--test--1-swap",
            "rhel-9-uuid, UUID=5f470b19-01b3-4ef5-8571-49bbeade4b97",
            "centos-cloud, /www/swap",
            "ubuntu-22.04, /swap.img",
            "ubuntu-partition, /dev/sda3",
            "ubuntu-off, ''"
        })
        void ofWhatInstallersWriteTheSwapEntryIsFound(String name, String swapped) throws IOException {
            String fstab;
            try (InputStream in = HostRoomTest.class.getResourceAsStream("fstab/" + name + ".txt")) {
                fstab = new String(java.util.Objects.requireNonNull(in).readAllBytes(), UTF_8);
            }
            host.file("/etc/fstab", fstab);
            host.file("/proc/swaps", "Filename Type Size Used Priority\n");
            assertThat(host.probe(swap).lines().filter(line -> line.startsWith("fstab ")))
                    .isEqualTo(swapped.isEmpty() ? List.of() : List.of("fstab " + swapped));
            assertThat(host.apply(swap)).isEqualTo(swap.desired(""));
            assertThat(host.read("/etc/fstab"))
                    .isEqualTo(
                            swapped.isEmpty()
                                    ? fstab
                                    : fstab.replace("\n" + swapped, "\n# switched off by kubewright: " + swapped));
            assertThat(host.run(swap.undo()).errors()).isEmpty();
            assertThat(host.read("/etc/fstab")).isEqualTo(fstab);
        }

        @Test
        void isRefusedWhenMemoryCannotTakeIt() throws IOException {
            host.file("/proc/meminfo", "MemTotal: 4000000 kB\nMemAvailable: 5 kB\n");
            HostDirectory.Result result = host.run(swap.apply(host.probe(swap), new Outputs()));
            assertThat(result.status()).isNotZero();
            assertThat(result.errors()).contains("swap holds 10 KiB and only 5 of 4000000 KiB");
            assertThat(host.read("/etc/fstab")).isEqualTo(FSTAB);
        }

        @Test
        void undoBringsEverythingBack() throws IOException {
            Path fstab = host.path("/etc/fstab");
            FileTime written = FileTime.from(Instant.parse("2020-02-03T04:05:06.123456789Z"));
            Files.setLastModifiedTime(fstab, written);
            String before = host.probe(swap);
            host.apply(swap);
            assertThat(host.run(swap.undo()).errors()).isEmpty();

            assertThat(host.read("/etc/fstab")).isEqualTo(FSTAB);
            assertThat(Files.getLastModifiedTime(fstab)).isEqualTo(written);
            assertThat(host.calls("systemctl")).contains("start swap.target", "start zramswap.service");
            assertThat(host.calls("swapon"))
                    .containsExactly("/swap.img", "-p 5 /data/my swapspace", "-p 100 /dev/zram0");
            host.file("/proc/swaps", SWAPS);
            assertThat(host.probe(swap)).isEqualTo(before);
        }

        @Test
        void undoKeepsWhatOthersWroteSince() throws IOException {
            host.apply(swap);
            Files.writeString(host.path("/etc/fstab"), "\n/dev/sdz /z ext4\n", StandardOpenOption.APPEND);
            host.run(swap.undo());
            assertThat(host.read("/etc/fstab")).isEqualTo(FSTAB + "\n/dev/sdz /z ext4\n");
        }

        @Test
        void theMachinesSwapIsNotALabHostsOwn() throws IOException {
            Swap lab = new Swap(StepId.parse("host/swap@n1"), Set.of(), LAB);
            assertThat(host.apply(lab)).isEqualTo(lab.desired(""));
            assertThat(host.calls("swapoff")).isEmpty();
            assertThat(lab.deviation()).isPresent();
        }

        /** A thousand files a run; {@code -Dkubewright.fstab.seed=N} repeats one. */
        @Test
        void ofAnyFstabOnlyTheSwapEntriesChangeAndComeBack() throws IOException {
            long seed = Long.getLong("kubewright.fstab.seed", System.nanoTime());
            SplittableRandom random = new SplittableRandom(seed);
            for (int number = 0; number < 1000; number++) {
                host.file("/opt/in/" + number, anyFstab(random));
            }
            assertThat(host.run(ShellFunctions.of("swap.sh") + """
                            mkdir -p /opt/out /opt/twice /opt/back
                            for file in /opt/in/*; do
                                name=${file##*/}
                                without_swap <"$file" >/opt/out/"$name"
                                without_swap </opt/out/"$name" >/opt/twice/"$name"
                                with_swap </opt/out/"$name" >/opt/back/"$name"
                            done
                            """).errors()).isEmpty();
            for (int number = 0; number < 1000; number++) {
                String in = host.read("/opt/in/" + number);
                String as = "seed " + seed + ", file " + number + ": " + in;
                assertThat(host.read("/opt/out/" + number)).as(as).isEqualTo(withoutSwap(in));
                assertThat(host.read("/opt/twice/" + number)).as(as).isEqualTo(withoutSwap(in));
                assertThat(host.read("/opt/back/" + number)).as(as).isEqualTo(in);
            }
        }

        private static String anyFstab(SplittableRandom random) {
            List<String> words = List.of(
                    "swap",
                    "none",
                    "/swap.img",
                    "#",
                    "# swap",
                    "\t",
                    " ",
                    "  ",
                    " \t",
                    "/",
                    "ext4",
                    "UUID=2",
                    "sw",
                    "0",
                    "swap,x",
                    "noswap",
                    "/a\\040swap",
                    "nfs",
                    "\\",
                    "&",
                    "/mnt/swatch",
                    "LABEL=\"swap\"",
                    "swap swap swap",
                    "none none swap",
                    "\u00e9");
            StringBuilder text = new StringBuilder();
            int lines = random.nextInt(12);
            for (int line = 0; line < lines; line++) {
                int count = random.nextInt(9);
                for (int word = 0; word < count; word++) {
                    text.append(words.get(random.nextInt(words.size()))).append(random.nextInt(3) == 0 ? "" : " ");
                }
                text.append('\n');
            }
            boolean cut = !text.isEmpty() && random.nextBoolean();
            return cut ? text.substring(0, text.length() - 1) : text.toString();
        }

        /** What fstab(5) says, in another language. */
        private static String withoutSwap(String fstab) {
            StringBuilder text = new StringBuilder();
            for (String line : fstab.split("(?<=\n)", -1)) {
                String[] fields = line.replaceFirst("^[ \t\n]+", "").split("[ \t\n]+", -1);
                boolean swap = fields.length > 2 && !fields[0].startsWith("#") && fields[2].equals("swap");
                text.append(swap ? "# switched off by kubewright: " : "").append(line);
            }
            return text.toString();
        }
    }

    @Nested
    class KernelModules {
        private Modules modules(HostFacts facts) {
            return new Modules(StepId.parse("host/modules@n1"), Set.of(), Module.of(Set.of()), facts);
        }

        @BeforeEach
        void kernel() throws IOException {
            host.program("uname", "echo 6.12.1");
            host.program("modprobe", """
                    root=${0%/*}/..
                    case $1 in
                    -nq) [ "$2" != "$(cat "$root/state/absent" 2>/dev/null)" ] ;;
                    --show-depends)
                        if [ "$2" = vxlan ]; then echo 'insmod /lib/modules/6.12.1/kernel/net/udp-tunnel.ko.xz'; fi
                        echo "insmod /lib/modules/6.12.1/kernel/$2.ko.xz a=b" ;;
                    *)
                        for module in $1 $([ "$1" != vxlan ] || echo udp_tunnel); do
                            mkdir -p "$root/sys/module/$module"
                            echo 0 >"$root/sys/module/$module/refcnt"
                        done ;;
                    esac
                    """);
            host.program("rmmod", "rm -r \"${0%/*}/../sys/module/$1\"");
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
        void undoUnloadsWhatWasLoadedAndIsNotInUse() throws IOException {
            host.file("/sys/module/overlay/refcnt", "0\n");
            host.apply(modules(REAL));
            host.file("/sys/module/nf_conntrack/refcnt", "3\n");
            assertThat(host.run(modules(REAL).undo()).status()).isZero();
            assertThat(host.exists("/etc/modules-load.d/kubewright.conf")).isFalse();
            assertThat(host.calls("rmmod")).containsExactly("ip_set", "vxlan", "udp_tunnel", "br_netfilter");
            assertThat(host.exists("/sys/module/overlay")).isTrue();
        }

        @Test
        void aModuleThatTheKernelLacksIsRefusedWithThePackageThatHasIt() throws IOException {
            host.file("/state/absent", "vxlan");
            Modules modules = modules(REAL);
            Refusal refusal = modules.refusal(host.probe(modules)).orElseThrow();
            assertThat(refusal.reason()).startsWith("the kernel 6.12.1 lacks vxlan: Calico's VXLAN device");
            assertThat(refusal.hint()).contains("linux-image-amd64");
        }
    }

    @Nested
    class TimeServers {
        private final String sources = "/etc/chrony/sources.d/kubewright.sources";

        private Time time(Optional<String> unit, boolean brought) {
            return new Time(
                    StepId.parse("host/time@n1"),
                    Set.of(),
                    List.of("ntp.corp.local", "10.0.0.1"),
                    facts(unit),
                    brought);
        }

        @BeforeEach
        void services() throws IOException {
            host.file(
                    "/etc/chrony/chrony.conf",
                    "pool 2.debian.pool.ntp.org\n  SourceDir\t" + host.path("/etc/chrony/sources.d") + "\n");
            host.program("systemctl", """
                    case $1 in
                    is-enabled) echo enabled ;;
                    is-active) echo active ;;
                    show) echo @4000000000 ;;
                    esac
                    """);
            host.program("chronyc", "echo '^,*,ntp.corp.local,1,6,17,3,0.1,0.1,0.1'");
            host.program("sleep", ":");
        }

        @Test
        void chronyFollowsTheServersAndIsAsItWasAfterwards() throws IOException {
            Time time = time(Optional.of("chrony.service"), false);
            assertThat(time.refusal(host.probe(time))).isEmpty();
            assertThat(host.apply(time)).isEqualTo(time.desired(""));
            assertThat(host.read(sources)).isEqualTo("server ntp.corp.local iburst\nserver 10.0.0.1 iburst\n");
            assertThat(host.run(time.undo()).status()).isZero();
            assertThat(host.exists(sources)).isFalse();
            assertThat(host.calls("systemctl"))
                    .contains("restart chrony.service")
                    .noneMatch(call -> call.startsWith("disable") || call.startsWith("stop"));
        }

        @Test
        void followingAnotherServerIsNotEnough() throws IOException {
            host.program("chronyc", "echo '^,*,2.debian.pool.ntp.org,1,6,17'; echo '^,?,ntp.corp.local,0,6,0'");
            HostDirectory.Result result =
                    host.run(time(Optional.of("chrony.service"), false).apply("", new Outputs()));
            assertThat(result.status()).isNotZero();
            assertThat(result.errors()).contains("follows none of ntp.corp.local 10.0.0.1 after a minute");
        }

        @Test
        void theFormerServicesFileDoesNotStay() {
            host.run(time(Optional.of("systemd-timesyncd.service"), false).apply("", new Outputs()));
            assertThat(host.exists("/etc/systemd/timesyncd.conf.d/kubewright.conf"))
                    .isTrue();
            Time chrony = time(Optional.of("chrony.service"), false);
            assertThat(host.apply(chrony)).isEqualTo(chrony.desired(""));
            assertThat(host.exists("/etc/systemd/timesyncd.conf.d/kubewright.conf"))
                    .isFalse();
            host.run(chrony.undo());
            assertThat(host.exists(sources)).isFalse();
        }

        @Test
        void whatCannotFollowIsRefused() throws IOException {
            assertThat(time(Optional.empty(), true).refusal("")).isEmpty();
            assertThat(time(Optional.empty(), false).refusal("").orElseThrow().reason())
                    .isEqualTo("nothing keeps the clock here, and no chrony can be brought for debian 13");
            assertThat(time(Optional.of("ntpsec.service"), false)
                            .refusal("")
                            .orElseThrow()
                            .reason())
                    .startsWith("ntpsec.service keeps the clock here");
        }

        @ParameterizedTest
        @CsvSource({"apt-get, chrony.service", "dnf, chronyd.service", "zypper, chronyd.service"})
        void theChronyThatComesIsStartedByItsName(String packageManager, String unit) throws IOException {
            Time time = new Time(
                    StepId.parse("host/time@n1"),
                    Set.of(),
                    List.of("ntp.corp.local"),
                    facts(Optional.empty(), packageManager),
                    true);
            assertThat(time.refusal("")).isEmpty();
            assertThat(host.apply(time)).isEqualTo(time.desired(""));
            assertThat(host.calls("systemctl")).contains("enable --quiet " + unit, "restart " + unit);
        }

        /** Red Hat's has other servers and reads those of DHCP alone. */
        @Test
        void aChronyThatReadsNoDirectoryOfOursIsToldTo() throws IOException {
            String conf = "pool 2.rhel.pool.ntp.org iburst\nsourcedir /run/chrony-dhcp\nrtcsync\n#log measurements";
            Files.delete(host.path("/etc/chrony/chrony.conf"));
            host.file("/etc/chrony.conf", conf);
            Files.setPosixFilePermissions(host.path("/etc/chrony.conf"), PosixFilePermissions.fromString("rw-r-----"));
            Time time = time(Optional.of("chronyd.service"), false);
            assertThat(time.refusal(host.probe(time))).isEmpty();
            assertThat(host.apply(time)).isEqualTo(time.desired(""));
            assertThat(host.read("/etc/chrony.conf"))
                    .isEqualTo(
                            conf + "\n# added by kubewright:\nsourcedir " + host.path("/etc/chrony/sources.d") + "\n");
            assertThat(Files.getPosixFilePermissions(host.path("/etc/chrony.conf")))
                    .isEqualTo(PosixFilePermissions.fromString("rw-r-----"));
            assertThat(host.apply(time)).as("once more").isEqualTo(time.desired(""));

            assertThat(host.run(time.undo()).errors()).isEmpty();
            assertThat(host.read("/etc/chrony.conf")).isEqualTo(conf);

            host.apply(time);
            Files.writeString(host.path("/etc/chrony.conf"), "# theirs\n", StandardOpenOption.APPEND);
            assertThat(host.run(time.undo()).errors()).isEmpty();
            assertThat(host.read("/etc/chrony.conf")).isEqualTo(conf + "\n# theirs\n");
        }
    }
}
