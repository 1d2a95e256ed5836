package io.kubewright.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubewright.engine.HostFacts;
import io.kubewright.spec.Become;
import io.kubewright.spec.Host;
import io.kubewright.spec.IpAddress;
import io.kubewright.spec.Pointer;
import io.kubewright.spec.Role;
import io.kubewright.spec.SshSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PodMtuTest {
    private static final List<Host> HOSTS = List.of(host("n1", "10.0.0.1"), host("n2", "10.0.0.2"));
    private static final Map<String, HostFacts> FACTS =
            Map.of("n1", facts("n1", "10.0.0.1", 9000), "n2", facts("n2", "10.0.0.2", 1500));

    @Test
    void theSmallestLinkLessVxlanDecides() {
        assertThat(PodMtu.of(HOSTS, FACTS, Optional.empty())).hasValue(1450);
        assertThat(PodMtu.of(HOSTS.subList(0, 1), FACTS, Optional.empty())).hasValue(8950);
        assertThat(PodMtu.of(HOSTS, Map.of(), Optional.empty())).isEmpty();
    }

    @Test
    void ofTwoFamiliesTheLargerHeaderCounts() {
        List<Host> both = HOSTS.stream()
                .map(host -> host(host.name(), host.address(), Optional.of(IpAddress.parse("fd00::1"))))
                .toList();
        assertThat(PodMtu.of(both, FACTS, Optional.empty())).hasValue(1430);
    }

    @Test
    void theFileMayAskForLessButNotForMore() {
        assertThat(PodMtu.of(HOSTS, FACTS, Optional.of(1400))).hasValue(1400);
        assertThatThrownBy(() -> PodMtu.of(HOSTS, FACTS, Optional.of(1500)))
                .isInstanceOf(NetworkException.class)
                .hasMessageContaining("eth0 of n2 carries 1500 bytes");
    }

    static Host host(String name, String address) {
        return host(name, address, Optional.empty());
    }

    private static Host host(String name, String address, Optional<IpAddress> second) {
        return new Host(
                name,
                address,
                IpAddress.parse(address),
                second,
                Set.of(Role.CONTROL_PLANE),
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

    static HostFacts facts(String name, String address, int mtu) {
        return new HostFacts(
                name,
                name,
                "debian",
                "13",
                "amd64",
                "6.12",
                2,
                1L << 32,
                2,
                List.of(
                        new HostFacts.Link("lo", 65536, "", List.of("127.0.0.1/8")),
                        new HostFacts.Link("eth0", mtu, "", List.of(address + "/24"))),
                Optional.of("eth0"),
                Optional.empty(),
                "id-" + name,
                Optional.empty(),
                Optional.empty(),
                Optional.of("apt-get"),
                List.of(),
                Map.of());
    }
}
