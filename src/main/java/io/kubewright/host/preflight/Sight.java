package io.kubewright.host.preflight;

import io.kubewright.kubeapi.proof.Sections;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a host says of itself and of its disk; the output of {@code look.sh} and {@code latency.sh}.
 *
 * @param names what was looked up there, with the addresses that came of it
 * @param productUuid of the machine's firmware, lower case; empty in a container and where there is none
 * @param listeners who listens, by {@code tcp/10250}; "-" for a program without a name
 * @param signs as in {@code signs.yaml}, each with its detail
 */
record Sight(
        String hostname,
        Map<String, List<String>> names,
        String productUuid,
        Map<String, String> listeners,
        List<String> signs,
        Optional<Latency> latency) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /**
     * How long the disk takes to make a small write safe, in milliseconds.
     *
     * @param count of the writes
     */
    record Latency(int count, double median, double p99, double maximum) {}

    /** @throws IllegalArgumentException when the text is not what the scripts print */
    static Sight parse(String text) {
        Sections sections = Sections.parse(text);
        if (sections.get("hostname").isEmpty()) {
            throw new IllegalArgumentException("the look at it printed no hostname");
        }
        Map<String, List<String>> names = new LinkedHashMap<>();
        sections.get("names").lines().forEach(line -> {
            List<String> words = Arrays.asList(line.strip().split(" "));
            names.put(words.getFirst(), words.subList(1, words.size()));
        });
        Map<String, String> listeners = new LinkedHashMap<>();
        sections.get("listeners").lines().forEach(line -> {
            String[] words = line.split(" ", 2);
            listeners.merge(words[0], words[words.length - 1], (first, next) -> first.equals("-") ? next : first);
        });
        return new Sight(
                sections.get("hostname"),
                names,
                sections.get("product-uuid").toLowerCase(Locale.ROOT),
                listeners,
                sections.get("signs").lines().toList(),
                Optional.of(sections.get("latency"))
                        .filter(line -> !line.isEmpty())
                        .map(Sight::latency));
    }

    private static Latency latency(String line) {
        JsonNode measured;
        try {
            measured = MAPPER.readTree(line);
        } catch (JacksonException e) {
            throw new IllegalArgumentException("the look at it printed of its disk: " + line, e);
        }
        return new Latency(
                measured.path("count").asInt(),
                measured.path("medianMillis").asDouble(),
                measured.path("p99Millis").asDouble(),
                measured.path("maximumMillis").asDouble());
    }
}
