package io.kubewright.engine;

import java.util.Set;

/** A step of the cluster's that has no state of its own: it only {@linkplain #accompanies() accompanies} others. */
public interface ClusterCompanion extends ClusterResource {
    @Override
    Set<StepId> accompanies();

    /** Never asked for: what has no state is not looked at. */
    @Override
    default Observation observe() {
        return new Observation.Known("", "");
    }

    /** There is nothing to take back. */
    @Override
    default void undo(Progress progress) {}
}
