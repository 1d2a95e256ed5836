package io.kubewright.host;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.engine.Blob;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.HostDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * host/packages on directories that look like hosts. Package managers are played by scripts that say what real ones said;
 * {@code src/test/sh/packages-by-managers.sh} runs the same functions with the real ones.
 */
class PackagesTest {
    private static final Path RECORDED = Path.of("src/test/resources/io/kubewright/host/packages");
    private static final StepId ID = StepId.parse("host/packages@n1");

    /** Ten minutes pass with four sleeps. */
    private static final String HURRIED = """
            kw_uptime() { echo $(($(cat "$KW_TMP/../bin/sleep.calls" 2>/dev/null | wc -l) * 150)); }
            """;

    @TempDir
    private Path directory;

    private HostDirectory host;

    @BeforeEach
    void makeHost() throws IOException {
        host = new HostDirectory(directory.toRealPath());
        host.program("sleep", ":");
    }

    private static HostFacts facts(String system, Optional<String> manager) {
        String[] words = system.split(" ");
        return new HostFacts(
                "n1",
                "n1",
                words[0],
                words[1],
                "amd64",
                "6.12.1",
                2,
                4L << 30,
                2,
                List.of(),
                Optional.empty(),
                Optional.empty(),
                "m1",
                Optional.empty(),
                Optional.empty(),
                manager,
                List.of(),
                Map.of());
    }

    private static Packages repository(String system, String manager, boolean time) {
        return new Packages(ID, PackageSource.of(facts(system, Optional.of(manager)), List.of(), time));
    }

    /** The first tries say what was recorded, later ones do the rest of the program. */
    private void lockedFor(int tries, String program, String file, int status, String rest) throws IOException {
        Path lock = host.path("/var/lib/rpm/.rpm.lock");
        host.file(
                "/state/said",
                Files.readString(RECORDED.resolve(file)).replace("/var/lib/rpm/.rpm.lock", lock.toString()));
        host.program(program, """
                if [ "$(wc -l <"$0.calls")" -le %d ]; then
                    cat "${0%%/*}/../state/said"
                    exit %d
                fi
                """.formatted(tries, status) + rest);
    }

    @Nested
    class OfTheBundle {
        private final HostPackage conntrack =
                new HostPackage("conntrack", "1:1.4.8-2", new Blob("c".repeat(64), 1, Path.of("/b/c")));
        private final HostPackage kmod =
                new HostPackage("kmod", "34.2-2", new Blob("d".repeat(64), 1, Path.of("/b/k")));
        private final Packages packages = new Packages(ID, new BundledPackages(List.of(conntrack, kmod)));
        private static final String INSTALL = "echo installed conntrack >>\"${0%/*}/../state/installed\"";

        @BeforeEach
        void debian() throws IOException {
            host.file("/state/installed", "installed kmod\nconfig-files conntrack\n");
            host.program("dpkg-query", "cat \"${0%/*}/../state/installed\"; exit 1");
            host.program("apt-get", INSTALL);
            host.blob("c".repeat(64), "deb");
        }

        @Test
        void theBundleComesFirst() {
            HostFacts facts = facts("debian 13", Optional.of("apt-get"));
            assertThat(PackageSource.of(facts, List.of(kmod), false)).isEqualTo(new BundledPackages(List.of(kmod)));
            assertThat(PackageSource.of(facts, List.of(), false)).isInstanceOf(RepositoryPackages.class);
        }

        @Test
        void anotherPackageManagerIsWaitedFor() throws IOException {
            lockedFor(2, "apt-get", "apt-locked.txt", 100, INSTALL);
            assertThat(host.apply(packages)).isEqualTo(packages.desired(""));
            assertThat(host.calls("apt-get")).hasSize(3).allMatch(call -> call.contains("DPkg::Lock::Timeout=0 "));
        }

        @Test
        void anotherPackageManagerThatDoesNotEndIsNamed() throws IOException {
            lockedFor(99, "apt-get", "apt-locked.txt", 100, INSTALL);
            HostDirectory.Result result = host.run(HURRIED + packages.apply("package kmod\n", new Outputs()));
            assertThat(result.status()).isEqualTo(1);
            assertThat(result.errors())
                    .contains(
                            "did not end within 600 s; no package was changed. Could not get lock",
                            "held by process 18 (apt-get)\n");
            assertThat(host.calls("apt-get")).hasSize(5);
            assertThat(host.holdsBlob("c".repeat(64))).as("for the next run").isTrue();
        }

