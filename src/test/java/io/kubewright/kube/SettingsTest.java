package io.kubewright.kube;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.resource.HostDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a node's settings when it is new, when the file changes, and when somebody else changes them. */
class SettingsTest {
    @TempDir
    private Path directory;

    private HostDirectory host;

    @BeforeEach
    void makeHost() throws IOException {
        host = new HostDirectory(directory.toRealPath());
        host.program("systemctl", "true")
                .program("kubeadm", "true")
                .program("crictl", "echo $$")
                .program("kubectl", "true");
        host.file("/etc/kubernetes/kubelet.conf", "kind: Config\n")
                .file("/etc/kubernetes/admin.conf", "kind: Config\n");
        host.file("/var/lib/kubelet/config.yaml", "kind: KubeletConfiguration\n");
        for (String component : new String[] {"apiserver", "controller-manager", "scheduler"}) {
            host.file("/etc/kubernetes/manifests/kube-" + component + ".yaml", "kind: Pod\n");
        }
        host.file("/etc/kubernetes/pki/apiserver.crt", "old").file("/etc/kubernetes/pki/apiserver.key", "old");
    }

    private static HostResource step(KubeInput input, String id) {
        return KubeResources.of(input, Samples.supplies(false)).stream()
                .filter(resource -> resource.id().toString().equals(id))
                .map(HostResource.class::cast)
                .findFirst()
                .orElseThrow();
    }

    private static KubeInput with(Map<String, String> flags, Map<String, String> patches, Audit audit) {
        KubeInput plain = Samples.cluster(false);
        KubernetesSection section = plain.kubernetes();
        return Samples.with(
                plain,
                new KubernetesSection(
                        section.version(),
                        section.podCidr(),
                        section.serviceCidr(),
                        false,
                        audit,
                        false,
                        flags,
                        section.apiServerExtraSans(),
                        patches));
    }

    /** What init has done when it is through. */
    private void made(HostResource settings) throws IOException {
        host.file("/state/kube-settings", settings.desired(""));
    }

    /** The settings of a node of the plain cluster that has taken note of them. */
    private HostResource applied(String id) throws IOException {
        HostResource settings = step(Samples.cluster(false), id);
        made(settings);
        host.apply(settings);
        return settings;
    }

    @Test
    void aNewNodeIsOnlyTakenNoteOf() throws IOException {
        HostResource settings = step(Samples.cluster(false), "kube/settings@n1");
        made(settings);
        assertThat(host.probe(settings)).isEmpty();
        assertThat(host.apply(settings)).isEqualTo(settings.desired(""));
        assertThat(host.calls("kubeadm")).isEmpty();
    }

    @Test
    void whatAnotherChangedIsNamed() throws IOException {
        HostResource settings = applied("kube/settings@n1");
        host.file("/etc/kubernetes/manifests/kube-scheduler.yaml", "kind: Pod\nspec: {}\n");
        assertThat(host.probe(settings))
                .isEqualTo(
                        settings.desired("") + "/etc/kubernetes/manifests/kube-scheduler.yaml: changed by another\n");
        assertThat(host.apply(settings)).isEqualTo(settings.desired(""));
        assertThat(host.calls("kubeadm")).anyMatch(call -> call.startsWith("init phase control-plane all"));
    }

    @Test
    void aFlagOfTheApiServerTouchesNeitherCertificateNorKubelet() throws IOException {
        HostResource before = applied("kube/settings@n1");
        HostResource after = step(with(Map.of("profiling", "false"), Map.of(), new Audit.None()), "kube/settings@n1");
        assertThat(host.apply(after)).isEqualTo(after.desired("")).contains("\n  kube-apiserver --profiling=false\n");
        assertThat(host.calls("kubeadm"))
                .extracting(call -> call.replaceFirst(" --.*", ""))
                .containsExactly("init phase control-plane all", "init phase upload-config all");
        assertThat(host.read("/etc/kubernetes/pki/apiserver.crt")).isEqualTo("old");
    }

