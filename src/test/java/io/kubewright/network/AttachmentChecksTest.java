package io.kubewright.network;

import static io.kubewright.network.AttachmentDefinitionTest.RANGE;
import static io.kubewright.network.AttachmentDefinitionTest.attachment;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.KubeYaml;
import io.kubewright.kubeapi.proof.Sections;
import io.kubewright.network.Attachment.Master;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What looks at links, files and books mean. */
class AttachmentChecksTest {
    private static final Attachment MACVLAN = attachment(new Master.Named("eth1"), RANGE, Optional.empty());

    private static Optional<String> judge(int own, int further, int answers) {
        return AttachmentChecks.judge(
                MACVLAN, "from eth1 of n1 to eth1 of n2", new Segment.Neighbour(own, further, answers), "; HINT");
    }

    @Test
    void eachWayInWhichFramesAreLostHasItsCause() {
        assertThat(judge(40, 40, 38)).isEmpty();
        assertThat(judge(0, 0, 0))
                .hasValueSatisfying(said -> assertThat(said)
                        .contains("no frame came from eth1 of n1 to eth1 of n2", "one segment")
                        .doesNotContain("HINT"));
        assertThat(judge(40, 0, 0))
                .hasValueSatisfying(
                        said -> assertThat(said).contains("port security", "forged transmits", "HINT", "ipvlan"));
        assertThat(judge(40, 40, 0))
                .hasValueSatisfying(said -> assertThat(said).contains("none to a further one", "HINT"));
    }

    @Test
    void whatAHostSawIsRead() {
        Segment segment = Segment.parse("""
                == attached
                yes
                == vendor
                VMware, Inc.
                VMware7,1
                == links
                {"interface":"eth1","up":true,"carrier":true,"bridge":false,"neighbours":{"n2":{"own":3,"further":2,"answers":1}},"held":{"10.20.0.201":"02:00:00:00:00:01"},"error":""}
                {"interface":"eth2","up":false,"carrier":false,"bridge":false,"neighbours":{},"held":{},"error":""}
                """);

        assertThat(segment.attached()).isTrue();
        assertThat(segment.vendor()).isEqualTo("VMware, Inc. VMware7,1");
        assertThat(segment.links().get("eth1").from("n2")).isEqualTo(new Segment.Neighbour(3, 2, 1));
        assertThat(segment.links().get("eth1").from("n3")).isEqualTo(new Segment.Neighbour(0, 0, 0));
        assertThat(segment.links().get("eth1").owners()).containsEntry("10.20.0.201", "02:00:00:00:00:01");
        assertThat(segment.links().get("eth2").up()).isFalse();
        assertThatThrownBy(() -> Segment.parse("== links\nSegmentation fault\n"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aNodeIsRedWhosePodsGoPastMultus() {
        assertThat(multus("/etc/cni/net.d/00-multus.conf", "there", "0123").ok())
                .isTrue();
        assertThat(multus("/etc/cni/net.d/10-calico.conflist", "there", "0123").evidence())
                .contains("n1", "10-calico.conflist", "without further networks");
        assertThat(multus("/etc/cni/net.d/00-multus.conf", "there", "").evidence())
                .contains("does not run on n1");
        assertThat(multus("/etc/cni/net.d/00-multus.conf", "", "0123").evidence())
                .contains("does not listen");
    }

    private static io.kubewright.kubeapi.proof.Verdict multus(String first, String socket, String daemon) {
        return AttachmentProofs.judge(
                "n1",
                Sections.parse("== first\n" + first + "\n== socket\n" + socket + "\n== daemon\n" + daemon + "\n"));
    }

    @Test
    void whatPodsAskForIsCountedInBothWays() {
        assertThat(AttachmentProofs.asked(asking("media/multicast, wire@net7"))).isEqualTo(2);
        assertThat(AttachmentProofs.asked(asking("[{\"name\": \"multicast\"}, {\"name\": \"wire\"}]")))
                .isEqualTo(2);
        assertThat(AttachmentProofs.asked(asking(""))).isZero();
    }

    private static KubeObject asking(String networks) {
        return KubeObject.of(io.kubewright.kubeapi.ObjectRef.pod("media", "p"))
                .withAnnotation(AttachmentProofs.ASKING, networks);
    }

    @Test
    void aRangeThatIsUsedUpIsRed() {
        List<KubeObject> pools = KubeYaml.read("test", """
                apiVersion: whereabouts.cni.cncf.io/v1alpha1
                kind: IPPool
                metadata: {name: 10.20.0.0-24, namespace: kube-system}
                spec:
                  range: 10.20.0.0/24
                  allocations:
                    "5": {id: a, podref: other/p}
                    "200": {id: b, podref: media/here}
                    "201": {id: c, podref: media/gone}
                """);

        assertThat(AttachmentProofs.judge(MACVLAN, RANGE, pools, Set.of("media/here"))
                        .evidence())
                .isEqualTo("2 addresses of 10.20.0.200-10.20.0.249 are taken, 48 are free; 1 are of pods that are gone,"
                        + " and come back within minutes");
        Attachment.Ipam.Whereabouts two = new Attachment.Ipam.Whereabouts(
                RANGE.network(),
                new io.kubewright.spec.AddressRange(
                        RANGE.range().first(), RANGE.range().first().plus(1)),
                List.of(),
                Optional.empty());
        assertThat(AttachmentProofs.judge(MACVLAN, two, pools, Set.of("media/here"))
                        .ok())
                .isFalse();
    }
}
