package io.kubewright.engine;

import java.util.regex.Pattern;

/**
 * Names one step: a step type and where it is done, written {@code host/sysctl@n1}.
 *
 * @param path step type: lower-case segments joined by {@code /}; public and stable
 * @param target a host's name, or {@link #CLUSTER}
 */
public record StepId(String path, String target) implements Comparable<StepId> {
    /** The target of steps that are done once, through the Kubernetes API. */
    public static final String CLUSTER = "cluster";

    private static final Pattern PATH = Pattern.compile("[a-z0-9][a-z0-9.-]*(/[a-z0-9][a-z0-9.:_-]*)*");
    private static final Pattern TARGET = Pattern.compile("[a-z0-9]([a-z0-9.>-]*[a-z0-9])?");

    public StepId {
        if (!PATH.matcher(path).matches()) {
            throw new IllegalArgumentException("not a step path: " + path);
        }
        if (!TARGET.matcher(target).matches()) {
            throw new IllegalArgumentException("not a target: " + target);
        }
    }

    /** Whether this can be a step type's path. */
    public static boolean isPath(String text) {
        return PATH.matcher(text).matches();
    }

    /** The same step type everywhere on the cluster's API. */
    public static StepId cluster(String path) {
        return new StepId(path, CLUSTER);
    }

    /** Reads {@code path@target}; an {@link IllegalArgumentException} says what is wrong. */
    public static StepId parse(String text) {
        int at = text.lastIndexOf('@');
        if (at < 0) {
            throw new IllegalArgumentException("a step is written path@target, found: " + text);
        }
        return new StepId(text.substring(0, at), text.substring(at + 1));
    }

    @Override
    public int compareTo(StepId other) {
        int byPath = path.compareTo(other.path);
        return byPath != 0 ? byPath : target.compareTo(other.target);
    }

    @Override
    public String toString() {
        return path + "@" + target;
    }
}
