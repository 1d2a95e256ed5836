package io.kubewright.cli;

import io.kubewright.engine.Drift;
import io.kubewright.engine.Explanation;
import io.kubewright.engine.Journal;
import io.kubewright.engine.PathSelection;
import io.kubewright.engine.Plan;
import io.kubewright.engine.RunEvent;
import io.kubewright.engine.RunKind;
import io.kubewright.engine.RunListener;
import io.kubewright.engine.Verification;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What the commands ask of one cluster file's cluster. Connections are opened on first use and closed together.
 *
 * <p>A selection whose pattern matches nothing ends in a {@link CommandException} of {@link ExitCode#USAGE}; a host that
 * cannot be reached in a {@link io.kubewright.engine.TargetException}.
 */
interface ClusterWork extends AutoCloseable {
    /** Observes and compares; changes nothing. */
    Plan plan(PathSelection selection, RunListener listener) throws InterruptedException;

    /**
     * Does what a plan says. The listener gets all events, the last one too; that one is also returned.
     *
     * @throws CommandException of {@link ExitCode#REFUSED} when the plan is stale or the lock is held, before anything is done
     */
    RunEvent.RunFinished run(Plan plan, RunListener listener) throws InterruptedException;

    /** What shall be taken back, as a plan; changes nothing. */
    Plan undoPlan(Undo undo, RunListener listener) throws InterruptedException;

    /**
     * What shall be taken back.
     *
     * @param kind {@link RunKind#UNDO} or {@link RunKind#RESET}
     * @param hosts on which; on all of the file when empty
     * @param discarding whether files that others changed since are taken back all the same
     */
    record Undo(RunKind kind, PathSelection selection, Set<String> hosts, boolean discarding) {
        /** Whether objects of a cluster that stays may be among it: a reset takes whole hosts, and hosts hold no objects. */
        boolean reachesCluster() {
            return kind == RunKind.UNDO
                    && hosts.isEmpty()
                    && (selection.only().isEmpty()
                            || !selection.only().stream().allMatch(pattern -> pattern.isWithin("host")));
        }
    }

    Verification verify(PathSelection selection, boolean disruptive, RunListener listener) throws InterruptedException;

    /** Tries out on the hosts what the file asks of them; leaves nothing behind. */
    Verification preflight(PathSelection selection, RunListener listener) throws InterruptedException;

    Drift drift(PathSelection selection, RunListener listener) throws InterruptedException;

    /** The journal of this cluster on this machine, up to its first fault. */
    Journal.Reading journal();

    /** What is wrong with the journal, one sentence each, its anchors on the hosts included; none when it is untouched. */
    List<String> journalProblems() throws InterruptedException;

    @Override
    void close();

    /** Where commands get what they work with. */
    interface Source {
        /** Opens the work of the cluster file that the options name; nothing is connected by that. */
        ClusterWork open(CommonOptions options) throws InterruptedException;

        /** What is known of a path: its own explanation or that of the nearest path above it. */
        Optional<Explanation> explanation(String path);

        /** All explanations, ordered by path. */
        List<Explanation> explanations();
    }
}
