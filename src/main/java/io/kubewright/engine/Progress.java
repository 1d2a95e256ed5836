package io.kubewright.engine;

/** Takes a line about what is being done or waited for, for people. */
@FunctionalInterface
public interface Progress {
    void line(String text);

    /** Takes lines and drops them. */
    Progress NONE = text -> {};
}
