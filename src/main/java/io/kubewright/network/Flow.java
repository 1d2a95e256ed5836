package io.kubewright.network;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * UDP datagrams to one port, counted by the probe on one link of a host.
 *
 * @param direction in or out
 * @param peer the other host's address
 * @param token how many of them held the words looked for
 */
record Flow(String link, String direction, String peer, long count, long token) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** Reads what the probe prints. */
    static List<Flow> read(String text) {
        try {
            List<Flow> flows = new ArrayList<>();
            for (String line : text.lines().toList()) {
                flows.add(MAPPER.readValue(line, Flow.class));
            }
            return flows;
        } catch (JacksonException e) {
            throw new IllegalArgumentException("the probe did not print flows but: " + text, e);
        }
    }
}
