package io.kubewright.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.Fuzz;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InspectionTest {
    /** Printed by facts.sh on a Debian 13 lab host. */
    private static final String DEBIAN = """
            hostname n1
            os debian 13
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
            address eth0 10.77.0.11/24
            address eth0 10.77.0.200/32
            default eth0
            place /etc 27 1048576 writable
            place /var/lib/containerd 31 2097152 read-only
            """;

    @Test
    void readsWhatAHostTells() {
        HostFacts facts = Inspection.parse("n1", DEBIAN);

        assertThat(facts.osId() + " " + facts.osVersion()).isEqualTo("debian 13");
        assertThat(facts.memoryBytes()).isEqualTo(4025320L * 1024);
        assertThat(facts.cgroupVersion()).isEqualTo(2);
        assertThat(facts.labId()).contains("7f3a");
        assertThat(facts.defaultLink()).contains("eth0");
        assertThat(facts.links())
                .extracting(HostFacts.Link::name)
                .as("only links that hold an address")
                .containsExactly("eth0");
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
}
