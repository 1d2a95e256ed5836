package io.kubewright.kubeapi.proof;

import java.util.Map;

/**
 * What became of a {@link Task}.
 *
 * @param reached whether what it first waited for came
 * @param attempts exchanges until then
 * @param sent of the counted exchanges
 * @param received of those, how many went through
 * @param answers what was answered and how often; for udp and tcp the name of the server
 * @param error of the last exchange that failed; empty when none did
 * @param millis of the quickest exchange that went through
 */
public record Outcome(
        String id,
        boolean reached,
        int attempts,
        int sent,
        int received,
        Map<String, Integer> answers,
        String error,
        long millis) {}