        @Test
        void whatIsWrongOtherwiseIsNotTriedAgain() throws IOException {
            host.program("apt-get", "echo 'E: Broken packages'; exit 100");
            HostDirectory.Result result = host.run(packages.apply("package kmod\n", new Outputs()));
            assertThat(result.status()).isNotZero();
            assertThat(result.output()).contains("E: Broken packages");
            assertThat(host.calls("apt-get")).hasSize(1);
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

    @Nested
    class OfAptsRepositories {
        private final Packages packages = repository("ubuntu 24.04", "apt-get", false);

        @BeforeEach
        void ubuntu() throws IOException {
            host.file("/state/installed", "installed dpkg\ninstalled kmod\ninstalled libc6\n");
            host.program("dpkg-query", """
                    shift 3
                    if [ $# -eq 0 ]; then set -- '.*'; fi
                    for name; do grep " $name\\$" "${0%/*}/../state/installed"; done
                    """);
            host.program("apt-get", """
                    line=$*
                    case " $line " in
                    *' install '*)
                        for name in ${line##* install } libnfct3; do echo "installed $name"; done >>"${0%/*}/../state/installed" ;;
                    *' -s purge '*) cat "${0%/*}/../state/needing" 2>/dev/null ;;
                    *' purge '*)
                        for name in ${line##* purge }; do sed -i "/ $name\\$/d" "${0%/*}/../state/installed"; done ;;
                    esac
                    """);
        }

        @Test
        void whatIsMissingComesFromTheHostsOwnRepositories() throws IOException {
            assertThat(packages.blobs("")).isEmpty();
            assertThat(host.probe(packages)).isEqualTo("package kmod\n");
            assertThat(host.apply(packages)).isEqualTo(packages.desired("")).contains("package conntrack\n");
            assertThat(host.calls("apt-get"))
                    .anyMatch(call -> call.endsWith(" update"))
                    .filteredOn(call -> call.contains(" install "))
                    .singleElement()
                    .asString()
                    .contains("--no-install-recommends")
                    .doesNotContain("/dev/null", "kmod", "chrony");
        }

        @Test
        void undoTakesWhatCameAlongToo() throws IOException {
            String before = host.read("/state/installed");
            host.apply(packages);
            assertThat(host.run(packages.undo()).status()).isZero();
            assertThat(host.read("/state/installed")).isEqualTo(before);
            assertThat(host.calls("apt-get").getLast()).contains("libnfct3").doesNotContain("kmod");
        }

        @Test
        void undoRemovesNothingThatOthersHaveComeToNeed() throws IOException {
            host.apply(packages);
            host.file("/state/needing", "Purg conntrack [1]\nPurg kubelet:amd64 [1.36]\n");
            HostDirectory.Result result = host.run(packages.undo());
            assertThat(result.status()).isNotZero();
            assertThat(result.errors()).contains("these packages need what would be removed: kubelet:amd64");
            assertThat(host.probe(packages)).isEqualTo(packages.desired(""));
        }

        @Test
        void whatCameBeforeAKillIsOursToo() throws IOException {
            host.file("/state/packages.before", "dpkg\nkmod\nlibc6\n");
            Files.writeString(host.path("/state/installed"), host.read("/state/installed") + "installed conntrack\n");
            assertThat(host.run(packages.undo()).status()).isZero();
            assertThat(host.read("/state/installed"))
                    .doesNotContain("conntrack")
                    .contains("kmod");
        }

        @Test
        void aListOfPackagesThatCannotBeReadStopsBeforeAnythingIsDone() throws IOException {
            host.program("dpkg-query", "exit 2");
            assertThat(host.run(packages.apply("", new Outputs())).status()).isNotZero();
            assertThat(host.calls("apt-get")).isEmpty();
        }

        @Test
        void listsThatCannotBeRenewedAreNoReasonToStop() throws IOException {
            host.program("apt-get", """
                    line=$*
                    case $line in *update) echo 'E: The repository has no Release file.'; exit 100 ;; esac
                    for name in ${line##* install }; do echo "installed $name"; done >>"${0%/*}/../state/installed"
                    """);
            assertThat(host.apply(packages)).isEqualTo(packages.desired(""));
        }

        @Test
        void chronyComesWhereNothingKeepsTheClock() {
            assertThat(repository("ubuntu 24.04", "apt-get", true).desired("")).contains("package chrony\n");
            assertThat(repository("rocky 9.5", "dnf", true).desired("")).contains("package chrony\n");
            assertThat(repository("opensuse-leap 15.6", "zypper", true).desired(""))
                    .contains("package chrony\n");
            assertThat(repository("rocky 9.5", "dnf", false).desired("")).doesNotContain("chrony");
        }
    }

    @Nested
    class OfRpmsRepositories {
        @BeforeEach
        void rpm() throws IOException {
            host.file("/state/installed", "bash\niptables-nft\nkmod\n");
            host.file("/state/provided", "bash bash\niptables iptables-nft\nkmod kmod\n");
            host.file("/var/lib/rpm/.rpm.lock", "");
            host.program("rpm", """
                    state=${0%/*}/../state
                    case $* in
                    -qa*) cat "$state/installed"; echo gpg-pubkey ;;
                    '-q --whatprovides '*) grep -q "^$3 " "$state/provided" ;;
                    '-e --test '*) if [ -e "$state/needing" ]; then cat "$state/needing"; exit 1; fi ;;
                    *) exit 9 ;;
                    esac
                    """);
        }

        private static final String MANAGES = """
                state=${0%/*}/../state
                line=" $*"
                case "$line" in
                *' install '*)
                    for name in ${line##* install } libnetfilter_cthelper; do
                        case $name in -*) continue ;; esac
                        echo "$name" >>"$state/installed"
                        echo "$name $name" >>"$state/provided"
                    done ;;
                *' remove '*)
                    for name in ${line##* remove }; do sed -i "/^$name\\$/d" "$state/installed"; done ;;
                esac
                """;

        private Packages of(PackageManager manager) {
            return repository(
                    manager == PackageManager.DNF ? "rocky 9.5" : "opensuse-leap 15.6",
                    manager == PackageManager.DNF ? "dnf" : "zypper",
                    false);
        }

        private static String program(PackageManager manager) {
            return manager == PackageManager.DNF ? "dnf" : "zypper";
        }

        @ParameterizedTest
        @EnumSource(value = PackageManager.class, mode = EnumSource.Mode.EXCLUDE, names = "APT")
        void whatIsMissingComesAndGoes(PackageManager manager) throws IOException {
            host.program(program(manager), MANAGES);
            Packages packages = of(manager);
            assertThat(host.probe(packages)).isEqualTo("package iptables\npackage kmod\n");
            assertThat(host.apply(packages)).isEqualTo(packages.desired("")).contains("package conntrack-tools\n");
            assertThat(host.run(packages.undo()).status()).isZero();
            assertThat(host.read("/state/installed")).isEqualTo("bash\niptables-nft\nkmod\n");
            assertThat(host.calls(program(manager)).getLast()).contains("libnetfilter_cthelper");
        }

        @Test
        void howDnfIsCalled() throws IOException {
            host.program("dnf", MANAGES);
            host.apply(of(PackageManager.DNF));
            assertThat(host.calls("dnf"))
                    .containsExactly("-y --setopt=install_weak_deps=False --setopt=exit_on_lock=True install"
                            + " conntrack-tools ethtool ipset socat nftables iproute iproute-tc util-linux procps-ng");
            host.run(of(PackageManager.DNF).undo());
            assertThat(host.calls("dnf").getLast())
                    .startsWith("-y --setopt=install_weak_deps=False --setopt=exit_on_lock=True"
                            + " --setopt=clean_requirements_on_remove=False remove ");
        }

        @Test
        void howZypperIsCalled() throws IOException {
            host.program("zypper", MANAGES);
            host.apply(of(PackageManager.ZYPPER));
            assertThat(host.calls("zypper"))
                    .containsExactly("--non-interactive install --no-recommends"
                            + " conntrack-tools ethtool ipset socat nftables iproute2 util-linux procps");
            host.run(of(PackageManager.ZYPPER).undo());
            assertThat(host.calls("zypper").getLast())
                    .startsWith("--non-interactive --no-refresh remove --no-clean-deps ");
        }

        @ParameterizedTest
        @CsvSource({"0, true", "102, true", "103, true", "106, true", "104, false", "107, false", "8, false"})
        void whatZyppersStatusMeans(int status, boolean well) throws IOException {
            host.program("zypper", MANAGES + "exit " + status);
            assertThat(host.run(of(PackageManager.ZYPPER).apply("", new Outputs()))
                                    .status()
                            == 0)
                    .isEqualTo(well);
        }

        @ParameterizedTest
        @CsvSource({
            "DNF, dnf-locked-by-dnf.txt, 200, Could not get dnf's lock. It is held by process 54 (dnf)",
            "DNF, dnf5-locked.txt, 1, Failed to obtain rpm transaction lock",
            "ZYPPER, zypper-locked-by-zypper.txt, 7, Could not get zypper's lock. It is held by process 60 (zypper)",
        })
        void anotherOneIsWaitedForAndNamed(PackageManager manager, String file, int status, String named)
                throws IOException {
            lockedFor(2, program(manager), file, status, MANAGES);
            assertThat(host.apply(of(manager))).isEqualTo(of(manager).desired(""));
            assertThat(host.calls(program(manager))).hasSize(3);

            lockedFor(99, program(manager), file, status, MANAGES);
            Files.delete(host.path("/bin/sleep.calls"));
            HostDirectory.Result result = host.run(HURRIED + of(manager).apply("", new Outputs()));
            assertThat(result.status()).isNotZero();
            assertThat(result.errors()).contains("did not end within 600 s; no package was changed. " + named + "\n");
        }

        @ParameterizedTest
        @CsvSource({"DNF, dnf-locked-by-rpm.txt, 1", "ZYPPER, zypper-locked-by-rpm.txt, 8"})
        void rpmItselfIsNamedByWhoHasItsLock(PackageManager manager, String file, int status) throws IOException {
            Object inode = Files.getAttribute(host.path("/var/lib/rpm/.rpm.lock"), "unix:ino");
            host.file("/proc/locks", """
                    1: OFDLCK ADVISORY  WRITE -1 fe:00:1155085 0 EOF
                    12: POSIX  ADVISORY  WRITE 7 fe:00:%s 0 EOF
                    """.formatted(inode));
            host.file("/proc/7/comm", "rpm\n");
            lockedFor(99, program(manager), file, status, MANAGES);
            HostDirectory.Result result = host.run(HURRIED + of(manager).apply("", new Outputs()));
            assertThat(result.errors()).contains("/.rpm.lock. It is held by process 7 (rpm)\n");

            host.file("/proc/locks", "");
            Files.delete(host.path("/bin/sleep.calls"));
            assertThat(host.run(HURRIED + of(manager).apply("", new Outputs())).errors())
                    .as("who ended in between is not named")
                    .contains("/.rpm.lock\n");
        }

        @ParameterizedTest
        @EnumSource(value = PackageManager.class, mode = EnumSource.Mode.EXCLUDE, names = "APT")
        void undoRemovesNothingThatOthersHaveComeToNeed(PackageManager manager) throws IOException {
            host.program(program(manager), MANAGES);
            host.apply(of(manager));
            host.file("/state/needing", Files.readString(RECORDED.resolve("rpm-needed.txt")));
            HostDirectory.Result result = host.run(of(manager).undo());
            assertThat(result.status()).isNotZero();
            assertThat(result.errors()).contains("these packages need what would be removed: kubelet-1-1.noarch");
            assertThat(host.calls(program(manager))).hasSize(1);
        }

        @Test
        void aDatabaseThatCannotBeReadIsNoHostWithoutPackages() throws IOException {
            host.program("rpm", "echo 'error: cannot open Packages database' >&2; exit 1");
            assertThat(host.run(of(PackageManager.DNF).probe()).status()).isNotZero();
        }
    }

    @Nested
    class OfNowhere {
        private final Packages packages =
                new Packages(ID, PackageSource.of(facts("flatcar 4230.2.3", Optional.empty()), List.of(), false));

        @Test
        void whatIsMissingIsNamed() {
            assertThat(packages.desired("")).contains("program conntrack\n", "program tc\n");
            Refusal refusal = packages.refusal(packages.desired("").replace("program conntrack\n", ""))
                    .orElseThrow();
            assertThat(refusal.reason())
                    .isEqualTo("the host lacks conntrack; the bundle has no packages for flatcar 4230.2.3, and none of"
                            + " apt-get, dnf and zypper can install them there");
            assertThat(refusal.hint()).contains("put it into its image");
        }

        @Test
        void whatIsThereIsEnough() throws IOException {
            for (String line : packages.desired("").lines().toList()) {
                host.program(line.substring("program ".length()), ":");
            }
            String observed = host.probe(packages);
            assertThat(observed).isEqualTo(packages.desired(""));
            assertThat(packages.refusal(observed)).isEmpty();
        }
    }
}
