package io.kubewright.cli;

import io.kubewright.engine.Plan;

/** What the exit code of the process means; stable. */
enum ExitCode {
    /** Done, nothing to do, all proofs hold. */
    DONE(0),
    /** A step failed or a host could not be reached. */
    FAILED(1),
    /** The plan has changes, drift was found, a proof failed. */
    PENDING(2),
    /** Not done, because guessing would be worse: stale plan, lock held, declined. */
    REFUSED(3),
    /** Bad usage or bad file. */
    USAGE(64),
    /** Interrupted, and ended in order. */
    INTERRUPTED(130);

    private final int number;

    ExitCode(int number) {
        this.number = number;
    }

    /** What a plan says to the caller's shell. */
    static ExitCode of(Plan plan) {
        if (!plan.refused().isEmpty()) {
            return REFUSED;
        }
        return plan.acts() ? PENDING : DONE;
    }

    int number() {
        return number;
    }
}
