package io.kubewright.engine;

import java.util.List;

/** The twin of {@link Resource} for behaviour: shows by doing that a promise holds, and cleans up after itself. */
public interface Proof {
    /** Public and stable, begins {@code proof/}. */
    String path();

    /** The promise, as one sentence for people. */
    String claim();

    /** Set for a proof that breaks things on purpose: it runs only when asked for. */
    default boolean disruptive() {
        return false;
    }

    /**
     * Carries it out: at least one finding, each with its own target. What could not be carried out is a finding that
     * is not ok, with the cause as its evidence; an exception is treated likewise.
     */
    List<Finding> run(Progress progress) throws InterruptedException;
}
