package io.kubewright.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubewright.bundle.BundleData;
import io.kubewright.engine.Digest;
import io.kubewright.kubeapi.ApiException;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.KubeYaml;
import io.kubewright.spec.Cidr;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Our changes to Calico's manifest, by path and value. */
class CalicoManifestTest {
    static final Map<String, String> IMAGES = Map.of(
            "calico-cni", "quay.io/calico/cni:v3.31.0",
            "calico-node", "quay.io/calico/node:v3.31.0",
            "calico-kube-controllers", "quay.io/calico/kube-controllers:v3.31.0");

    static CalicoManifest.Settings settings(Map<String, String> images) {
        return settings(images, "10.244.0.0/16");
    }

    private static CalicoManifest.Settings settings(Map<String, String> images, String... pods) {
        return new CalicoManifest.Settings(
                Arrays.stream(pods).map(Cidr::parse).toList(),
                Optional.of(1450),
                images,
                new BundleData(
                        "Never",
                        "r",
                        "e",
                        "d",
                        "t",
                        "p",
                        Map.of("calico-node", Map.of("FELIX_DebugSkipCTLBCleanup", "true"))));
    }

    private static String manifest() throws IOException {
        try (InputStream in = CalicoManifestTest.class.getResourceAsStream("calico-like.yaml")) {
            return new String(java.util.Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void theseAndNoOtherPlacesChange() throws IOException {
        List<KubeObject> before = KubeYaml.read("test", manifest());
        List<KubeObject> after = CalicoManifest.changed(manifest(), settings(IMAGES));
        String node = "DaemonSet calico-node: spec.template.spec.containers[calico-node]";
        assertThat(Changes.between(before, after))
                .containsExactly(
                        "ConfigMap calico-config: data.calico_backend: bird -> vxlan",
                        "ConfigMap calico-config: data.veth_mtu: 0 -> 1450",
                        "DaemonSet calico-node: spec.template.metadata.annotations: nothing ->"
                                + " {kubewright.io/configuration=" + Digest.sha256(KubeYaml.write(after.getFirst()))
                                + "}",
                        node
                                + ".env[CALICO_IPV4POOL_CIDR]: nothing -> {name=CALICO_IPV4POOL_CIDR, value=10.244.0.0/16}",
                        node + ".env[CALICO_IPV4POOL_IPIP].value: Always -> Never",
                        node + ".env[CALICO_IPV4POOL_VXLAN].value: Never -> Always",
                        node
                                + ".env[FELIX_DebugSkipCTLBCleanup]: nothing -> {name=FELIX_DebugSkipCTLBCleanup, value=true}",
                        node + ".env[IP_AUTODETECTION_METHOD]: nothing ->"
                                + " {name=IP_AUTODETECTION_METHOD, value=kubernetes-internal-ip}",
                        node + ".imagePullPolicy: IfNotPresent -> Never",
                        node + ".livenessProbe.exec: {command=[/bin/calico-node, -felix-live, -bird-live]} -> nothing",
                        node + ".livenessProbe.httpGet: nothing -> {host=localhost, path=/liveness, port=9099}",
                        node
                                + ".readinessProbe.exec: {command=[/bin/calico-node, -felix-ready, -bird-ready]} -> nothing",
                        node + ".readinessProbe.httpGet: nothing -> {host=localhost, path=/readiness, port=9099}",
                        "DaemonSet calico-node: spec.template.spec.initContainers[install-cni].imagePullPolicy:"
                                + " IfNotPresent -> Never",
                        "Deployment calico-kube-controllers:"
                                + " spec.template.spec.containers[calico-kube-controllers].imagePullPolicy: nothing -> Never");
    }

    @Test
    void aSecondNetworkChangesTheseBesides() throws IOException {
        List<KubeObject> one = CalicoManifest.changed(manifest(), settings(IMAGES));
        List<KubeObject> two =
                CalicoManifest.changed(manifest(), settings(IMAGES, "10.244.0.0/16", "fd00:10:244::/56"));
        String node = "DaemonSet calico-node: spec.template.spec.containers[calico-node]";
        assertThat(Changes.between(one, two))
                .containsExactly(
                        "ConfigMap calico-config: data.cni_network_config: { \"mtu\": __CNI_MTU__, \"ipam\": { \"type\":"
                                + " \"calico-ipam\" } } -> { \"mtu\": __CNI_MTU__, \"ipam\": { \"type\": \"calico-ipam\","
                                + " \"assign_ipv4\": \"true\", \"assign_ipv6\": \"true\" } }",
                        "DaemonSet calico-node: spec.template.metadata.annotations.kubewright.io/configuration: "
                                + Digest.sha256(KubeYaml.write(one.getFirst())) + " -> "
                                + Digest.sha256(KubeYaml.write(two.getFirst())),
                        node
                                + ".env[CALICO_IPV6POOL_CIDR]: nothing -> {name=CALICO_IPV6POOL_CIDR, value=fd00:10:244::/56}",
                        node + ".env[CALICO_IPV6POOL_VXLAN].value: Never -> Always",
                        node + ".env[FELIX_IPV6SUPPORT].value: false -> true",
                        node + ".env[IP6]: nothing -> {name=IP6, value=autodetect}",
                        node + ".env[IP6_AUTODETECTION_METHOD]: nothing ->"
                                + " {name=IP6_AUTODETECTION_METHOD, value=kubernetes-internal-ip}");
    }

    @Test
    void aPluginThatAlreadyChoosesFamiliesIsRefused() throws IOException {
        String other = manifest().replace("\"calico-ipam\" ", "\"calico-ipam\", \"assign_ipv6\": \"false\" ");
        CalicoManifest.Settings two = settings(IMAGES, "10.244.0.0/16", "fd00:10:244::/56");
        assertThatThrownBy(() -> CalicoManifest.changed(other, two))
                .isInstanceOf(NetworkException.class)
                .hasMessageContaining("cni_network_config");
    }

    @Test
    void aChangeThatFindsNothingToChangeIsAnError() throws IOException {
        String other = manifest().replace("CALICO_IPV4POOL_VXLAN", "CALICO_POOL_VXLAN");
        assertThatThrownBy(() -> CalicoManifest.changed(other, settings(IMAGES)))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("DaemonSet kube-system/calico-node")
                .hasMessageContaining("[CALICO_IPV4POOL_VXLAN].value");
    }

    @Test
    void aProbeThatAsksMoreIsAnError() throws IOException {
        String other = manifest().replace("-felix-live, -bird-live", "-felix-live, -confd-live");
        assertThatThrownBy(() -> CalicoManifest.changed(other, settings(IMAGES)))
                .isInstanceOf(NetworkException.class)
                .hasMessageContaining("livenessProbe")
                .hasMessageContaining("-confd-live");
    }

    @Test
    void aManifestAndImagesOfTwoVersionsAreRefused() throws IOException {
        String manifest = manifest();
        Map<String, String> mixed = new java.util.HashMap<>(IMAGES);
        mixed.put("calico-node", "quay.io/calico/node:v3.32.1");
        assertThatThrownBy(() -> CalicoManifest.changed(manifest, settings(mixed)))
                .isInstanceOf(NetworkException.class)
                .hasMessageContaining("quay.io/calico/node:v3.31.0")
                .hasMessageContaining("v3.32.1");
    }

    @Test
    void aContainerWithAnUnknownImageIsRefused() throws IOException {
        String other = manifest().replace("quay.io/calico/cni:", "quay.io/calico/pod2daemon:");
        assertThatThrownBy(() -> CalicoManifest.changed(other, settings(IMAGES)))
                .isInstanceOf(NetworkException.class)
                .hasMessageContaining("pod2daemon");
    }
}
