package io.kubewright.cli;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * What can be broken in a real cluster, and the proofs that must turn red, as {@code path@target}. The table of all of them
 * is docs/reference/faults.md.
 */
interface Fault {
    /** All faults, in the order of the table. */
    static List<Fault> all() {
        return Stream.<Fault[]>of(NodeFault.values(), NetworkFault.values(), ControlPlaneFault.values())
                .flatMap(Stream::of)
                .toList();
    }

    /** As the enums have it: the name by which a fault is asked for. */
    String name();

    /** What is broken, as a phrase. */
    String what();

    /** A node that may suffer, of which the table tells; {@code cluster} when none does more than others. */
    String example();

    /** The node that suffers in the cluster as it is now. */
    default String node() throws Exception {
        return example();
    }

    /** Breaks it, and returns when what follows from it has come about, as far as {@link #certain} says. */
    void make(String node) throws Exception;

    /** Restores what was there, also when {@link #make} ended half way or never began. */
    void cure(String node) throws Exception;

    /** Proofs that are red whenever the fault is there. */
    Set<String> certain(String node);

    /** Proofs that may be red as well. */
    default Set<String> possible(String node) {
        return Set.of();
    }

    /** When the possible ones are red; empty when there are none. */
    default String reason() {
        return "";
    }

    /** Words of the evidence that tell where the fault is, by proof. */
    Map<String, String> evidence(String node);
}
