package io.kubewright.engine;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;

/** What the workers of one run share: the board, the journal and the listeners. */
record Run(
        String id,
        Plan plan,
        Survey survey,
        Targets targets,
        Outputs outputs,
        RunBoard board,
        Journal journal,
        RunListener listener,
        Map<StepId, Step> steps,
        SendOrder sendOrder,
        Set<String> running) {

    /** On a gigabit link the images of a first control plane take a third of it. */
    private static final Duration TURN = Duration.ofSeconds(20);

    Run(
            String id,
            Plan plan,
            Survey survey,
            Targets targets,
            RunBoard board,
            Journal journal,
            RunListener listener,
            Map<StepId, Step> steps) {
        this(
                id,
                plan,
                survey,
                targets,
                new Outputs(),
                board,
                journal,
                listener,
                steps,
                new SendOrder(steps.values(), TURN),
                new ConcurrentSkipListSet<>());
    }

    /** What was seen of a step's resource; empty when it has no state. */
    String observed(StepId step) {
        return switch (survey.observations().get(step)) {
            case Observation.Known(String observed, String _) -> observed;
            case Observation.Deferred _, Observation.Unreachable _ -> "";
            case null -> "";
        };
    }

    void emit(RunEvent event) {
        listener.on(event);
    }

    void begin(StepId step) {
        note("begin", step, "");
        Step planned = steps.get(step);
        emit(new RunEvent.StepStarted(step, planned == null ? "" : planned.why()));
    }

    void done(StepId step, long millis) {
        note("done", step, "");
        board.set(step, RunBoard.Status.DONE);
        emit(new RunEvent.StepDone(step, millis));
    }

    void skip(StepId step, String reason) {
        board.set(step, RunBoard.Status.SKIPPED);
        emit(new RunEvent.StepSkipped(step, reason));
    }

    void fail(StepId step, int code, String log, String hint) {
        note("failed", step, "exit " + code);
        board.set(step, RunBoard.Status.FAILED);
        emit(new RunEvent.StepFailed(step, code, log, hint));
    }

    void refuse(StepId step, String reason, String hint) {
        note("refused", step, "");
        board.set(step, RunBoard.Status.REFUSED);
        emit(new RunEvent.StepRefused(step, reason, hint));
    }

    /** Another run's script works on the host and did not end in time. */
    void lockedOut(String host, String owner) {
        board.of(host).stream()
                .findFirst()
                .ifPresent(step -> refuse(
                        step,
                        "the script of another run holds the lock of " + host + ": " + owner,
                        "Wait until that run has ended, then plan again."));
    }

    /** What to do when it broke off. */
    String again() {
        return plan.kind().takesBack()
                ? "Give the same command again: it looks at what is there and goes on."
                : "Run apply again: it looks at what is there and goes on.";
    }

    void active(String host, boolean now) {
        if (now) {
            running.add(host);
        } else {
            running.remove(host);
        }
    }

    Set<String> activeHosts() {
        return new TreeSet<>(running);
    }

    private void note(String event, StepId step, String detail) {
        journal.append(id, plan.id(), event, Optional.of(step), detail);
    }
}
