package io.kubewright.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RewordingTest {
    private static final Map<String, Object> WANTED =
            Map.of("cpu", "1000m", "off", false, "image", "x:2", "env", List.of(Map.of("name", "A", "value", "1")));
    private static final Map<String, Object> MADE =
            Map.of("cpu", "1", "image", "x:2", "env", List.of(Map.of("name", "A", "value", "1")));

    @Test
    void whatIsAsWantedStandsInOurWords() {
        assertThat(Rewording.of(WANTED, MADE, MADE)).contains(WANTED);
    }

    @Test
    void onlyWhatDiffersStandsAsItIs() {
        Map<String, Object> live = Map.of(
                "cpu",
                "1",
                "image",
                "x:1",
                "old",
                "gone soon",
                "env",
                List.of(Map.of("name", "A", "value", "1"), Map.of("name", "B", "value", "2")));
        assertThat(Rewording.of(WANTED, MADE, live))
                .contains(Map.of(
                        "cpu", "1000m",
                        "off", false,
                        "image", "x:1",
                        "old", "gone soon",
                        "env", List.of(Map.of("name", "A", "value", "1"), Map.of("name", "B", "value", "2"))));
    }

    @Test
    void whatIsMissingIsMissing() {
        assertThat(Rewording.of(WANTED, MADE, Map.of("cpu", "1"))).contains(Map.of("cpu", "1000m", "off", false));
        assertThat(Rewording.of("x", "x", null)).isEmpty();
    }
}
