package io.kubewright.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class RolloutTest {
    private static KubeObject daemons(long generation, long observed, long desired, long updated, long available) {
        return KubeObject.of(ObjectRef.of("apps/v1", "DaemonSet", "kube-system", "calico-node"))
                .with(generation, "metadata", "generation")
                .with(
                        Map.of(
                                "observedGeneration", observed,
                                "desiredNumberScheduled", desired,
                                "updatedNumberScheduled", updated,
                                "numberAvailable", available),
                        "status");
    }

    @Test
    void aDaemonSetIsCompleteWhenItsTemplateRunsReadyOnEveryNode() {
        assertThat(Rollout.missing(daemons(2, 1, 3, 3, 3))).hasValue("calico-node not looked at yet by its controller");
        assertThat(Rollout.missing(daemons(2, 2, 3, 1, 3))).hasValue("calico-node 1/3 up to date");
        assertThat(Rollout.missing(daemons(2, 2, 3, 3, 2))).hasValue("calico-node 2/3 ready");
        assertThat(Rollout.missing(daemons(2, 2, 3, 3, 3))).isEmpty();
    }

    @Test
    void aTemplateIsEverywhereBeforeItsPodsAreReady() {
        assertThat(Rollout.outdated(daemons(2, 1, 3, 3, 3)))
                .hasValue("calico-node not looked at yet by its controller");
        assertThat(Rollout.outdated(daemons(2, 2, 3, 1, 3))).hasValue("calico-node 1/3 up to date");
        assertThat(Rollout.outdated(daemons(2, 2, 3, 3, 0))).isEmpty();
    }

    @Test
    void aDeploymentIsCompleteWhenNoOldPodIsLeft() {
        KubeObject deployment = KubeObject.of(ObjectRef.of("apps/v1", "Deployment", "kube-system", "coredns"))
                .with(2, "spec", "replicas")
                .with(Map.of("replicas", 3, "updatedReplicas", 2, "availableReplicas", 2), "status");
        assertThat(Rollout.missing(deployment)).hasValue("coredns 1 old still running");
        assertThat(Rollout.missing(deployment.with(2, "status", "replicas"))).isEmpty();
    }

    @Test
    void aPodSaysWhatItWaitsFor() {
        KubeObject pod = KubeYaml.readOne("test", """
                apiVersion: v1
                kind: Pod
                metadata: {name: calico-node-x7, namespace: kube-system}
                spec: {nodeName: n2}
                status:
                  phase: Pending
                  initContainerStatuses:
                  - {name: install-cni, state: {waiting: {reason: ErrImageNeverPull, message: not there}}}
                  containerStatuses:
                  - {name: calico-node, state: {waiting: {reason: PodInitializing}}}
                """);
        assertThat(PodStatus.of(pod))
                .isEqualTo("calico-node-x7 on n2: Pending; install-cni waits: ErrImageNeverPull (not there)");
    }
}
