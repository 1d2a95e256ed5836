package io.kubewright.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.resource.HostDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the probe of init and join says of hosts in every state, and what is then done. */
class NodeStateTest {
    private static final List<String> COMPONENTS =
            List.of("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler");

    @TempDir
    private Path directory;

    private HostDirectory host;

    @BeforeEach
    void makeHost() throws IOException {
        host = new HostDirectory(directory.toRealPath());
        host.program("systemctl", "true");
    }

    private static HostResource step(String id) {
        return KubeResources.of(Samples.cluster(false), Samples.supplies(false)).stream()
                .filter(resource -> resource.id().toString().equals(id))
                .map(HostResource.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private void kubelet(String server) throws IOException {
        host.file("/etc/kubernetes/kubelet.conf", "clusters:\n- cluster:\n    server: https://" + server + "\n");
        host.file("/var/lib/kubelet/config.yaml", "kind: KubeletConfiguration\n");
    }

    private void controlPlane(String endpoint) throws IOException {
        kubelet("10.20.0.11:6443");
        for (String component : COMPONENTS) {
            host.file("/etc/kubernetes/manifests/" + component + ".yaml", "kind: Pod\n");
        }
        host.file("/etc/kubernetes/admin.conf", "clusters:\n- cluster:\n    server: https://" + endpoint + "\n");
        Files.createDirectories(host.path("/var/lib/etcd/member"));
    }

    @Test
    void nothingIsAbsent() {
        assertThat(host.probe(step("kube/init@n1"))).isEmpty();
    }

    @Test
    void emptyDirectoriesOfAnInstalledKubeletAreNothing() throws IOException {
        Files.createDirectories(host.path("/etc/kubernetes/manifests"));
        Files.createDirectories(host.path("/var/lib/etcd"));
        assertThat(host.probe(step("kube/join@n4"))).isEmpty();
    }

    @Test
    void aControlPlaneIsJoined() throws IOException {
        controlPlane("10.20.0.10:6443");
        HostResource init = step("kube/init@n1");
        assertThat(host.probe(init)).isEqualTo(init.desired(""));
        assertThat(init.refusal(init.desired(""))).isEmpty();
    }

    @Test
    void aWorkerIsJoined() throws IOException {
        kubelet("10.20.0.10:6443");
        HostResource join = step("kube/join@n4");
        assertThat(host.probe(join)).isEqualTo(join.desired(""));
    }

    @Test
    void aStoppedKubeletIsStartedAndNothingElse() throws IOException {
        kubelet("10.20.0.10:6443");
        host.program("systemctl", "[ \"$1\" != is-active ] || exit 3");
        HostResource join = step("kube/join@n4");
        String observed = host.probe(join);
        assertThat(observed).endsWith("kubelet: stopped\n");
        assertThat(join.refusal(observed)).isEmpty();
        assertThat(join.apply(observed, new Outputs()))
                .startsWith("systemctl start kubelet.service\n")
                .doesNotContain("kubeadm");
    }

    @Test
    void aJoinOfOursThatBrokeOffIsTakenBackFirst() throws IOException {
        host.file("/state/kube-unfinished", "join\n");
        Files.createDirectories(host.path("/var/lib/etcd/member"));
        HostResource init = step("kube/init@n1");
        String observed = host.probe(init);
        assertThat(observed).startsWith("node: unfinished\nrole: control-plane\nbegun by: kubewright\n");
        assertThat(init.refusal(observed)).isEmpty();
        assertThat(init.apply(observed, new Outputs())).contains("# Takes a node apart");
        assertThat(init.apply("", new Outputs())).doesNotContain("# Takes a node apart");
    }

    @Test
    void partsOfAnothersNodeAreRefused() throws IOException {
        Files.createDirectories(host.path("/var/lib/etcd/member"));
        HostResource init = step("kube/init@n1");
        String observed = host.probe(init);
        assertThat(observed).contains("begun by: another\n", "there: /var/lib/etcd/member\n");
        assertThat(init.refusal(observed).orElseThrow().reason()).contains("n1 holds parts of a Kubernetes node");
    }

    @Test
    void aControlPlaneThatLacksAComponentIsUnfinished() throws IOException {
        controlPlane("10.20.0.10:6443");
        Files.delete(host.path("/etc/kubernetes/manifests/kube-scheduler.yaml"));
        assertThat(host.probe(step("kube/init@n1"))).startsWith("node: unfinished\nrole: control-plane\n");
    }

    @Test
    void anotherEndpointOrRoleIsRefused() throws IOException {
        controlPlane("10.20.0.99:6443");
        HostResource init = step("kube/init@n1");
        assertThat(init.refusal(host.probe(init)).orElseThrow().reason()).contains("endpoint: 10.20.0.99:6443");
        HostResource worker = step("kube/join@n4");
        assertThat(worker.refusal(host.probe(worker)).orElseThrow().reason()).contains("role: control-plane");
    }
}
