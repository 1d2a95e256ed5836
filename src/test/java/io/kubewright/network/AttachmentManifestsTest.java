package io.kubewright.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubewright.bundle.BundleData;
import io.kubewright.engine.Digest;
import io.kubewright.kubeapi.ApiException;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.KubeYaml;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Our changes to the manifests of Multus and Whereabouts, by path and value. */
class AttachmentManifestsTest {
    private static final Map<String, String> IMAGES = Map.of(
            "multus", "ghcr.io/k8snetworkplumbingwg/multus-cni:v4.3.0-thick",
            "whereabouts", "ghcr.io/k8snetworkplumbingwg/whereabouts:v0.9.4");

    private static final BundleData DATA = new BundleData("Never", "r", "e", "d", "t", "p", Map.of());

    private static String text(String name) {
        try (InputStream in = AttachmentManifestsTest.class.getResourceAsStream(name)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static List<KubeObject> multus(String text) {
        return MultusManifest.changed(text, IMAGES, DATA);
    }

    /** All in one file here; the project has four. */
    private static List<KubeObject> whereabouts(String text) {
        return WhereaboutsManifest.changed(
                name -> name.equals(WhereaboutsManifest.MANIFESTS.getFirst()) ? text : "", IMAGES, DATA);
    }

    @Test
    void theseAndNoOtherPlacesOfMultusChange() {
        String text = text("multus-like.yaml");
        List<KubeObject> after = multus(text);
        String spec = "DaemonSet kube-multus-ds: spec.template.spec.";
        assertThat(Changes.between(KubeYaml.read("test", text), after).stream()
                        .filter(line -> !line.startsWith("ConfigMap multus-daemon-config: ")))
                .containsExactly(
                        "DaemonSet kube-multus-ds: spec.template.metadata.annotations: nothing ->"
                                + " {kubewright.io/configuration=" + Digest.sha256(KubeYaml.write(after.get(1))) + "}",
                        spec
                                + "containers[kube-multus].image: ghcr.io/k8snetworkplumbingwg/multus-cni:snapshot-thick ->"
                                + " ghcr.io/k8snetworkplumbingwg/multus-cni:v4.3.0-thick",
                        spec + "containers[kube-multus].imagePullPolicy: nothing -> Never",
                        spec + "containers[kube-multus].resources.limits.cpu: 100m -> nothing",
                        spec + "containers[kube-multus].resources.limits.memory: 50Mi -> 512Mi",
                        spec + "containers[kube-multus].resources.requests.cpu: 100m -> 50m",
                        spec + "containers[kube-multus].resources.requests.memory: 50Mi -> 128Mi",
                        spec
                                + "initContainers[install-multus-binary].image:"
                                + " ghcr.io/k8snetworkplumbingwg/multus-cni:snapshot-thick ->"
                                + " ghcr.io/k8snetworkplumbingwg/multus-cni:v4.3.0-thick",
                        spec + "initContainers[install-multus-binary].imagePullPolicy: nothing -> Never",
                        spec + "initContainers[install-multus-binary].resources.limits: nothing -> {memory=64Mi}",
                        spec + "priorityClassName: nothing -> system-node-critical");
    }

    @Test
    void multusIsToldThePodNetworkAndWritesNoConfigurationOfContainerd() {
        assertThat(multus(text("multus-like.yaml"))
                        .get(1)
                        .at("data", "daemon-config.json")
                        .text(""))
                .contains("\"multusMasterCNI\" : \"10-calico.conflist\"")
                .contains("\"readinessindicatorfile\" : \"/host/etc/cni/net.d/10-calico.conflist\"")
                .contains("\"cniConfigDir\" : \"/tmp\"");
    }

    @Test
    void theseAndNoOtherPlacesOfWhereaboutsChange() {
        String text = text("whereabouts-like.yaml");
        String image =
                ": ghcr.io/k8snetworkplumbingwg/whereabouts:latest -> ghcr.io/k8snetworkplumbingwg/whereabouts:v0.9.4";
        String daemons = "DaemonSet whereabouts: spec.template.spec.";
        String reconciler = "Deployment whereabouts-reconciler: spec.";
        String container = reconciler + "template.spec.containers[whereabouts-reconciler].";
        assertThat(Changes.between(KubeYaml.read("test", text), whereabouts(text)))
                .contains(
                        "ConfigMap whereabouts-config: data.cron-expression: 30 4 * * * -> */2 * * * *",
                        daemons + "containers[whereabouts].image" + image,
                        daemons + "containers[whereabouts].imagePullPolicy: nothing -> Never",
                        daemons + "containers[whereabouts].resources.limits.cpu: 100m -> nothing",
                        daemons + "priorityClassName: nothing -> system-node-critical",
                        reconciler + "strategy: nothing -> {type=Recreate}",
                        container + "image" + image,
                        reconciler + "template.spec.priorityClassName: nothing -> system-cluster-critical")
                .hasSize(14);
    }

    @Test
    void aManifestOfAnotherShapeIsAnError() {
        String renamed = text("multus-like.yaml").replace("name: kube-multus\n", "name: multus\n");
        assertThatThrownBy(() -> multus(renamed))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("[kube-multus]");
        String another = text("multus-like.yaml").replace("multus-cni:", "multus-extra:");
        assertThatThrownBy(() -> multus(another))
                .isInstanceOf(NetworkException.class)
                .hasMessageContaining("multus-extra:snapshot-thick")
                .hasMessageContaining("which we do not know");
        String without =
                text("whereabouts-like.yaml").replace("name: whereabouts-config", "name: whereabouts-settings");
        assertThatThrownBy(() -> whereabouts(without))
                .isInstanceOf(NetworkException.class)
                .hasMessageContaining(
                        "Whereabouts's manifest in the bundle: the manifest has no ConfigMap whereabouts-config");
    }
}
