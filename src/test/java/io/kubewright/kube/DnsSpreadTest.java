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
    void podsWithoutANodeAreNotApartYet() {
        assertThat(DnsSpread.isApart(List.of(pod("a", "n1"), pod("b", "n2")), Set.of("n1", "n2")))
                .isTrue();
        assertThat(DnsSpread.isApart(List.of(pod("a", "n1"), pod("b", "n1")), Set.of("n1", "n2")))
                .isFalse();
        assertThat(DnsSpread.isApart(List.of(pod("a", "n1"), pod("b", "")), Set.of("n1", "n2")))
                .isFalse();
        assertThat(DnsSpread.isApart(List.of(), Set.of("n1", "n2"))).isTrue();
    }

    @Test
    void nodesThatTakeNoPodOfItAreNoPlaceToMoveTo() {
        assertThat(DnsSpread.able(List.of(
                        node("plain"),
                        node("plane", "node-role.kubernetes.io/control-plane", "NoSchedule"),
                        node("starting", "node.kubernetes.io/not-ready", "NoSchedule"),
                        node("rather-not", "example.com/batch", "PreferNoSchedule"),
                        node("gpu", "nvidia.com/gpu", "NoSchedule"),
                        node("leaving", "example.com/out", "NoExecute"),
                        node("cordoned").with(true, "spec", "unschedulable"))))
                .containsExactlyInAnyOrder("plain", "plane", "starting", "rather-not");
    }

    private static KubeObject node(String name) {
        return KubeObject.of(ObjectRef.of("v1", "Node", name));
    }

    private static KubeObject node(String name, String taint, String effect) {
        return node(name).with(List.of(Map.of("key", taint, "effect", effect)), "spec", "taints");
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
