package io.kubewright.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.network.Attachment;
import io.kubewright.network.Attachment.Ipam;
import io.kubewright.network.Attachment.Master;
import io.kubewright.spec.Become;
import io.kubewright.spec.Code;
import io.kubewright.spec.Document;
import io.kubewright.spec.Host;
import io.kubewright.spec.Problem;
import io.kubewright.storage.StorageSection.Provider;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClusterFileTest {
    private static final Path ROOT = Path.of("src/test/resources/io/kubewright/cluster");

    @Test
    void theLabsFileIsTakenWithAllDefaults() {
        Specification lab = ClusterFile.read(ROOT.resolve("lab.yaml"));

        assertThat(lab.hosts()).extracting(Host::name).containsExactly("n1", "n2", "n3", "n4", "n5");
        assertThat(lab.controlPlanes()).hasSize(3);
        assertThat(lab.endpoint().hostAndPort()).isEqualTo("10.77.0.200:6443");
        assertThat(lab.kubernetes().version()).isEqualTo("1.36.4");
        assertThat(lab.kubernetes().minor()).isEqualTo("1.36");
        assertThat(lab.kubernetes().podCidr()).hasToString("[10.244.0.0/16]");
        assertThat(lab.kubernetes().serviceCidr()).hasToString("[10.96.0.0/16]");
        assertThat(lab.versions()).containsEntry("calico", "3.31.0").containsEntry("kube-vip", "1.2.2");
        assertThat(lab.versions()).doesNotContainKeys("multus", "traefik");
        assertThat(lab.untested()).singleElement().asString().startsWith("calico 3.31.0 with Kubernetes 1.36");
        assertThat(lab.storage()).isEmpty();
        assertThat(lab.registry()).isEmpty();
        assertThat(lab.warnings()).isEmpty();
    }

    @Test
    void theWholeExampleIsReadAndRefusedOnlyForWhatCannotBeDoneYet() {
        Path file = ROOT.resolve("whole.yaml");
        ClusterFile.Reading reading = ClusterFile.check(file, Document.read(file));

        assertThat(reading.problems())
                .filteredOn(problem -> problem.code().kind() == Code.Kind.ERROR)
                .isEmpty();
        assertThat(reading.problems())
                .extracting(Problem::code)
                .contains(Code.NOT_YET, Code.MDNS_NAME)
                .containsOnly(Code.NOT_YET, Code.MDNS_NAME);
        Specification whole = reading.specification();
        Host gpu = whole.hosts().getLast();
        assertThat(gpu.labels()).containsEntry("rack", "a");
        assertThat(gpu.taints()).hasToString("[nvidia.com/gpu=present:NoSchedule]");
        assertThat(gpu.ssh().user()).contains("admin");
        assertThat(gpu.ssh().become()).isEqualTo(Become.SUDO);
        assertThat(gpu.ssh().port()).contains(22);
        assertThat(gpu.ssh().identityFile())
                .contains(Path.of(System.getProperty("user.home")).resolve(".ssh/id_ed25519"));
        assertThat(whole.hosts().getFirst().nodeIp()).hasToString("10.20.0.11");
        assertThat(whole.hosts().getFirst().address()).isEqualTo("192.0.2.11");
        assertThat(whole.host().timeServers()).containsExactly("ntp.corp.local");
        assertThat(whole.host().proxy().http()).isEmpty();
        assertThat(whole.storage().map(storage -> storage.provider())).contains(new Provider.Longhorn());
        assertThat(whole.registry().flatMap(registry -> registry.host())).contains("registry.corp.local");
        assertThat(whole.gpu().flatMap(cards -> cards.timeSlicing())).isEmpty();
        Attachment attachment = whole.network().attachments().getFirst();
        assertThat(attachment.namespace()).isEqualTo("media");
        assertThat(attachment.vlan()).isEmpty();
        assertThat(attachment.master()).isInstanceOf(Master.InNetwork.class);
        assertThat(attachment.ipam()).isInstanceOfSatisfying(Ipam.Whereabouts.class, ipam -> {
            assertThat(ipam.network()).hasToString("10.30.0.0/24");
            assertThat(ipam.range()).hasToString("10.30.0.100-10.30.0.200");
            assertThat(ipam.exclude()).hasToString("[10.30.0.150/32]");
            assertThat(ipam.gateway()).isEmpty();
        });
    }

    @Test
    void aHostOverridesTheCommonSshSettings() {
        Specification file = read("""
                bundle: source
                acceptUntested: [calico]
                ssh: {user: admin, port: 2222, identityFile: keys/id}
                hosts:
                  - {name: n1, address: 10.77.0.11, roles: [control-plane]}
                  - name: n2
                    address: 10.77.0.12
                    roles: [worker]
                    ssh: {user: root, port: 22, knownHosts: ~/known}
                endpoint: {vip: 10.77.0.200}
                """);

        assertThat(file.hosts().getFirst().ssh().user()).contains("admin");
        assertThat(file.hosts().getFirst().ssh().become()).isEqualTo(Become.SUDO);
        assertThat(file.hosts().getFirst().ssh().identityFile()).contains(Path.of("/etc/corp/keys/id"));
        assertThat(file.hosts().getLast().ssh().user()).contains("root");
        assertThat(file.hosts().getLast().ssh().become()).isEqualTo(Become.NONE);
        assertThat(file.hosts().getLast().ssh().port()).contains(22);
        assertThat(file.hosts().getLast().ssh().identityFile()).contains(Path.of("/etc/corp/keys/id"));
        assertThat(file.hosts().getLast().ssh().knownHosts())
                .isEqualTo(Optional.of(Path.of(System.getProperty("user.home")).resolve("known")));
    }

    @Test
    void theHashForgetsCommentsOrderAndLayoutButNoValue() {
        String one = """
                # a comment
                bundle: source
                acceptUntested: [calico]
                hosts:
                  - {name: n1, address: 10.77.0.11, roles: [control-plane, worker]}
                endpoint: {vip: 10.77.0.200}
                """;
        String same = """
                endpoint:
                  vip: "10.77.0.200"
                acceptUntested:
                - calico
                hosts: [{roles: [control-plane, worker], name: n1, address: 10.77.0.11}]
                bundle: source
                """;

        assertThat(read(same).sha256()).isEqualTo(read(one).sha256()).matches("[0-9a-f]{64}");
        assertThat(read(one.replace("0.200", "0.201")).sha256())
                .isNotEqualTo(read(one).sha256());
    }

    @Test
    void warningsStopNothing() {
        Specification file = read("""
                bundle: source
                acceptUntested: [calico, multus]
                hosts:
                  - {name: n1, address: 10.77.0.11, roles: [control-plane]}
                endpoint: {vip: 10.78.0.200}
                """);

        assertThat(file.warnings())
                .extracting(Problem::code)
                .containsExactly(Code.NEEDLESS_ACCEPTANCE, Code.NO_WORKER, Code.VIP_ELSEWHERE);
    }

    @Test
    void aBundleDirectoryIsNotHeldAgainstTheTable() {
        Specification file = read("""
                bundle: ./bundle
                hosts:
                  - {name: n1, address: 10.77.0.11, roles: [control-plane, worker]}
                endpoint: {vip: 10.77.0.200}
                """);

        assertThat(file.bundle()).isEqualTo("/etc/corp/bundle");
        assertThat(file.versions()).isEmpty();
        assertThat(file.untested()).isEqualTo(List.of());
    }

    @Test
    void upstreamIsTestedAsItStands() {
        Specification file = read("""
                hosts:
                  - {name: n1, address: 10.77.0.11, roles: [control-plane, worker]}
                endpoint: {vip: 10.77.0.200}
                """);

        assertThat(file.bundle()).isEqualTo("upstream");
        assertThat(file.untested()).isEmpty();
        assertThat(file.versions()).containsEntry("calico", "3.32.1");
    }

    private static Specification read(String text) {
        return ClusterFile.read(Path.of("/etc/corp/cluster.yaml"), Document.parse("cluster.yaml", text));
    }
}
