package io.kubewright.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.ObjectRef;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DnsSpreadTest {
    private static KubeObject pod(String name, String node) {
        return KubeObject.of(ObjectRef.of("v1", "Pod", "kube-system", name))
                .with(node, "spec", "nodeName")
                .with(List.of(Map.of("type", "Ready", "status", "True")), "status", "conditions");
    }

    @Test
    void theSecondOnANodeMovesWhereANodeIsFree() {
        List<KubeObject> together = List.of(pod("a", "n1"), pod("b", "n1"), pod("c", "n1"));
        assertThat(DnsSpread.crowded(together, Set.of("n1", "n2", "n3")))
                .extracting(KubeObject::name)
                .containsExactly("b", "c");
        assertThat(DnsSpread.crowded(together, Set.of("n1", "n2")))
                .extracting(KubeObject::name)
                .containsExactly("b");
        assertThat(DnsSpread.crowded(together, Set.of("n1"))).isEmpty();
        assertThat(DnsSpread.crowded(List.of(pod("a", "n1"), pod("b", "n2")), Set.of("n1", "n2", "n3")))
                .isEmpty();
    }

    @Test
    void oneThatIsLeavingCountsNoMore() {
        KubeObject leaving = pod("a", "n1").with("2026-01-01T00:00:00Z", "metadata", "deletionTimestamp");
        assertThat(DnsSpread.crowded(List.of(leaving, pod("b", "n1")), Set.of("n1", "n2")))
                .isEmpty();
    }

    @Test
    void namesOnOneNodeAloneAreRed() {
        List<KubeObject> together = List.of(pod("a", "n1"), pod("b", "n1"));
        assertThat(DnsSpread.judge(together, 5).ok()).isFalse();
        assertThat(DnsSpread.judge(together, 5).evidence()).contains("n1 only");
        assertThat(DnsSpread.judge(List.of(), 5).evidence())
                .isEqualTo("CoreDNS (Deployment kube-system/coredns) is ready on no node, so there are no names");
        assertThat(DnsSpread.judge(together, 1).ok()).isTrue();
        assertThat(DnsSpread.judge(List.of(pod("a", "n1"), pod("b", "n2")), 5).ok())
                .isTrue();
        KubeObject unready = pod("b", "n2").without("status", "conditions");
        assertThat(DnsSpread.judge(List.of(pod("a", "n1"), unready), 5).ok()).isFalse();
    }
}
