package io.kubewright.engine;

import java.util.List;
import java.util.Optional;

/**
 * One line of a plan: what shall be done with one resource.
 *
 * @param why one line, from the explanation of its path
 * @param needs the steps that must hold before this one may act
 * @param diff unified, of the canonical texts ({@link Diff}); empty when nothing differs
 * @param observed {@link Digest} of the canonical text that was seen; empty when it could not be observed yet or there is none
 * @param desired {@link Digest} of the canonical text that is wanted; empty for a step without a state of its own
 * @param deviation how this differs from a production host; only a lab brings such
 * @param loses what is lost with it; set when data goes
 * @param refusal why this may not be done; a plan that holds one is not applied
 * @param deferred why it could not be observed yet
 */
public record Step(
        StepId id,
        Action action,
        String why,
        List<StepId> needs,
        String diff,
        Optional<String> observed,
        Optional<String> desired,
        Optional<String> deviation,
        Optional<String> loses,
        Optional<Refusal> refusal,
        Optional<String> deferred) {
    public Step {
        needs = List.copyOf(needs);
    }

    /** A step whose state was seen: the diff and the digests follow from the two texts. */
    public static Step known(
            StepId id, Action action, String why, List<StepId> needs, String observed, String desired) {
        return new Step(
                id,
                action,
                why,
                needs,
                Diff.unified(observed, desired),
                Optional.of(Digest.sha256(observed)),
                Optional.of(Digest.sha256(desired)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** A step whose present state cannot be seen yet: all of what is wanted stands in the diff. */
    public static Step deferred(StepId id, String why, List<StepId> needs, String desired, String reason) {
        return new Step(
                id,
                Action.DEFERRED,
                why,
                needs,
                Diff.unified("", desired),
                Optional.empty(),
                Optional.of(Digest.sha256(desired)),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(reason));
    }

    /** A step without a state of its own. */
    public static Step accompanying(StepId id, String why, List<StepId> needs) {
        return new Step(
                id,
                Action.ACCOMPANY,
                why,
                needs,
                "",
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty());
    }

    /** The same, when it is not known what its state will be. */
    Step withoutDesired() {
        return new Step(id, action, why, needs, diff, observed, Optional.empty(), deviation, loses, refusal, deferred);
    }

    public Step withDeviation(Optional<String> text) {
        return new Step(id, action, why, needs, diff, observed, desired, text, loses, refusal, deferred);
    }

    public Step withLoses(Optional<String> text) {
        return new Step(id, action, why, needs, diff, observed, desired, deviation, text, refusal, deferred);
    }

    public Step withRefusal(Optional<Refusal> cause) {
        return new Step(id, action, why, needs, diff, observed, desired, deviation, loses, cause, deferred);
    }
}
