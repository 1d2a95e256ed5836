package io.kubewright.kubeapi;

import java.util.Optional;

/** Something that may hold of an object, sooner or later. */
@FunctionalInterface
public interface Condition {
    /**
     * What is still missing, as a short line for people such as {@code calico-node 3/5 ready}; empty when it holds.
     *
     * @param object as the API has it; empty when it is not there
     * @throws ApiException with {@link ApiException.Code#FAILED} when it can no longer come to hold
     */
    Optional<String> missing(Optional<KubeObject> object);
}
