package io.kubewright.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.kubeapi.KubeObject;
import io.kubewright.network.Attachment.Ipam;
import io.kubewright.network.Attachment.Master;
import io.kubewright.network.Attachment.Type;
import io.kubewright.spec.AddressRange;
import io.kubewright.spec.Cidr;
import io.kubewright.spec.IpAddress;
import io.kubewright.spec.Pointer;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AttachmentDefinitionTest {
    static final Ipam.Whereabouts RANGE = whereabouts("10.20.0.0/24", "10.20.0.200", "10.20.0.249");

    private static Ipam.Whereabouts whereabouts(String network, String first, String last, String... exclude) {
        return new Ipam.Whereabouts(
                Cidr.parse(network),
                new AddressRange(IpAddress.parse(first), IpAddress.parse(last)),
                List.of(exclude).stream().map(Cidr::parse).toList(),
                Optional.empty());
    }

    static Attachment attachment(Master master, Ipam ipam, Optional<Integer> mtu) {
        return new Attachment(
                "multicast",
                "media",
                Type.MACVLAN,
                Optional.of("bridge"),
                master,
                Optional.empty(),
                mtu,
                ipam,
                Pointer.ROOT);
    }

    private static Attachment attachment(Ipam ipam) {
        return attachment(new Master.Named("eth1"), ipam, Optional.empty());
    }

    @Test
    void aRangeIsHandedOutByWhereaboutsAndGroupsGoOverTheAttachment() {
        KubeObject definition = AttachmentDefinition.of(attachment(RANGE), "eth1");

        assertThat(definition.kind()).isEqualTo("NetworkAttachmentDefinition");
        assertThat(definition.at("metadata", "namespace").text()).contains("media");
        assertThat(definition.at("spec", "config").text("")).isEqualTo("""
                {
                  "cniVersion" : "0.3.1",
                  "name" : "multicast",
                  "plugins" : [ {
                    "ipam" : {
                      "range" : "10.20.0.0/24",
                      "range_end" : "10.20.0.249",
                      "range_start" : "10.20.0.200",
                      "routes" : [ {
                        "dst" : "224.0.0.0/4"
                      } ],
                      "type" : "whereabouts"
                    },
                    "master" : "eth1",
                    "mode" : "bridge",
                    "type" : "macvlan"
                  }, {
                    "sysctl" : {
                      "net.ipv4.conf.IFNAME.rp_filter" : "2",
                      "net.ipv4.igmp_max_memberships" : "256"
                    },
                    "type" : "tuning"
                  } ]
                }
                """);
    }

    @Test
    void whatTheFileLeavesOutIsLeftOut() {
        Ipam.Whereabouts six = whereabouts("fd00:20::/64", "fd00:20::100", "fd00:20::1ff", "fd00:20::180/121");
        assertThat(CniText.of(AttachmentDefinition.configuration(attachment(six), "eth1")))
                .contains("\"exclude\" : [ \"fd00:20::180/121\" ]")
                .doesNotContain("routes")
                .doesNotContain("gateway")
                .doesNotContain("mtu");
    }

    @Test
    void aPodNamesItsAddressWhereTheFileHasNone() {
        assertThat(CniText.of(AttachmentDefinition.configuration(attachment(new Ipam.Static()), "eth1")))
                .contains("\"capabilities\" : {\n      \"ips\" : true\n    }");
    }

    @Test
    void hostsThatDifferReadTheirOwnFiles() {
        KubeObject definition = AttachmentDefinition.perHost(attachment(RANGE));
        assertThat(definition.at("spec").isPresent()).isTrue();
        assertThat(definition.at("spec", "config").isPresent()).isFalse();
    }

    @Test
    void aTaggedAttachmentRestsOnTheVlansLinkAndABridgeTagsByItself() {
        Attachment macvlan = tagged(Type.MACVLAN, new Ipam.Dhcp());
        Attachment bridge = tagged(Type.BRIDGE, new Ipam.Dhcp());

        assertThat(CniText.of(AttachmentDefinition.configuration(macvlan, "eth1")))
                .contains("\"master\" : \"eth1.100\"")
                .contains("\"type\" : \"dhcp\"")
                .doesNotContain("\"vlan\"");
        assertThat(CniText.of(AttachmentDefinition.configuration(bridge, "br0")))
                .contains("\"bridge\" : \"br0\"")
                .contains("\"vlan\" : 100")
                .doesNotContain("master");
        assertThat(AttachmentResources.kinds(List.of(macvlan, bridge))).containsExactly("bridge", "macvlan", "vlan");
    }

    private static Attachment tagged(Type type, Ipam ipam) {
        return new Attachment(
                "multicast",
                "media",
                type,
                Optional.empty(),
                new Master.Named("eth1"),
                Optional.of(100),
                Optional.empty(),
                ipam,
                Pointer.ROOT);
    }

    @Test
    void aVlansLinkHasANameThatTheKernelTakes() {
        assertThat(VlanLink.name("eth0", 100)).isEqualTo("eth0.100");
        assertThat(VlanLink.name("enp0s31f6np0x1", 4094))
                .hasSizeLessThanOrEqualTo(15)
                .endsWith(".4094");
        assertThat(VlanLink.name("enp0s31f6np0x1", 7)).isNotEqualTo(VlanLink.name("enp0s31f6np0x2", 7));
    }
}