    @Test
    void aPatchOfTheKubeletIsForWorkersToo() throws IOException {
        Files.delete(host.path("/etc/kubernetes/manifests/kube-apiserver.yaml"));
        HostResource before = applied("kube/settings@n4");
        HostResource after = step(
                with(Map.of(), Map.of("kubeletconfiguration", "{\"maxPods\":200}"), new Audit.None()),
                "kube/settings@n4");
        assertThat(host.apply(after)).isEqualTo(after.desired(""));
        assertThat(host.calls("kubeadm"))
                .containsExactly("upgrade node phase kubelet-config --patches "
                        + host.path("/etc/kubernetes/kubewright/patches"));
        assertThat(host.calls("systemctl")).contains("restart kubelet.service");
        assertThat(host.read("/etc/kubernetes/kubewright/patches/kubeletconfiguration+merge.yaml"))
                .isEqualTo("maxPods: 200\n");
        assertThat(host.apply(before)).isEqualTo(before.desired(""));
        assertThat(host.exists("/etc/kubernetes/kubewright/patches")).isFalse();
    }

    @Test
    void aKubeletThatDoesNotRunGetsItsFormerSettingsBack() throws IOException {
        HostResource before = applied("kube/settings@n4");
        HostResource after = step(
                with(Map.of(), Map.of("kubeletconfiguration", "{\"maxPods\":-1}"), new Audit.None()),
                "kube/settings@n4");
        host.program("kubeadm", "echo maxPods: -1 >" + host.path("/var/lib/kubelet/config.yaml"));
        host.program("kubectl", "false");
        host.program("journalctl", "echo 'invalid configuration: maxPods'");
        HostDirectory.Result result =
                host.run(after.apply(host.probe(after), new Outputs()).replace("kw_wait 60", "kw_wait 1"));
        assertThat(result.status()).isNotZero();
        assertThat(result.errors()).contains("the former ones are put back", "invalid configuration: maxPods");
        assertThat(host.read("/var/lib/kubelet/config.yaml")).isEqualTo("kind: KubeletConfiguration\n");
        assertThat(host.probe(after)).isEqualTo(before.desired(""));
    }

    @Test
    void aKubeletConfigurationThatAnotherChangedIsMadeAnew() throws IOException {
        HostResource settings = applied("kube/settings@n4");
        host.file("/var/lib/kubelet/config.yaml", "kind: Changed\n");
        assertThat(host.probe(settings)).contains("/var/lib/kubelet/config.yaml: changed by another");
        host.program("kubeadm", "echo 'kind: KubeletConfiguration' >" + host.path("/var/lib/kubelet/config.yaml"));
        assertThat(host.apply(settings)).isEqualTo(settings.desired(""));
        assertThat(host.read("/var/lib/kubelet/config.yaml")).isEqualTo("kind: KubeletConfiguration\n");
    }

    @Test
    void theAddressesOfANodeThatRunsStay() {
        HostResource step = step(Samples.cluster(false), "kube/settings@n4");
        String now = step.desired("");
        assertThat(now).startsWith("addresses: 10.20.0.14\n");
        assertThat(step.refusal(now.replace("10.20.0.14", "10.20.0.99"))
                        .map(Refusal::reason)
                        .orElse(""))
                .startsWith("n4 joined with the addresses: 10.20.0.99, which are in its certificates");
        assertThat(step.refusal(now.replaceFirst("addresses: .*\n", ""))).isEmpty();
    }

    @Test
    void anApiServerThatDoesNotStartGetsItsFormerSettingsBack() throws IOException {
        HostResource before = applied("kube/settings@n1");
        HostResource after = step(with(Map.of(), Map.of(), new Audit.Metadata()), "kube/settings@n1");
        host.program(
                "kubeadm",
                "case \"$*\" in *control-plane*) echo broken >"
                        + host.path("/etc/kubernetes/manifests/kube-apiserver.yaml") + " ;; esac");
        host.program("crictl", "case $1 in logs) echo 'unknown flag: --nonsense' ;; *) echo one ;; esac");
        HostDirectory.Result result =
                host.run(after.apply(host.probe(after), new Outputs()).replace("kw_wait 240", "kw_wait 1"));
        assertThat(result.status()).isNotZero();
        assertThat(result.errors()).contains("the former ones are put back", "unknown flag: --nonsense");
        assertThat(host.read("/etc/kubernetes/manifests/kube-apiserver.yaml")).isEqualTo("kind: Pod\n");
        assertThat(host.exists("/etc/kubernetes/kubewright/audit-policy.yaml")).isFalse();
        assertThat(host.probe(after)).isEqualTo(before.desired(""));
    }

