package io.kubewright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real faults in a real cluster: exactly the right proofs turn red, and the cure makes all green. One of the faults by
 * chance; {@code -Dkubewright.faults=all} makes all of them, {@code -Dkubewright.faults=NAME,NAME} the named ones.
 */
@ExtendWith(RealCluster.class)
@Order(Integer.MAX_VALUE - 3)
class FaultsIT {
    /** The last fault was cured and nothing was done since. */
    private static boolean green;

    static List<Fault> chosen() {
        String which = System.getProperty("kubewright.faults", "one");
        long seed = Long.getLong("kubewright.faults.seed", System.nanoTime());
        List<Fault> all = Fault.all();
        return switch (which) {
            case "all" -> all;
            case "one" -> {
                Fault fault = all.get(Math.floorMod(seed, all.size()));
                System.out.println("kubewright.faults.seed=" + seed + ": " + fault);
                yield List.of(fault);
            }
            default -> Stream.of(which.split(",")).map(FaultsIT::named).toList();
        };
    }

    private static Fault named(String name) {
        return Fault.all().stream()
                .filter(fault -> fault.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no fault " + name + " in " + Fault.all()));
    }

    @ParameterizedTest
    @MethodSource("chosen")
    void showsInItsProofsAndNoOthers(Fault fault) throws Exception {
        if (!green) {
            RealCluster.awaitGreen();
        }
        green = false;
        String node = fault.node();
        Instant begin = Instant.now();
        Instant made;
        Map<String, String> red;
        try {
            fault.make(node);
            made = Instant.now();
            red = seen(fault, node);
        } finally {
            fault.cure(node);
        }
        Instant cured = Instant.now();
        System.out.println(fault + " at " + node + ": " + red.keySet());
        Set<String> missing = new TreeSet<>(fault.certain(node));
        missing.removeAll(red.keySet());
        Set<String> unasked = new TreeSet<>(missing);
        unasked.removeIf(proof -> RealCluster.proofs().contains(proof.substring(0, proof.indexOf('@'))));
        if (!unasked.isEmpty()) {
            System.out.println(fault + ": the lab's file does not ask for " + unasked);
        }
        missing.removeAll(unasked);
        assertThat(missing).as("green in spite of %s; red: %s", fault, red).isEmpty();
        assertThat(unexpected(fault, node, red)).as("%s", red).isEmpty();
        fault.evidence(node).forEach((proof, words) -> {
            if (!unasked.contains(proof)) {
                assertThat(red.get(proof)).as(proof).contains(words);
            }
        });
        RealCluster.awaitGreen();
        RealCluster.Result plan = RealCluster.kubewright("plan", "-f", RealCluster.FILE);
        assertThat(plan.code())
                .as("nothing is left to do:%n%s%s", plan.out(), plan.err())
                .isZero();
        green = true;
        System.out.println("| " + fault + " | " + node + " | made in " + seconds(begin, made) + ", seen and cured in "
                + seconds(made, cured) + ", all green after " + seconds(cured, Instant.now()) + " |");
    }

    /** What a busy machine made late is red once; what the fault made red stays so as long as it is there. */
    private static Map<String, String> seen(Fault fault, String node) {
        Map<String, String> red = RealCluster.red();
        if (!unexpected(fault, node, red).isEmpty()) {
            System.out.println(fault + " at " + node + ", first look: " + red);
            red.keySet().retainAll(RealCluster.red().keySet());
        }
        return red;
    }

    private static Set<String> unexpected(Fault fault, String node, Map<String, String> red) {
        Set<String> unexpected = new TreeSet<>(red.keySet());
        unexpected.removeAll(fault.certain(node));
        unexpected.removeAll(fault.possible(node));
        return unexpected;
    }

    private static String seconds(Instant from, Instant to) {
        return Duration.between(from, to).toSeconds() + " s";
    }
}
