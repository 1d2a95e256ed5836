package io.kubewright.network;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a pod sent to groups and got from them over one interface.
 *
 * @param running whether the interface was up, with a carrier below it
 * @param addresses of the interface, with length
 * @param sent datagrams by group
 * @param received datagrams by their words and group
 * @param before datagrams of the late group before it was joined
 * @param during while it was
 * @param after once it was left
 * @param kernelIn packets to groups that came in meanwhile, as the kernel counts them for the whole pod
 * @param kernelOut that went out
 * @param error what ended it before its time; empty when nothing did
 */
record Heard(
        String link,
        boolean running,
        List<String> addresses,
        Map<String, Integer> sent,
        Map<String, Integer> received,
        int before,
        int during,
        int after,
        long kernelIn,
        long kernelOut,
        String error) {
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    /** The probe's words, which take the name of the interface for a keyword of ours. */
    private record Line(
            @com.fasterxml.jackson.annotation.JsonProperty("interface")
            String link,

            boolean running,
            @org.jspecify.annotations.Nullable List<String> addresses,
            Map<String, Integer> sent,
            Map<String, Integer> received,
            int before,
            int during,
            int after,
            long kernelIn,
            long kernelOut,
            String error) {
        Heard heard() {
            return new Heard(
                    link,
                    running,
                    addresses == null ? List.of() : List.copyOf(addresses),
                    Map.copyOf(sent),
                    Map.copyOf(received),
                    before,
                    during,
                    after,
                    kernelIn,
                    kernelOut,
                    error);
        }
    }

    /** Reads what the probe prints, one line for each interface, in the order in which they were named. */
    static List<Heard> read(String text) {
        try {
            List<Heard> heard = new ArrayList<>();
            for (String line : text.strip().lines().toList()) {
                heard.add(MAPPER.readValue(line, Line.class).heard());
            }
            return heard;
        } catch (JacksonException e) {
            throw new IllegalArgumentException("the probe did not print what it heard but: " + text, e);
        }
    }
}
