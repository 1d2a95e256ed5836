package io.kubewright.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabNetworkTest {
    @Test
    void isTheNetworkOfItsHosts() {
        LabNetwork network = LabNetwork.of(List.of(new LabHost("n1", "10.77.0.11"), new LabHost("n2", "10.77.0.12")));

        assertThat(network.gateway()).isEqualTo("10.77.0.1");
        assertThat(network.cidr()).isEqualTo("10.77.0.0/24");
    }

    @ParameterizedTest
    @CsvSource({
        "n1, 10.77.0.1, cannot have the address",
        "n1, 10.77.0.255, cannot have the address",
        "n1, fd00::1, IPv6",
        "n1, host.example, not an IP address",
        "N1, 10.77.0.11, cannot name a host",
        "'a b', 10.77.0.11, cannot name a host",
        "other, 10.78.0.11, several networks",
        "second, 10.77.0.12, another host has"
    })
    void refusesWhatIsUnfit(String name, String address, String says) {
        List<LabHost> hosts = List.of(new LabHost("second", "10.77.0.12"), new LabHost(name, address));

        assertThatThrownBy(() -> LabNetwork.of(hosts))
                .isInstanceOfSatisfying(LabException.class, e -> {
                    assertThat(e.code()).isEqualTo(LabException.Code.UNFIT);
                    assertThat(e.hint()).isNotBlank();
                })
                .hasMessageContaining(says);
    }

    @Test
    void refusesNoHosts() {
        assertThatThrownBy(() -> LabNetwork.of(List.of())).hasMessageContaining("no hosts");
    }

    @ParameterizedTest
    @CsvSource({
        "10.77.0.0/24, true",
        "10.77.0.9, true",
        "10.77.0.128/25, true",
        "10.0.0.0/8, true",
        "10.77.1.0/24, false",
        "192.0.2.0/24, false",
        "0.0.0.0/0, false",
        "default, false",
        "fd00::/64, false"
    })
    void knowsWhichRoutesAreInItsWay(String destination, boolean overlaps) {
        assertThat(Switch.overlaps("10.77.0", destination)).isEqualTo(overlaps);
    }

    @Test
    void namesLinksShortEnoughForTheKernel() {
        assertThat(List.of(
                        LabNetwork.link(99_999), LabNetwork.BRIDGE, LabNetwork.MACHINE_LINK, LabNetwork.MACHINE_PORT))
                .allSatisfy(
                        name -> assertThat(name).startsWith(LabNetwork.NAMES).hasSizeLessThanOrEqualTo(15));
    }

    @Test
    void givesEachAddressItsOwnHardwareAddress() {
        assertThat(LabNetwork.mac("10.77.0.11")).isEqualTo("02:4b:0a:4d:00:0b");
        assertThat(LabNetwork.mac("10.77.0.200")).isEqualTo("02:4b:0a:4d:00:c8");
    }
}
