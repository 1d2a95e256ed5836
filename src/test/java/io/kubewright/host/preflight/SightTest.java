package io.kubewright.host.preflight;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubewright.Fuzz;
import io.kubewright.kubeapi.proof.Verdict;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SightTest {
    private static final String PRINTED = """
            == hostname
            n1
            == names
            n1 10.77.0.11
            localhost 127.0.0.1 ::1
            ntp.corp.example
            == product-uuid
            4C4C4544-0042-3510-8052-B7C04F503432
            == listeners
            tcp/22 sshd
            tcp/10250 nginx
            udp/4789 vxlan.calico
            == signs
            unit ssh.service
            unit k3s.service
            cni /etc/cni/net.d/87-podman-bridge.conflist
            == latency
            {"count":200,"directory":"/var/lib/kubewright/proof.x","event":"fsync","maximumMillis":21.4,"medianMillis":1.2,"p99Millis":12.5}
            """;

    @Test
    void whatTheScriptsPrintIsRead() {
        Sight sight = Sight.parse(PRINTED);

        assertThat(sight.hostname()).isEqualTo("n1");
        assertThat(sight.names())
                .containsEntry("localhost", List.of("127.0.0.1", "::1"))
                .containsEntry("ntp.corp.example", List.of());
        assertThat(sight.productUuid()).isEqualTo("4c4c4544-0042-3510-8052-b7c04f503432");
        assertThat(sight.listeners()).containsEntry("tcp/10250", "nginx").containsEntry("udp/4789", "vxlan.calico");
        assertThat(sight.latency()).contains(new Sight.Latency(200, 1.2, 12.5, 21.4));
        assertThatThrownBy(() -> Sight.parse("sh: 1: ip: not found")).hasMessage("the look at it printed no hostname");
    }

    @Test
    void damagedOutputIsReadOrRefused() {
        Fuzz.run(
                "preflight",
                PRINTED.getBytes(UTF_8),
                300,
                (bytes, random) ->
                        Fuzz.bytes(bytes, List.of("\n", " ", "== ", "== latency", "{", "null", "[]"), random),
                damaged -> {
                    try {
                        assertThat(Sight.parse(new String(damaged, UTF_8)).hostname())
                                .isNotEmpty();
                    } catch (IllegalArgumentException refused) {
                        assertThat(refused).hasMessageContaining("the look at it printed");
                    }
                });
    }

    @Test
    void aNameWithoutAddressIsToldWithItsRemedy() {
        Verdict verdict = HostChecks.judgeNames("n1", Sight.parse(PRINTED));

        assertThat(verdict.ok()).isFalse();
        assertThat(verdict.evidence())
                .isEqualTo(
                        "ntp.corp.example resolves to nothing on n1: look at /etc/resolv.conf and at the name servers it"
                                + " names");
    }

    @Test
    void localhostElsewhereIsFound() {
        Verdict verdict = HostChecks.judgeNames("n1", seeing(Map.of("localhost", List.of("10.0.0.5"))));

        assertThat(verdict.ok()).isFalse();
        assertThat(verdict.evidence()).startsWith("localhost resolves to 10.0.0.5 on n1");
        assertThat(HostChecks.judgeNames("n1", seeing(Map.of("localhost", List.of("::1"))))
                        .ok())
                .isTrue();
    }

    private static Sight seeing(Map<String, List<String>> names) {
        return new Sight("n1", names, "", Map.of(), List.of(), Optional.empty());
    }

    @Test
    void aSlowDiskIsToldFromTenMillisecondsAndFailsFromAHundred() {
        assertThat(HostChecks.judgeLatency("n1", new Sight.Latency(200, 1, 9, 12)))
                .isEqualTo(Verdict.ok("200 small writes made safe on n1: median 1.0 ms, 99th percentile 9.0 ms, longest"
                        + " 12.0 ms"));
        Verdict slow = HostChecks.judgeLatency("n1", new Sight.Latency(200, 1, 40, 90));
        assertThat(slow.ok()).isTrue();
        assertThat(slow.evidence()).endsWith("etcd's makers advise less than 10 ms");
        assertThat(HostChecks.judgeLatency("n1", new Sight.Latency(200, 30, 140, 300))
                        .ok())
                .isFalse();
    }

    @Test
    void signsAreWholeWordsOfTheTable() {
        assertThat(Sign.meaning("unit k3s.service"))
                .hasValueSatisfying(meaning ->
                        assertThat(meaning).isEqualTo("k3s runs here, a Kubernetes of its own: k3s-uninstall.sh"));
        assertThat(Sign.meaning("cni /etc/cni/net.d/87-podman-bridge.conflist"))
                .hasValueSatisfying(
                        meaning -> assertThat(meaning).contains("(/etc/cni/net.d/87-podman-bridge.conflist)"));
        assertThat(Sign.meaning("unit ssh.service")).isEmpty();
        assertThat(Sign.meaning("unit k3s.service.old")).isEmpty();
    }
}
