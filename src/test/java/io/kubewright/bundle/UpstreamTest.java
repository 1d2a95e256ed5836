package io.kubewright.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class UpstreamTest {
    private static final Catalogue CATALOGUE = Catalogue.builtIn();
    private static final Upstream BUILT_IN = Upstream.builtIn();
    /** All that is Kubewright's own, and has no release to fetch. */
    private static final Set<String> OWN = Set.of("probe");

    @Test
    void onlyWhatIsOurOwnIsCompiled() {
        Catalogue.Selection all = CATALOGUE.select(Builder.features());
        for (String kubernetes : UpstreamBuilder.kubernetesVersions()) {
            Catalogue.Selection compiled = BUILT_IN.release(kubernetes).unreleased(all);
            assertThat(compiled.parts()).isEqualTo(OWN);
            assertThat(compiled.manifests()).isEmpty();
            assertThat(compiled.packages()).isEqualTo(all.packages());
        }
    }

    @ParameterizedTest
    @EnumSource(Architecture.class)
    void everyReleaseFileHasAChecksum(Architecture architecture) {
        Set<String> binaries = CATALOGUE.binaries().keySet();
        for (String kubernetes : UpstreamBuilder.kubernetesVersions()) {
            Upstream.Release release = BUILT_IN.release(kubernetes);
            assertThat(release.files(binaries, architecture)).hasSize(8).allSatisfy(file -> {
                assertThat(file.name()).doesNotContain("{");
                assertThat(file.sha256()).as(file.name()).isPresent();
                assertThat(file.members().values())
                        .allSatisfy(path -> assertThat(path).doesNotContain("{"));
            });
            assertThat(release.manifest("calico").sha256()).isPresent();
        }
    }

    @Test
    void everyChecksumIsUsed() {
        Set<String> used = new java.util.TreeSet<>();
        for (String kubernetes : UpstreamBuilder.kubernetesVersions()) {
            Upstream.Release release = BUILT_IN.release(kubernetes);
            for (Architecture architecture : Architecture.values()) {
                release.files(CATALOGUE.binaries().keySet(), architecture).forEach(file -> used.add(file.name()));
            }
            used.add(release.manifest("calico").name());
        }
        assertThat(BUILT_IN.checksums().keySet()).isEqualTo(used);
        assertThat(BUILT_IN.checksums().values()).allMatch(sum -> sum.matches("[0-9a-f]{64}"));
    }

    @ParameterizedTest
    @CsvSource({
        "kubelet, dl.k8s.io/release/v1.36.4/bin/linux/arm64/kubelet, ''",
        "cni/macvlan, github.com/containernetworking/plugins/releases/download/v1.9.1/cni-plugins-linux-arm64-v1.9.1.tgz, macvlan",
        "ctr, github.com/containerd/containerd/releases/download/v2.3.4/containerd-static-2.3.4-linux-arm64.tar.gz, bin/ctr",
        "crictl, github.com/kubernetes-sigs/cri-tools/releases/download/v1.36.0/crictl-v1.36.0-linux-arm64.tar.gz, crictl",
        "etcdctl, github.com/etcd-io/etcd/releases/download/v3.6.8/etcd-v3.6.8-linux-arm64.tar.gz, etcd-v3.6.8-linux-arm64/etcdctl",
    })
    void namesAreThoseOfTheReleases(String binary, String name, String member) {
        List<Upstream.ReleaseFile> files = BUILT_IN.release("1.36.4").files(Set.of(binary), Architecture.ARM64);

        assertThat(files).singleElement().satisfies(file -> {
            assertThat(file.name()).isEqualTo(name);
            assertThat(Optional.ofNullable(file.members().get(binary)).orElse(""))
                    .isEqualTo(member);
        });
    }

    @Test
    void whatKubeadmIsToldIsWhatItsReleaseNames() {
        assertThat(BUILT_IN.release("1.36.4").data())
                .isEqualTo(new BundleData(
                        "IfNotPresent",
                        "registry.k8s.io",
                        "3.6.8-0",
                        "registry.k8s.io/coredns",
                        "v1.14.2",
                        "registry.k8s.io/pause:3.10.2",
                        java.util.Map.of()));
        assertThat(BUILT_IN.release("1.35.8").data().pauseImage()).isEqualTo("registry.k8s.io/pause:3.10.1");
    }

    @Test
    void aReleaseThatIsNotKnownIsRefusedWithThoseThatAre() {
        assertThatThrownBy(() -> BUILT_IN.release("1.20.0"))
                .isInstanceOfSatisfying(
                        BundleException.class,
                        thrown -> assertThat(thrown.code()).isEqualTo(BundleException.Code.NOT_IN_CATALOGUE))
                .hasMessageContaining("1.36.4, 1.35.8");
    }

    @Test
    void contradictionsAreNamed() {
        String text = new String(Resources.read("upstream.yaml"), StandardCharsets.UTF_8);

        assertThatThrownBy(() -> Upstream.parse(text.replace("upstream/v1", "upstream/v2"), CATALOGUE))
                .hasMessageContaining("schema is");
        assertThatThrownBy(() -> Upstream.parse(text.replace("binary: kubelet", "binary: kubelot"), CATALOGUE))
                .hasMessageContaining("holds kubelot, which is no binary");
        assertThatThrownBy(() -> Upstream.parse(text.replace("    crictl: v1.36.0\n", ""), CATALOGUE))
                .hasMessageContaining("release 1.36.4 has no version of crictl");
        assertThatThrownBy(() -> Upstream.parse(text.replace("  runc: v1.4.3", "  rucn: v1.4.3"), CATALOGUE))
                .hasMessageContaining("has rucn, which is no part");
    }
}
