package io.kubewright.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.Fuzz;
import io.kubewright.engine.resource.HostDirectory;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InspectionTest {
    private static final Path RELEASES = Path.of("src/test/resources/io/kubewright/engine/os-release");

    /** Printed by facts.sh on a Debian 13 lab host. */
    private static final String DEBIAN = """
            hostname n1
            os debian 13
            package-manager apt-get
            architecture amd64
            kernel 6.12.48+deb13-cloud-amd64
            cpus 2
            memory 4025320
            cgroup 2
            machine-id 0123456789abcdef0123456789abcdef
            lab 7f3a
            link lo 65536 00:00:00:00:00:00
            link eth0 1500 52:54:00:12:34:56
            link eth1 9000 52:54:00:12:34:57
            link cali0ab1 1450 ee:ee:ee:ee:ee:ee
            link vxlan.calico 1450 66:10:20:30:40:50
            address eth0 10.77.0.11/24
            address vxlan.calico 10.244.1.0/32
            address eth0 10.77.0.200/32
            default eth0
            place /etc 27 1048576 writable
            place /var/lib/containerd 31 2097152 read-only
            """;

    @Test
    void readsWhatAHostTells() {
        HostFacts facts = Inspection.parse("n1", DEBIAN);

        assertThat(facts.osId() + " " + facts.osVersion()).isEqualTo("debian 13");
        assertThat(facts.packageManager()).contains("apt-get");
        assertThat(facts.memoryBytes()).isEqualTo(4025320L * 1024);
        assertThat(facts.cgroupVersion()).isEqualTo(2);
        assertThat(facts.labId()).contains("7f3a");
        assertThat(facts.defaultLink()).contains("eth0");
        assertThat(facts.links())
                .extracting(HostFacts.Link::name)
                .as("those that hold an address, and the host's own")
                .containsExactly("eth0", "eth1", "vxlan.calico");
        assertThat(facts.linkOf("10.77.0.11"))
                .hasValueSatisfying(link -> assertThat(link.mtu()).isEqualTo(1500));
        assertThat(facts.linkOf("10.77.0.1")).isEmpty();
        assertThat(facts.placeOf("/etc/kubernetes/pki")).contains(new HostFacts.Place("/etc", "27", 1 << 20, true));
        assertThat(facts.placeOf("/var/lib/containerd"))
                .contains(new HostFacts.Place("/var/lib/containerd", "31", 2 << 20, false));
        assertThat(facts.placeOf("/etcetera")).isEmpty();
    }

    @Test
    void damagedFactsAreReadOrRefused() {
        Fuzz.run(
                "facts",
                DEBIAN.getBytes(UTF_8),
                500,
                (bytes, random) -> Fuzz.bytes(
                        bytes, List.of("\n", " ", "link", "address", "place", "os", "-1", "9".repeat(30)), random),
                damaged -> {
                    try {
                        assertThat(Inspection.parse("n1", new String(damaged, UTF_8))
                                        .name())
                                .isEqualTo("n1");
                    } catch (TargetException refused) {
                        assertThat(refused).hasMessageStartingWith("n1: could not be inspected: ");
                    }
                });
    }

    @Test
    void theScriptTellsOfThisMachine(@TempDir Path root) throws InterruptedException {
        HostFacts facts = Inspection.inspect(new LocalTarget("here", root));

        assertThat(facts.architecture()).isIn("amd64", "arm64");
        assertThat(facts.cpus()).isEqualTo(Runtime.getRuntime().availableProcessors());
        assertThat(facts.memoryBytes()).isGreaterThan(1L << 28);
        assertThat(facts.kernel()).isNotEqualTo("unknown");
        HostFacts.Place etc = facts.placeOf("/etc").orElseThrow();
        assertThat(etc.freeBytes()).isBetween(1L, Path.of("/etc").toFile().getTotalSpace());
        assertThat(facts.placeOf("/var/lib/containerd/x")).isPresent();
    }

    /** os-release of real systems; where each comes from is told beside them. */
    @ParameterizedTest
    @CsvSource({
        "debian-13, apt-get",
        "ubuntu-24.04, apt-get",
        "rocky-9.5, dnf",
        "almalinux-9.2, dnf",
        "centos-9, dnf",
        "opensuse-leap-15.6, zypper",
        "altlinux-10, ",
    })
    void thePackageManagerOfASystemIsTold(String system, String manager, @TempDir Path root) throws IOException {
        HostDirectory host = new HostDirectory(root.toRealPath());
        for (String each : List.of("apt-get", "dnf", "zypper")) {
            host.program(each, ":");
        }
        host.file("/proc/meminfo", "MemTotal: 4000000 kB\n");
        host.file("/etc/os-release", Files.readString(RELEASES.resolve(system)));
        HostFacts facts = Inspection.parse("n1", host.run(text()).output());
        assertThat(facts.packageManager()).isEqualTo(Optional.ofNullable(manager));
        assertThat(facts.osVersion()).isEqualTo(system.substring(system.lastIndexOf('-') + 1));

        Files.delete(host.path("/bin/" + (manager == null ? "dnf" : manager)));
        assertThat(Inspection.parse(
                                "n1",
                                host.run("command() { return 1; }\n" + text()).output())
                        .packageManager())
                .as("another one that lies about")
                .isEmpty();
    }

    private static String text() throws IOException {
        try (InputStream in = Inspection.class.getResourceAsStream("facts.sh")) {
            return new String(in.readAllBytes(), UTF_8);
        }
    }
}
