package io.kubewright.cli;

import io.kubewright.engine.Drift;
import io.kubewright.engine.PathSelection;
import io.kubewright.engine.Plan;
import io.kubewright.engine.RunEntry;
import io.kubewright.engine.RunEvent;
import io.kubewright.engine.RunListener;
import io.kubewright.engine.RunSummary;
import io.kubewright.engine.Verification;
import java.util.List;
import java.util.Optional;

/**
 * What the commands ask of one cluster file's cluster. Connections are opened on first use and closed together.
 *
 * <p>A selection whose pattern matches nothing ends in a {@link CommandException} of {@link ExitCode#USAGE}; a host that
 * cannot be reached in a {@link io.kubewright.engine.TargetException}.
 */
interface ClusterWork extends AutoCloseable {
    /** Observes and compares; changes nothing. */
    Plan plan(PathSelection selection, RunListener listener) throws InterruptedException;

    /** The plan that takes the selected steps back, in reverse order; changes nothing. */
    Plan undoPlan(PathSelection selection, Optional<String> host, RunListener listener) throws InterruptedException;

    /** The plan that takes everything back, the cluster included; changes nothing. */
    Plan resetPlan(PathSelection selection, Optional<String> host, RunListener listener) throws InterruptedException;

    /**
     * Does what a plan says. The listener gets all events, the last one too; that one is also returned.
     *
     * @throws CommandException of {@link ExitCode#REFUSED} when the plan is stale or the lock is held, before anything is done
     */
    RunEvent.RunFinished run(Plan plan, RunListener listener) throws InterruptedException;

    Verification verify(PathSelection selection, boolean disruptive, RunListener listener) throws InterruptedException;

    Drift drift(PathSelection selection, RunListener listener) throws InterruptedException;

    /** Runs that the journal knows, newest first. */
    List<RunSummary> runs() throws InterruptedException;

    /** What happened in a run, oldest first; empty when there is no run of that id, or more than one begins so. */
    Optional<List<RunEntry>> entries(String runId) throws InterruptedException;

    /** What is wrong with the journal, one sentence each; none when it is whole and untouched. */
    List<String> journalProblems() throws InterruptedException;

    @Override
    void close();

    /** Opens the work of the cluster file that the options name; nothing is connected by that. */
    @FunctionalInterface
    interface Opener {
        ClusterWork open(CommonOptions options) throws InterruptedException;
    }
}
