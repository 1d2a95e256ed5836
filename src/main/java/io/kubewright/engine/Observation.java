package io.kubewright.engine;

/** What was seen of a resource, beside what it shall be. Both are canonical texts as {@link Resource} defines them. */
public sealed interface Observation {
    String desired();

    /** Seen: {@code observed} is empty when the resource is absent. */
    record Known(String observed, String desired) implements Observation {}

    /** Not observable yet, for instance because the cluster does not exist; filled in at run time. */
    record Deferred(String desired, String reason) implements Observation {}

    /** Should answer and does not; fine only where a step that this one needs is about to change that. */
    record Unreachable(String desired, String reason, String hint) implements Observation {
        public TargetException exception() {
            return new TargetException(StepId.CLUSTER, TargetException.Code.UNREACHABLE, reason, hint);
        }
    }
}
