package io.kubewright.kubeapi;

import java.time.Duration;

/**
 * What an applied object is waited for.
 *
 * @param deadline how long
 */
public record Readiness(Kind kind, Duration deadline) {
    /** When an object counts as in force. */
    public enum Kind {
        /** As soon as the API has it. */
        ACCEPTED,
        /** A custom resource definition: when the API serves the kind. */
        ESTABLISHED,
        /** A DaemonSet, Deployment or StatefulSet: when its present template runs, ready, wherever it should. */
        ROLLED_OUT
    }

    private static final Duration ESTABLISHING = Duration.ofSeconds(60);

    public static Readiness accepted() {
        return new Readiness(Kind.ACCEPTED, Duration.ZERO);
    }

    public static Readiness established() {
        return new Readiness(Kind.ESTABLISHED, ESTABLISHING);
    }

    public static Readiness rolledOut(Duration deadline) {
        return new Readiness(Kind.ROLLED_OUT, deadline);
    }
}
