package io.kubewright.cli;

import static io.kubewright.cli.RealCluster.FILE;
import static io.kubewright.cli.RealCluster.HOSTS;
import static io.kubewright.cli.RealCluster.kubewright;
import static io.kubewright.cli.RealCluster.on;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.bundle.RealBundle;
import io.kubewright.lab.Lab;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Five bare hosts, tried out before anything is done to them; for what makes faults, packages are brought there. A machine holds one lab, so none may stand.
 */
@Order(3)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class PreflightIT {
    @TempDir
    private static Path temporary;

    private static boolean ours;

    @BeforeAll
    static void bringsHostsUp() throws Exception {
        RealCluster.requireRoot();
        if (Lab.standing().isPresent()) {
            RealCluster.cannot("a lab stands on this machine: kubewright lab down");
        }
        RealBundle.get();
        ours = true;
        kubewright("lab", "up", "--hosts-only", "-f", FILE).done();
    }

    @AfterAll
    static void takesThemAway() {
        if (ours) {
            kubewright("lab", "down").done();
        }
    }

    /** Evidence of what does not hold, by {@code path@target}; the exit code says the same. */
    private static Map<String, String> red() {
        return red(FILE);
    }

    private static Map<String, String> red(String file) {
        RealCluster.Result preflight = kubewright("preflight", "--json", "-f", file);
        Map<String, String> red = new TreeMap<>();
        int pairs = 0;
        for (JsonNode check : preflight.json().path("checks")) {
            String path = check.path("path").asString();
            pairs += path.equals("preflight/ports") ? 1 : 0;
            if (!check.path("ok").asBoolean()) {
                red.put(
                        path + "@" + check.path("target").asString(),
                        check.path("evidence").asString());
            }
        }
        assertThat(pairs).as(preflight.err()).isEqualTo(HOSTS.size() * (HOSTS.size() - 1));
        assertThat(preflight.code()).isEqualTo(red.isEmpty() ? 0 : 2);
        return red;
    }

    @Test
    @Order(1)
    void bareHostsHoldAndNothingIsLeft() throws Exception {
        Map<String, Traces> before = new TreeMap<>();
        for (String host : HOSTS) {
            before.put(host, Traces.of(host));
        }

        assertThat(red()).isEmpty();

        for (Map.Entry<String, Traces> host : before.entrySet()) {
            assertThat(Traces.of(host.getKey()).against(host.getValue()))
                    .as(host.getKey())
                    .isEmpty();
        }
    }

    @Test
    @Order(2)
    void aFirewallIsFoundByWhatItDrops() throws Exception {
        on("n2", NetworkFault.dropping("ports", "tcp dport 10250", "udp dport 4789"))
                .done();
        try {
            Map<String, String> red = red();

            assertThat(red.keySet())
                    .containsExactlyInAnyOrder(HOSTS.stream()
                            .filter(host -> !host.equals("n2"))
                            .flatMap(host -> Stream.of("preflight/ports@" + host + ">n2", "preflight/ports@n2>" + host))
                            .toArray(String[]::new));
            assertThat(red.get("preflight/ports@n5>n2"))
                    .contains("tcp/10250 of n2")
                    .contains("udp/4789 of n2")
                    .contains("a firewall on n2 or one on the way drops it")
                    .doesNotContain("6443");
        } finally {
            on("n2", NetworkFault.letting("ports")).done();
        }
    }

    /** A switch whose port lets in one MAC address, and somebody who has an address that pods would get. */
    @Test
    @Order(2)
    void whatKeepsPodsOffTheWireIsFound() throws Exception {
        String file = AttachedLab.file(temporary);
        on("n4", "ip address add 10.77.0.140/24 dev eth0").done();
        try (Wire.Port _ = Wire.Port.secured("n2")) {
            Map<String, String> red = red(file);

            assertThat(red.keySet())
                    .containsExactlyInAnyOrder(Stream.concat(
                                    Stream.of("preflight/attachments/range@media/multicast"),
                                    HOSTS.stream()
                                            .filter(host -> !host.equals("n2"))
                                            .flatMap(host -> Stream.of("preflight/attachments/segment@n2>" + host)))
                            .toArray(String[]::new));
            assertThat(red.get("preflight/attachments/range@media/multicast"))
                    .contains("10.77.0.140 belongs to 02:4b:0a:4d:00:0e");
            assertThat(red.get("preflight/attachments/segment@n2>n1"))
                    .contains("none of a further one")
                    .contains("port security");
        } finally {
            on("n4", "ip address delete 10.77.0.140/24 dev eth0").done();
        }
    }

    @Test
    @Order(2)
    void whatIsWrongOnAHostIsToldByName() throws Exception {
        // socat
        kubewright("apply", "--yes", "--only", "host/packages", "-f", FILE).done();
        on("n3", """
                systemd-run --unit=k3s -- sleep 600
                systemd-run --unit=holder -- socat TCP-LISTEN:10250,fork EXEC:cat
                cp /etc/hosts /root/hosts
                sed -i '/localhost/d' /etc/hosts
                echo 10.77.0.99 localhost >>/etc/hosts
                hostname n4
                """).done();
        try {
            Map<String, String> red = red();

            assertThat(red.keySet())
                    .containsExactlyInAnyOrder(
                            "preflight/free-ports@n3",
                            "preflight/identity@n3",
                            "preflight/identity@n4",
                            "preflight/names@n3",
                            "preflight/signs@n3");
            assertThat(red.get("preflight/free-ports@n3"))
                    .contains("tcp/10250 of n3")
                    .contains("held by socat");
            assertThat(red.get("preflight/signs@n3")).contains("k3s runs here");
            assertThat(red.get("preflight/identity@n3")).contains("has the hostname n4 of n4");
            assertThat(red.get("preflight/names@n3")).contains("localhost resolves to 10.77.0.99");
        } finally {
            on("n3", "systemctl stop k3s holder; cp /root/hosts /etc/hosts; rm /root/hosts; hostname n3")
                    .done();
        }
    }
}
