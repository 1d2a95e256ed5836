package io.kubewright.network;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.kubewright.kubeapi.proof.Sections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What one host saw on the links that are to carry attachments, while all hosts sent frames there.
 *
 * @param attached whether pods of this host have attachments already
 * @param vendor of the machine, as its firmware names it; empty in a container
 * @param links by name
 */
record Segment(boolean attached, String vendor, Map<String, Seen> links) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /**
     * Of one link.
     *
     * @param bridge whether it is a bridge, which pods can be ports of
     * @param neighbours what came from other hosts, by name
     * @param held MAC address of whoever answers for an address by ARP, by address
     * @param error what kept it from being tried; empty when nothing did
     */
    record Seen(
            @JsonProperty("interface") String link,

            boolean up,
            boolean carrier,
            boolean bridge,
            @Nullable Map<String, Neighbour> neighbours,
            @Nullable Map<String, String> held,
            String error) {
        Neighbour from(String host) {
            Neighbour found = neighbours == null ? null : neighbours.get(host);
            return found == null ? new Neighbour(0, 0, 0) : found;
        }

        Map<String, String> owners() {
            return held == null ? Map.of() : new TreeMap<>(held);
        }
    }

    /**
     * Frames that came from another host.
     *
     * @param own from its link's own MAC address
     * @param further from a MAC address that it made up, as macvlan does for each pod
     * @param answers from there to one that was made up here
     */
    record Neighbour(int own, int further, int answers) {}

    /** @throws IllegalArgumentException when the text is not what {@code segment.sh} prints */
    static Segment parse(String text) {
        Sections sections = Sections.parse(text);
        Map<String, Seen> links = new LinkedHashMap<>();
        try {
            for (String line : sections.get("links").lines().toList()) {
                Seen seen = MAPPER.readValue(line, Seen.class);
                links.put(seen.link(), seen);
            }
        } catch (JacksonException e) {
            throw new IllegalArgumentException("the probe did not print what came over links but: " + text, e);
        }
        return new Segment(
                sections.get("attached").equals("yes"), sections.get("vendor").replaceAll("\\s+", " "), links);
    }
}
