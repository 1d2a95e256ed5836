package io.kubewright.engine;

import java.util.Optional;
import java.util.Set;

/**
 * Something that shall be so: the one idea that plans, apply, drift and undo hang on.
 *
 * <p>The state of a resource is always <em>canonical text</em>: what its probe prints. Two states are equal exactly when
 * their texts are. An empty text means that the resource is absent. The text never holds a secret (a probe prints a
 * digest of one instead), ends with a line feed unless it is empty, and does not depend on time or order of discovery.
 */
public sealed interface Resource permits HostResource, ClusterResource {
    StepId id();

    /** The steps that must hold before this one may act. */
    Set<StepId> needs();

    /**
     * Steps this one only accompanies: it has no state of its own, is never probed, and runs when at least one of them
     * acts; before them (a join token, for instance) or, when it needs them, after. Empty for all others.
     */
    default Set<StepId> accompanies() {
        return Set.of();
    }

    /** What differs from a production host, and the reason; only the lab brings such deviations. */
    default Optional<String> deviation() {
        return Optional.empty();
    }
}
