package io.kubewright.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubewright.engine.HostFacts;
import io.kubewright.network.Attachment.Master;
import io.kubewright.spec.Cidr;
import io.kubewright.spec.Host;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CarriersTest {
    private static final List<Host> HOSTS =
            List.of(PodMtuTest.host("n1", "10.0.0.1"), PodMtuTest.host("n2", "10.0.0.2"));

    private static final HostFacts.Link FIRST = link("eth1", "52:54:00:00:00:01", "10.20.0.1/24");
    /** The same network behind another name, as on a machine of another make. */
    private static final HostFacts.Link SECOND = link("enp3s0", "52:54:00:00:00:02", "10.20.0.2/24");

    private static final Map<String, HostFacts> FACTS =
            Map.of("n1", having("n1", "10.0.0.1", FIRST), "n2", having("n2", "10.0.0.2", SECOND));

    private static HostFacts.Link link(String name, String mac, String... addresses) {
        return new HostFacts.Link(name, 1500, mac, List.of(addresses));
    }

    private static HostFacts having(String name, String address, HostFacts.Link... links) {
        HostFacts facts = PodMtuTest.facts(name, address, 1500);
        return new HostFacts(
                facts.name(),
                facts.hostname(),
                facts.osId(),
                facts.osVersion(),
                facts.architecture(),
                facts.kernel(),
                facts.cpus(),
                facts.memoryBytes(),
                facts.cgroupVersion(),
                List.of(links),
                facts.defaultLink(),
                facts.labId(),
                facts.machineId(),
                facts.timeService(),
                facts.firewall(),
                facts.packageManager(),
                facts.places(),
                facts.deviations());
    }

    private static Map<String, String> names(Master master, Map<String, HostFacts> facts) {
        Map<String, String> names = new LinkedHashMap<>();
        Carriers.of(
                        AttachmentDefinitionTest.attachment(master, AttachmentDefinitionTest.RANGE, Optional.empty()),
                        HOSTS,
                        facts)
                .forEach((host, link) -> names.put(host, link.name()));
        return names;
    }

    @Test
    void aNetworkIsFoundBehindWhateverName() {
        assertThat(names(new Master.InNetwork(Cidr.parse("10.20.0.0/24")), FACTS))
                .isEqualTo(Map.of("n1", "eth1", "n2", "enp3s0"));
    }

    @Test
    void aLinkMayBeNamedByItsHardwareAddress() {
        assertThat(names(new Master.WithMac("52:54:00:00:00:01"), Map.of("n1", FACTS.get("n1"))))
                .isEqualTo(Map.of("n1", "eth1"));
    }

    @Test
    void aHostWithoutTheLinkIsNamedWithWhatItHas() {
        assertThatThrownBy(() -> names(new Master.Named("eth1"), FACTS))
                .isInstanceOf(NetworkException.class)
                .hasMessage("attachment multicast: n2 has no link of the name eth1; its links:"
                        + " enp3s0 (52:54:00:00:00:02, 10.20.0.2/24)");
    }

    @Test
    void ofSeveralLinksNoneIsGuessed() {
        Map<String, HostFacts> facts =
                Map.of("n1", having("n1", "10.0.0.1", FIRST, link("bond0", "52:54:00:00:00:03", "10.20.0.9/24")));
        assertThatThrownBy(() -> names(new Master.InNetwork(Cidr.parse("10.20.0.0/24")), facts))
                .hasMessageContaining("several links with an address in 10.20.0.0/24: [bond0, eth1]");
    }

    @Test
    void moreThanTheMasterCarriesIsRefused() {
        Attachment large = AttachmentDefinitionTest.attachment(
                new Master.InNetwork(Cidr.parse("10.20.0.0/24")), AttachmentDefinitionTest.RANGE, Optional.of(9000));
        assertThatThrownBy(() -> Carriers.of(large, HOSTS, FACTS))
                .isInstanceOfSatisfying(
                        NetworkException.class, e -> assertThat(e.code()).isEqualTo(NetworkException.Code.MTU))
                .hasMessageContaining("eth1 of n1 carries 1500 bytes");
    }
}
