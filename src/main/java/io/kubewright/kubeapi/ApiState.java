package io.kubewright.kubeapi;

/** Whether the cluster's API can be used. */
public sealed interface ApiState {
    /** No control plane has an {@code admin.conf}: there is no cluster yet. */
    record Absent() implements ApiState {}

    /**
     * There may be a cluster, but no control plane lets us use its API.
     *
     * @param reason what was tried and how each try ended
     */
    record Unreachable(String reason) implements ApiState {}

    /**
     * The API answers.
     *
     * @param controlPlane name of the host whose API server answers
     */
    record Ready(String controlPlane) implements ApiState {}
}
