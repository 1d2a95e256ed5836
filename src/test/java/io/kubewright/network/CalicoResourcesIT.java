package io.kubewright.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.bundle.RealBundle;
import io.kubewright.engine.ClusterResource;
import io.kubewright.engine.Observation;
import io.kubewright.engine.Progress;
import io.kubewright.engine.Resource;
import io.kubewright.engine.StepId;
import io.kubewright.kubeapi.ClusterApi;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.KubeYaml;
import io.kubewright.kubeapi.ObjectResource;
import io.kubewright.kubeapi.RealApiServer;
import io.kubewright.spec.Cidr;
import io.kubewright.spec.Host;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Calico's real manifest, with our changes, on a real API server. */
class CalicoResourcesIT {
    private static final Host FIRST = PodMtuTest.host("n1", "10.0.0.1");
    private static final StepId API = new StepId("kube/init", "n1");

    /** Calico's own VXLAN manifest, from the Go module that bundles are built from. */
    private static String manifest() throws InterruptedException {
        return RealBundle.get().manifest("calico");
    }

    @Test
    void theRealManifestChangesInThesePlacesOnly() throws InterruptedException {
        List<KubeObject> before = KubeYaml.read("test", manifest());
        List<KubeObject> after =
                CalicoManifest.changed(manifest(), CalicoManifestTest.settings(CalicoManifestTest.IMAGES));
        assertThat(Changes.between(before, after))
                .map(line -> line.replaceFirst("spec.template.spec.", "").replaceFirst("=[0-9a-f]{64}", "=DIGEST"))
                .containsExactly(
                        "ConfigMap calico-config: data.veth_mtu: 0 -> 1450",
                        "DaemonSet calico-node: spec.template.metadata.annotations: nothing ->"
                                + " {kubewright.io/configuration=DIGEST}",
                        "DaemonSet calico-node: containers[calico-node].env[CALICO_IPV4POOL_CIDR]: nothing ->"
                                + " {name=CALICO_IPV4POOL_CIDR, value=10.244.0.0/16}",
                        "DaemonSet calico-node: containers[calico-node].env[CALICO_IPV4POOL_VXLAN].value:"
                                + " CrossSubnet -> Always",
                        "DaemonSet calico-node: containers[calico-node].env[CALICO_IPV6POOL_VXLAN].value:"
                                + " CrossSubnet -> Never",
                        "DaemonSet calico-node: containers[calico-node].env[FELIX_DebugSkipCTLBCleanup]: nothing ->"
                                + " {name=FELIX_DebugSkipCTLBCleanup, value=true}",
                        "DaemonSet calico-node: containers[calico-node].env[IP_AUTODETECTION_METHOD]: nothing ->"
                                + " {name=IP_AUTODETECTION_METHOD, value=kubernetes-internal-ip}",
                        "DaemonSet calico-node: containers[calico-node].imagePullPolicy: IfNotPresent -> Never",
                        "DaemonSet calico-node: containers[calico-node].livenessProbe.exec:"
                                + " {command=[/bin/calico-node, -felix-live]} -> nothing",
                        "DaemonSet calico-node: containers[calico-node].livenessProbe.httpGet: nothing ->"
                                + " {host=localhost, path=/liveness, port=9099}",
                        "DaemonSet calico-node: containers[calico-node].readinessProbe.exec:"
                                + " {command=[/bin/calico-node, -felix-ready]} -> nothing",
                        "DaemonSet calico-node: containers[calico-node].readinessProbe.httpGet: nothing ->"
                                + " {host=localhost, path=/readiness, port=9099}",
                        "DaemonSet calico-node: initContainers[ebpf-bootstrap].imagePullPolicy: IfNotPresent -> Never",
                        "DaemonSet calico-node: initContainers[install-cni].imagePullPolicy: IfNotPresent -> Never",
                        "DaemonSet calico-node: initContainers[upgrade-ipam].imagePullPolicy: IfNotPresent -> Never",
                        "Deployment calico-kube-controllers: containers[calico-kube-controllers].imagePullPolicy:"
                                + " IfNotPresent -> Never");
    }

    @Test
    void everyObjectIsAppliedConfirmedAndThenLeftAlone(@TempDir Path directory)
            throws IOException, InterruptedException {
        String manifest = manifest();
        try (RealApiServer server = RealApiServer.start(directory);
                ClusterApi api = server.api()) {
            Set<StepId> done = new HashSet<>(Set.of(API, new StepId("network/calico/images", "n1")));
            for (Resource resource : resources(api, manifest)) {
                assertThat(done).as("needs of " + resource.id()).containsAll(resource.needs());
                done.add(resource.id());
                // There are no nodes, so that what runs can only be made, not waited for.
                ClusterResource once = ((ObjectResource) resource).until(io.kubewright.kubeapi.Readiness.accepted());
                assertThat(once.observe())
                        .as(resource.id().toString())
                        .isInstanceOfSatisfying(
                                Observation.Known.class,
                                known -> assertThat(known.observed()).isEmpty());
                once.apply("", Progress.NONE);
                if (resource.id().path().contains("/customresourcedefinition/")) {
                    ((ObjectResource) resource).apply("", Progress.NONE);
                }
                assertHolds(once);
            }
            Map<StepId, String> versions = versions(api, manifest);
            for (Resource resource : resources(api, manifest)) {
                ClusterResource again = ((ObjectResource) resource).until(io.kubewright.kubeapi.Readiness.accepted());
                assertHolds(again);
                again.apply("", Progress.NONE);
            }
            assertThat(versions(api, manifest)).isEqualTo(versions);
        }
    }

    private static List<Resource> resources(ClusterApi api, String manifest) {
        CalicoInput input = new CalicoInput(
                List.of(FIRST),
                FIRST,
                Map.of(),
                List.of(Cidr.parse("10.244.0.0/16")),
                new NetworkSection.Calico(NetworkSection.Encapsulation.VXLAN, Optional.empty()),
                Set.of(API),
                Map.of());
        return CalicoResources.objects(
                api, CalicoManifest.changed(manifest, CalicoManifestTest.settings(CalicoManifestTest.IMAGES)), input);
    }

    private static void assertHolds(ClusterResource resource) throws InterruptedException {
        assertThat(resource.observe())
                .isInstanceOfSatisfying(
                        Observation.Known.class,
                        known -> assertThat(known.observed())
                                .as(resource.id().toString())
                                .isEqualTo(known.desired()));
    }

    private static Map<StepId, String> versions(ClusterApi api, String manifest) throws InterruptedException {
        Map<StepId, String> versions = new java.util.HashMap<>();
        for (Resource resource : resources(api, manifest)) {
            // A controller may write a status of its own; the generation moves with what is wanted alone.
            KubeObject live =
                    api.client().get(((ObjectResource) resource).object().ref()).orElseThrow();
            versions.put(
                    resource.id(),
                    live.at("metadata", "generation")
                            .text()
                            .orElseGet(
                                    () -> live.at("metadata", "resourceVersion").text("")));
        }
        return versions;
    }
}
