package io.kubewright.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** What can be seen of a host from which a cluster was made: {@code traces.sh}. */
record Traces(String text) {
    static Traces of(String host) throws IOException, InterruptedException {
        try (InputStream in = Traces.class.getResourceAsStream("traces.sh")) {
            if (in == null) {
                throw new IllegalStateException("the tests lack traces.sh");
            }
            String script = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new Traces(RealCluster.on(host, script).done().out());
        }
    }

    /** Lines that are here and not there with {@code +}, the other way round with {@code -}. */
    List<String> against(Traces before) {
        Set<String> now = Set.copyOf(text.lines().distinct().toList());
        Set<String> then = Set.copyOf(before.text.lines().distinct().toList());
        List<String> differences = new ArrayList<>();
        then.stream().filter(line -> !now.contains(line)).sorted().forEach(line -> differences.add("- " + line));
        now.stream().filter(line -> !then.contains(line)).sorted().forEach(line -> differences.add("+ " + line));
        return differences;
    }
}
