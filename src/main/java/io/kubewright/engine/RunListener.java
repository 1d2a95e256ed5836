package io.kubewright.engine;

/** Takes the events of a run. Called from many threads; an implementation orders them itself and returns soon. */
@FunctionalInterface
public interface RunListener {
    void on(RunEvent event);

    /** Takes events and drops them. */
    RunListener NONE = event -> {};
}
