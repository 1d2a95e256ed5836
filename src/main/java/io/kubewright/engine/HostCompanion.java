package io.kubewright.engine;

import java.util.Set;

/** A step on a host that has no state of its own: it only {@linkplain #accompanies() accompanies} others. */
public interface HostCompanion extends HostResource {
    @Override
    Set<StepId> accompanies();

    /** Never run: what has no state is not looked at. */
    @Override
    default String probe() {
        return "";
    }

    @Override
    default String desired(String observed) {
        return "";
    }

    /** There is nothing to take back. */
    @Override
    default String undo() {
        return "";
    }
}
