package io.kubewright.engine;

/** A failure that knows what the user can do. */
public interface Hinted {
    /** One or two sentences. */
    String hint();
}
