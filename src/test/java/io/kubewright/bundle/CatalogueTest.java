package io.kubewright.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CatalogueTest {
    private static final Catalogue BUILT_IN = Catalogue.builtIn();

    private static String text() {
        return new String(Resources.read("catalogue.yaml"), UTF_8);
    }

    @Test
    void everyPartHasItsModuleAndItsFurtherFiles() {
        BUILT_IN.parts()
                .forEach((name, part) ->
                        assertThat(PartBuilder.moduleFiles(part)).as(name).containsKey("go.mod"));
    }

    /** So that no part can be compiled by another toolchain than the one that the lock names. */
    @Test
    void everyModulePinsTheCataloguesToolchain() {
        BUILT_IN.parts()
                .forEach((name, part) -> assertThat(
                                new String(PartBuilder.moduleFiles(part).getOrDefault("go.mod", new byte[0]), UTF_8))
                        .as(name)
                        .contains("\ntoolchain " + BUILT_IN.toolchain() + "\n"));
    }

    /** A version stands in the catalogue for people and in go.mod for the compiler; they must say the same. */
    @Test
    void theVersionsOfThePartsAreThoseOfTheirModules() {
        Map.of(
                        "kubernetes", "k8s.io/kubernetes v1.36.4",
                        "etcd", "go.etcd.io/etcd/server/v3 v3.6.16",
                        "containerd", "github.com/containerd/containerd/v2 v2.3.4",
                        "runc", "github.com/opencontainers/runc v1.5.2",
                        "crictl", "sigs.k8s.io/cri-tools v1.36.0",
                        "cni-plugins", "github.com/containernetworking/plugins v1.9.1",
                        "coredns", "github.com/coredns/coredns v1.14.7",
                        "kube-vip", "github.com/kube-vip/kube-vip v1.2.2")
                .forEach((name, requirement) -> {
                    Catalogue.Part part = BUILT_IN.part(name);
                    assertThat(requirement).endsWith(" " + part.version());
                    assertThat(new String(PartBuilder.moduleFiles(part).getOrDefault("go.mod", new byte[0]), UTF_8))
                            .contains(requirement);
                });
    }

    @Test
    void whatClustersAreToldNamesImagesThatAreThere() {
        BundleData data = BUILT_IN.data();
        List<String> refs = BUILT_IN.images().stream()
                .map(image ->
                        image.repository() + ":" + BUILT_IN.part(image.part()).version())
                .toList();
        assertThat(refs)
                .contains(
                        data.pauseImage(),
                        data.imageRepository() + "/etcd:" + data.etcdImageTag(),
                        data.dnsImageRepository() + "/coredns:" + data.dnsImageTag())
                .doesNotHaveDuplicates();
    }

    @Test
    void onlyWhatAFeatureNeedsIsSelected() {
        Catalogue.Selection selection = BUILT_IN.select(Set.of("kube-vip"));
        assertThat(selection.parts()).containsExactly("kube-vip");
        assertThat(selection.packages()).isEmpty();
        assertThat(BUILT_IN.select(Set.of("calico")).parts()).containsExactly("calico", "cni-plugins");
    }

    @Test
    void imagesStayInTheOrderInWhichAHostNeedsThem() {
        List<String> names = BUILT_IN.select(Set.of("proof", "calico", "core")).images().stream()
                .map(Catalogue.Image::name)
                .toList();
        assertThat(names).startsWith("pause", "etcd", "kube-apiserver").endsWith("agnhost");
    }

    @Test
    void anUnknownFeatureIsNamed() {
        assertThatThrownBy(() -> BUILT_IN.select(Set.of("harbor")))
                .isInstanceOfSatisfying(
                        BundleException.class,
                        thrown -> assertThat(thrown.code()).isEqualTo(BundleException.Code.NOT_IN_CATALOGUE))
                .hasMessageContaining("feature harbor");
    }

    @Test
    void contradictionsAreAllFound() {
        String broken = text().replace("  runc: runc/runc\n", "  runc: runc/rancid\n")
                .replace("images: [kube-vip]", "images: [kube-vop]")
                .replace("layer: userland\n", "layer: userlend\n");
        assertThatThrownBy(() -> Catalogue.parse(broken))
                .hasMessageContaining("binary runc names runc/rancid")
                .hasMessageContaining("kube-vip needs image kube-vop")
                .hasMessageContaining("the layer userlend");
    }

    @Test
    void anUnknownKeyIsAnError() {
        assertThatThrownBy(
                        () -> Catalogue.parse(text().replace("    licence: Apache-2.0\n", "    license: Apache-2.0\n")))
                .isInstanceOf(BundleException.class)
                .hasMessageContaining("license");
    }

    @Test
    void theKeyOfAPartChangesWithEverythingItsBytesDependOn() {
        Catalogue.Part part = BUILT_IN.part("crictl");
        String key = PartBuilder.recipe("crictl", part, "go1.26.7", Architecture.AMD64);
        assertThat(PartBuilder.recipe("crictl", part, "go1.26.7", Architecture.AMD64))
                .isEqualTo(key);
        assertThat(List.of(
                        PartBuilder.recipe("crictl", part, "go1.26.8", Architecture.AMD64),
                        PartBuilder.recipe("crictl", part, "go1.26.7", Architecture.ARM64),
                        PartBuilder.recipe("crictl", BUILT_IN.part("runc"), "go1.26.7", Architecture.AMD64)))
                .doesNotContain(key)
                .doesNotHaveDuplicates();
    }
}
