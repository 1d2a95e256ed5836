package io.kubewright.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.ObjectRef;
import io.kubewright.spec.Host;
import io.kubewright.spec.Role;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SettledTest {
    private static final List<Host> HOSTS = List.of(
            Samples.host("n1", 11, EnumSet.of(Role.CONTROL_PLANE)), Samples.host("n2", 12, EnumSet.of(Role.WORKER)));
    private static final List<String> COMPONENTS = List.of("etcd");

    private static KubeObject with(String kind, String name, String ready) {
        return KubeObject.of(ObjectRef.of("v1", kind, name))
                .with(List.of(Map.of("type", "Ready", "status", ready)), "status", "conditions");
    }

    private static KubeObject daemons(int wanted, int available) {
        return KubeObject.of(ObjectRef.of("apps/v1", "DaemonSet", "kube-system", "calico-node"))
                .with(
                        Map.of(
                                "desiredNumberScheduled", wanted,
                                "updatedNumberScheduled", wanted,
                                "numberAvailable", available),
                        "status");
    }

    @Test
    void restsWhenNodesControlPlanesAndWorkloadsDo() {
        assertThat(Settled.missing(
                        HOSTS,
                        COMPONENTS,
                        List.of(with("Node", "n1", "True"), with("Node", "n2", "True")),
                        List.of(with("Pod", "etcd-n1", "True")),
                        List.of(daemons(2, 2))))
                .isEmpty();
    }

    @Test
    void saysWhatIsMissingNodesFirst() {
        assertThat(Settled.missing(
                        HOSTS, COMPONENTS, List.of(with("Node", "n1", "False")), List.of(), List.of(daemons(2, 1))))
                .containsExactly(
                        "n1 is not Ready", "n2 is not there yet", "etcd-n1 is not there yet", "calico-node 1/2 ready");
    }

    @Test
    void aSlowClusterIsLookedAtSeldom() {
        assertThat(Settled.pause(Duration.ofMillis(100))).isEqualTo(Duration.ofSeconds(1));
        assertThat(Settled.pause(Duration.ofSeconds(2))).isEqualTo(Duration.ofSeconds(6));
        assertThat(Settled.pause(Duration.ofSeconds(40))).isEqualTo(Duration.ofSeconds(10));
    }
}
