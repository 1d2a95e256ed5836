package io.kubewright.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PathSelectionTest {
    @ParameterizedTest
    @CsvSource({
        "host/sysctl, host/sysctl, n1, true",
        "host/sysctl, host/sysctl/net.ipv4, n1, true",
        "host/sysctl, host/sysctls, n1, false",
        "host/sysctl, host, n1, false",
        "host, host/sysctl, n1, true",
        "host/*, host/sysctl, n1, true",
        "host/*, host, n1, false",
        "host/sys*, host/sysctl, n1, true",
        "*, host/sysctl, n1, true",
        "*/sysctl, host/sysctl, n1, true",
        "*/calico, network/a/calico, cluster, false",
        "**, anything/at/all, cluster, true",
        "**/pool, network/calico/pool, cluster, true",
        "**/pool, pool, cluster, true",
        "**/pool, network/whirlpool, cluster, false",
        "network/**/pool, network/pool, cluster, true",
        "network/**/pool, network/a/b/pool, cluster, true",
        "network/**, network, cluster, true",
        "host/sysctl@n1, host/sysctl, n1, true",
        "host/sysctl@n1, host/sysctl, n11, false",
        "**@n1, host/sysctl, n1, true",
        "proof/pods@n1>*, proof/pods, n1>n2, true",
        "proof/pods@n1>*, proof/pods, n2>n1, false",
        "host/a.b, host/axb, n1, false",
    })
    void matchesWhatItNamesAndEverythingUnderIt(String pattern, String path, String target, boolean matches) {
        assertThat(PathPattern.parse(pattern).matches(path, target)).isEqualTo(matches);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/", "host/", "/host", "host//x", "Host", "host sysctl", "host@", "@n1", "host@n1@n2"})
    void whatIsNoPathIsRefused(String text) {
        assertThatThrownBy(() -> PathPattern.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not a path: \"" + text + "\"");
    }

    @Test
    void aPatternThatMatchesNothingIsNamed() {
        PathSelection selection = selection("host,kube/**", "hots/sysctl");
        List<StepId> steps = List.of(StepId.parse("host/sysctl@n1"), StepId.parse("kube/init@n1"));
        assertThat(selection.unmatched(steps)).map(PathPattern::toString).containsExactly("hots/sysctl");
    }

    @Test
    void skipWinsOverOnly() {
        PathSelection selection = selection("host", "host/sysctl");
        assertThat(selection.selects("host/modules", "n1")).isTrue();
        assertThat(selection.selects("host/sysctl", "n1")).isFalse();
        assertThat(selection.selects("kube/init", "n1")).isFalse();
    }

    @Test
    void aSkippedTargetLeavesThePathForOthers() {
        PathSelection selection = selection("", "proof/pods@n1>n2");
        assertThat(selection.mayInclude("proof/pods")).isTrue();
        assertThat(selection.selects("proof/pods", "n1>n2")).isFalse();
        assertThat(selection("", "proof/pods").mayInclude("proof/pods")).isFalse();
    }

    /** Holds for every path: it selects itself, every child, no sibling, and so does it with a star in any place. */
    @Test
    void propertiesOfRandomPaths() {
        long seed = 7;
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            List<String> segments = IntStream.range(0, 1 + random.nextInt(4))
                    .mapToObj(at -> word(random))
                    .collect(Collectors.toList());
            String path = String.join("/", segments);
            PathPattern itself = PathPattern.parse(path);
            assertThat(itself.matches(path, "n1")).as("seed %d: %s", seed, path).isTrue();
            assertThat(itself.matches(path + "/" + word(random), "n1")).isTrue();
            assertThat(itself.matches(path + "x", "n1")).isFalse();

            int starred = random.nextInt(segments.size());
            segments.set(starred, "*");
            assertThat(PathPattern.parse(String.join("/", segments)).matches(path, "n1"))
                    .isTrue();
            segments.set(starred, "**");
            PathPattern across = PathPattern.parse(String.join("/", segments));
            String[] longer = path.split("/");
            longer[starred] = longer[starred] + "/" + word(random) + "/" + word(random);
            assertThat(across.matches(String.join("/", Arrays.asList(longer)), "n1"))
                    .as("seed %d: %s for %s", seed, across, String.join("/", longer))
                    .isTrue();
        }
    }

    private static String word(Random random) {
        return "abcdefgh".substring(random.nextInt(4), 5 + random.nextInt(3));
    }

    private static PathSelection selection(String only, String skip) {
        return new PathSelection(patterns(only), patterns(skip));
    }

    private static List<PathPattern> patterns(String text) {
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split(",")).map(PathPattern::parse).toList();
    }
}