    @Test
    void encryptionIsNotSwitchedOff() {
        HostResource on = step(Samples.options(false), "kube/settings@n1");
        HostResource off = step(Samples.cluster(false), "kube/settings@n1");
        assertThat(off.refusal(on.desired("")).map(Refusal::reason).orElse(""))
                .startsWith("Secrets in etcd are encrypted, and the file no longer asks for it");
        assertThat(on.refusal(off.desired(""))).isEmpty();
        assertThat(on.refusal("")).isEmpty();
    }

    @Test
    void ofTwoIpFamiliesKubeadmIsToldBoth() {
        KubeInput both = Samples.dualStack();
        assertThat(step(both, "kube/init@n1").apply("", new Outputs()))
                .contains("podSubnet: 10.244.0.0/16,fd00:10:244::/56", "serviceSubnet: 10.96.0.0/16,fd00:10:96::/112")
                .containsPattern("name: node-ip\\s+value: 10\\.20\\.0\\.11,fd00:20::11");
        assertThat(step(both, "kube/settings@n1").desired(""))
                .startsWith("addresses: 10.20.0.11,fd00:20::11\n")
                .contains("networks: pods 10.244.0.0/16, pods fd00:10:244::/56, services 10.96.0.0/16, services fd00:");
    }

    @Test
    void theNetworksOfAClusterThatRunsStay() {
        HostResource step = step(Samples.cluster(false), "kube/settings@n1");
        String now = step.desired("");
        assertThat(step.refusal(now)).isEmpty();
        assertThat(step.refusal(now.replaceFirst("networks: pods \\S+,", "networks: pods 10.9.0.0/16,"))
                        .map(Refusal::reason)
                        .orElse(""))
                .startsWith("the cluster was made with the networks: pods 10.9.0.0/16, services ");
        assertThat(step.refusal(now.replaceFirst(".*networks: .*\n", ""))).isEmpty();
    }

    @Test
    void aPatchOfEtcdComesTooLateForAMember() {
        HostResource plain = step(Samples.cluster(false), "kube/settings@n2");
        HostResource patched =
                step(with(Map.of(), Map.of("etcd", "{\"spec\":{}}"), new Audit.None()), "kube/settings@n2");
        assertThat(patched.refusal(plain.desired("")).map(Refusal::reason).orElse(""))
                .contains("the patch of etcd differs");
        assertThat(patched.refusal("")).isEmpty();
        assertThat(patched.refusal(patched.desired(""))).isEmpty();
    }

    @Test
    void aKeyIsMadeOnceAndKeptThroughEveryRewriting() throws IOException {
        String functions = Templates.text("encryption.sh");
        assertThat(host.run(functions + "new_encryption readable\n").status()).isZero();
        String file = "/etc/kubernetes/kubewright/encryption.yaml";
        String readable = host.read(file);
        assertThat(readable).containsSubsequence("- identity: {}", "- secretbox:");
        assertThat(host.run(functions + "new_encryption readable\nencryption written\n")
                        .output())
                .isEmpty();
        assertThat(host.read(file)).containsSubsequence("- secretbox:", "- identity: {}");
        assertThat(host.read(file).replaceAll("(?s).*secret: (\\S+).*", "$1"))
                .isEqualTo(readable.replaceAll("(?s).*secret: (\\S+).*", "$1"))
                .hasSize(44);
        assertThat(Files.getPosixFilePermissions(host.path(file)))
                .containsExactlyInAnyOrder(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);
        Files.delete(host.path(file));
        assertThat(host.run(functions + "encryption written\n").status()).isNotZero();
        assertThat(host.exists(file)).isFalse();
    }
}
