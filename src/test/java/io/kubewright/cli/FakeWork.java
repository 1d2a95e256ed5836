package io.kubewright.cli;

import io.kubewright.engine.Action;
import io.kubewright.engine.Drift;
import io.kubewright.engine.Explanation;
import io.kubewright.engine.Journal;
import io.kubewright.engine.PathSelection;
import io.kubewright.engine.Plan;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.RunEvent;
import io.kubewright.engine.RunKind;
import io.kubewright.engine.RunListener;
import io.kubewright.engine.Step;
import io.kubewright.engine.StepId;
import io.kubewright.engine.Verification;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A cluster in memory that answers as it is told and notes what it was asked. */
final class FakeWork implements ClusterWork, ClusterWork.Source {
    private static final StepId SWAP = StepId.parse("host/swap@n1");
    private static final Instant WHEN = Instant.parse("2026-11-22T10:00:00Z");

    final List<String> asked = new ArrayList<>();
    Plan plan = planOf(Action.CHANGE);
    RunEvent.Outcome outcome = RunEvent.Outcome.DONE;
    Verification verification = new Verification(List.of());
    Drift drift = new Drift(List.of());
    List<String> problems = List.of();
    Optional<RuntimeException> trouble = Optional.empty();

    static Plan planOf(Action action) {
        return plan(step(action));
    }

    static Plan refusedPlan() {
        return plan(step(Action.CHANGE).withRefusal(Optional.of(new Refusal("it is another's", "ask them"))));
    }

    private static Step step(Action action) {
        return Step.known(SWAP, action, "swap is off", List.of(), "on\n", action == Action.SAME ? "on\n" : "off\n");
    }

    private static Plan plan(Step step) {
        return Plan.of(RunKind.APPLY, "0.1.0", WHEN, "/c.yaml", "a", "b", List.of(), List.of(step));
    }

    @Override
    public ClusterWork open(CommonOptions options) {
        asked.add("open " + options.file());
        return this;
    }

    @Override
    public Plan undoPlan(Undo undo, RunListener listener) {
        asked.add(undo.kind().word() + " " + undo.selection().only()
                + undo.selection().skip() + undo.hosts() + (undo.discarding() ? " discarding" : ""));
        return plan;
    }

    @Override
    public Plan plan(PathSelection selection, RunListener listener) {
        asked.add("plan " + selection.only() + selection.skip());
        trouble.ifPresent(each -> {
            throw each;
        });
        return plan;
    }

    @Override
    public RunEvent.RunFinished run(Plan run, RunListener listener) throws InterruptedException {
        asked.add("run " + run.id());
        listener.on(new RunEvent.RunStarted("r1", WHEN, run.kind(), 1));
        listener.on(new RunEvent.StepDone(SWAP, 5));
        RunEvent.RunFinished finished = new RunEvent.RunFinished(outcome, new RunEvent.Counts(1, 0, 0, 0), 7);
        listener.on(finished);
        return finished;
    }

    @Override
    public Verification preflight(PathSelection selection, RunListener listener) {
        asked.add("preflight " + selection.only());
        return verification;
    }

    @Override
    public Verification verify(PathSelection selection, boolean disruptive, RunListener listener) {
        asked.add("verify " + selection.only() + disruptive);
        return verification;
    }

    @Override
    public Drift drift(PathSelection selection, RunListener listener) {
        asked.add("drift");
        return drift;
    }

    @Override
    public Journal.Reading journal() {
        return new Journal.Reading(List.of(entry(1, "run-a"), entry(2, "run-b")), Optional.empty());
    }

    private static Journal.Entry entry(long sequence, String run) {
        return new Journal.Entry(
                sequence, WHEN, "ada", run, "0123456789abcdef", "start", Optional.empty(), "1 steps", "p", "h");
    }

    @Override
    public List<String> journalProblems() {
        return problems;
    }

    @Override
    public Optional<Explanation> explanation(String path) {
        return path.startsWith("host/swap")
                ? Optional.of(new Explanation("host/swap", "no swap", "because", "kubernetes.io", "kubelet", "swapon"))
                : Optional.empty();
    }

    @Override
    public List<Explanation> explanations() {
        return explanation("host/swap").stream().toList();
    }

    @Override
    public void close() {
        asked.add("close");
    }
}
