package io.kubewright.engine;

import java.time.Instant;

/** What happens in a run, as it happens. One stream of these feeds one renderer. Holds no secret. */
public sealed interface RunEvent {
    /**
     * The first event of a run.
     *
     * @param steps how many steps will act; 0 when that is not known
     */
    record RunStarted(String runId, Instant when, RunKind kind, int steps) implements RunEvent {}

    /**
     * Bytes on their way to a host; comes often.
     *
     * @param bytes sent so far
     * @param total to send in all
     */
    record TransferProgress(String target, String what, long bytes, long total) implements RunEvent {}

    record StepStarted(StepId step, String why) implements RunEvent {}

    /** A line of a step's output, or about what it waits for. */
    record StepLine(StepId step, String text) implements RunEvent {}

    record StepDone(StepId step, long millis) implements RunEvent {}

    /** Not acted on: already as wanted, or something it needs did not come about. */
    record StepSkipped(StepId step, String reason) implements RunEvent {}

    /**
     * Acted on, and it is not as wanted.
     *
     * @param code of its script; 0 when the script ended well and yet the state is not the wanted one
     * @param log the end of its output
     */
    record StepFailed(StepId step, int code, String log, String hint) implements RunEvent {}

    /** Not acted on, since what is there is not what the plan was made from. */
    record StepRefused(StepId step, String reason, String hint) implements RunEvent {}

    record HostUnreachable(String target, String reason, String hint) implements RunEvent {}

    /** A part of a longer command begins, such as building the bundle. */
    record PhaseStarted(String name) implements RunEvent {}

    /** A line of a phase's output. */
    record PhaseLine(String name, String text) implements RunEvent {}

    record PhaseDone(String name, long millis) implements RunEvent {}

    record ProofStarted(String path, String claim) implements RunEvent {}

    record ProofLine(String path, String text) implements RunEvent {}

    record ProofFound(String path, Finding finding) implements RunEvent {}

    /** The last event of a run. */
    record RunFinished(Outcome outcome, Counts counts, long millis) implements RunEvent {}

    /** How a run ended. */
    enum Outcome {
        DONE,
        FAILED,
        REFUSED,
        INTERRUPTED
    }

    /** How many steps ended which way; of a verification, how many findings hold ({@code done}) and do not. */
    record Counts(int done, int skipped, int failed, int refused) {}
}
