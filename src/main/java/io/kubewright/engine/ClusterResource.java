package io.kubewright.engine;

/** A resource that is reached through the Kubernetes API. Its target is {@link StepId#CLUSTER}. */
public non-sealed interface ClusterResource extends Resource {
    /** Reads the present state and works out the desired one; changes nothing. */
    Observation observe() throws InterruptedException;

    /** The same as one of many that are looked at together. */
    default Observation observe(Look look) throws InterruptedException {
        return observe();
    }

    /** Makes it so and returns once the API has accepted it (and, where the explanation says so, once it is in force). */
    void apply(String observed, Progress progress) throws InterruptedException;

    /** Why it stays where everything else is taken back; empty when it goes too. */
    default java.util.Optional<String> stays() {
        return java.util.Optional.empty();
    }

    /** Takes it back. */
    void undo(Progress progress) throws InterruptedException;
}
