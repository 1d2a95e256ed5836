package io.kubewright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Real faults in a real cluster: exactly the right proofs turn red, and the cure makes all green. One of the faults by
 * chance; {@code -Dkubewright.faults=all} makes all of them, {@code -Dkubewright.faults=NAME} the named one.
 */
@ExtendWith(RealCluster.class)
@Order(Integer.MAX_VALUE - 3)
class FaultsIT {
    static List<Fault> chosen() {
        String which = System.getProperty("kubewright.faults", "one");
        long seed = Long.getLong("kubewright.faults.seed", System.nanoTime());
        return switch (which) {
            case "all" -> List.of(Fault.values());
            case "one" -> {
                Fault fault = Fault.values()[Math.floorMod(seed, Fault.values().length)];
                System.out.println("kubewright.faults.seed=" + seed + ": " + fault);
                yield List.of(fault);
            }
            default -> Stream.of(which.split(",")).map(Fault::valueOf).toList();
        };
    }

    @ParameterizedTest
    @MethodSource("chosen")
    void showsInItsProofsAndNoOthers(Fault fault) throws Exception {
        RealCluster.awaitGreen();
        String node = fault.node();
        Map<String, String> red;
        try {
            fault.make(node);
            red = seen(fault, node);
        } finally {
            fault.cure(node);
        }
        System.out.println(fault + " at " + node + ": " + red.keySet());
        assertThat(red.keySet()).as("%s", red).containsAll(fault.certain(node));
        assertThat(red.keySet())
                .as("%s", red)
                .allMatch(proof -> fault.certain(node).contains(proof)
                        || fault.possible(node).contains(proof));
        fault.evidence(node)
                .forEach((proof, words) -> assertThat(red.get(proof)).as(proof).contains(words));
        RealCluster.awaitGreen();
    }

    /** What a busy machine made late is red once; what the fault made red stays so as long as it is there. */
    private static Map<String, String> seen(Fault fault, String node) {
        Map<String, String> red = RealCluster.red();
        boolean more = red.keySet().stream()
                .anyMatch(proof -> !fault.certain(node).contains(proof)
                        && !fault.possible(node).contains(proof));
        if (more) {
            System.out.println(fault + " at " + node + ", first look: " + red);
            red.keySet().retainAll(RealCluster.red().keySet());
        }
        return red;
    }
}
