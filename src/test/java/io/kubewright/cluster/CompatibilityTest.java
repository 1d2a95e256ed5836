package io.kubewright.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.bundle.Builder;
import io.kubewright.bundle.UpstreamBuilder;
import io.kubewright.cluster.Compatibility.Offer;
import io.kubewright.cluster.Compatibility.Row;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CompatibilityTest {
    private final Compatibility table = Compatibility.load();

    @Test
    void bothSourcesHoldWhatEveryClusterNeeds() {
        for (String source : List.of("upstream", "source")) {
            assertThat(table.offers(source))
                    .containsKeys("kubernetes", "containerd", "calico", "cni-plugins", "kube-vip");
            assertThat(table.offers(source).values())
                    .allSatisfy(offer -> assertThat(offer.from()).isNotBlank())
                    .allSatisfy(offer ->
                            assertThat(offer.versions()).isNotEmpty().allMatch(version -> version.matches("[0-9.]+")));
        }
        assertThat(table.knows("/a/directory")).isFalse();
    }

    @Test
    void theDefaultVersionIsTheFirstOfEachSource() {
        for (String source : List.of("upstream", "source")) {
            Offer kubernetes =
                    Optional.ofNullable(table.offers(source).get("kubernetes")).orElseThrow();
            assertThat(kubernetes.versions().getFirst()).isEqualTo("1.36.4");
        }
    }

    @Test
    void theTableNamesTheVersionsThatTheCatalogueCompiles() {
        Map<String, String> compiled = Builder.versions();
        Map<String, Offer> offered = table.offers("source");
        assertThat(compiled.keySet())
                .containsAll(Set.of("kubernetes", "containerd", "calico", "cni-plugins", "kube-vip"));
        compiled.forEach((part, version) -> {
            Offer offer = offered.get(part);
            if (offer != null) {
                assertThat(offer.versions()).as(part).containsExactly(version.replaceFirst("^v", ""));
            }
        });
    }

    @Test
    void theTableNamesTheReleasesThatUpstreamBundlesAreMadeOf() {
        Map<String, Offer> offered = table.offers("upstream");
        assertThat(Optional.ofNullable(offered.get("kubernetes")).orElseThrow().versions())
                .isEqualTo(UpstreamBuilder.kubernetesVersions());
        for (String kubernetes : UpstreamBuilder.kubernetesVersions()) {
            Map<String, String> released = UpstreamBuilder.versions(kubernetes);
            assertThat(released).containsKeys("kubernetes", "containerd", "calico", "cni-plugins", "kube-vip");
            released.forEach((part, version) -> {
                Offer offer = offered.get(part);
                if (offer != null) {
                    assertThat(offer.versions()).as(part).contains(version.replaceFirst("^v", ""));
                }
            });
        }
    }

    @Test
    void aRowIsForAVersionWithItsLeadingPartOnly() {
        Row row = new Row("calico", "3.3", List.of("1.30"), Optional.empty(), "a place");

        assertThat(row.isFor("calico", "3.3.1")).isTrue();
        assertThat(row.isFor("calico", "3.3")).isTrue();
        assertThat(row.isFor("calico", "3.31.0")).isFalse();
        assertThat(row.isFor("multus", "3.3.1")).isFalse();
    }

    @Test
    void aRowAllowsWhatItNamesAndWhatComesAfterItsLeast() {
        Row named = new Row("calico", "3.31", List.of("1.34", "1.35"), Optional.empty(), "a place");
        Row least = new Row("traefik", "3", List.of(), Optional.of("1.25"), "a place");

        assertThat(named.allows("1.35")).isTrue();
        assertThat(named.allows("1.36")).isFalse();
        assertThat(least.allows("1.24")).isFalse();
        assertThat(least.allows("1.25")).isTrue();
        assertThat(least.allows("1.100")).isTrue();
        assertThat(least.range()).isEqualTo("1.25 or later");
    }
}
