package io.kubewright.engine;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;

/** Does what a plan says: hosts side by side, each step guarded before and confirmed after. The only thing that acts. */
public final class Applier {
    private static final int LIVE_AT_ONCE = 6;
    private static final Duration API_PATIENCE = Duration.ofMinutes(8);
    private static final Duration API_PAUSE = Duration.ofSeconds(3);
    private static final Duration LAST_STEP = Duration.ofMinutes(10);
    private static final DateTimeFormatter RUN_ID =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

    private final Targets targets;
    private final Map<StepId, Resource> resources = new LinkedHashMap<>();
    private final Journal journal;
    private final RunListener listener;

    public Applier(Targets targets, List<Resource> resources, Journal journal, RunListener listener) {
        this.targets = targets;
        this.journal = journal;
        this.listener = listener;
        resources.forEach(resource -> this.resources.put(resource.id(), resource));
    }

    /**
     * Applies the plan and returns when every step has ended or cannot begin. An interrupt of the calling thread ends the
     * run in order: the step that runs on each host is finished, no further one begins.
     *
     * @param survey what was seen now; the plan is refused as a whole when it says something else
     */
    public RunEvent.RunFinished apply(Plan plan, Survey survey) {
        long start = System.nanoTime();
        String id = RUN_ID.format(Instant.now()) + "-" + plan.id().substring(0, 6);
        List<Step> acting =
                plan.steps().stream().filter(step -> step.action().acts()).toList();
        listener.on(new RunEvent.RunStarted(id, Instant.now(), plan.kind(), acting.size()));
        List<RunEvent.StepRefused> stale = stale(acting, survey);
        if (!stale.isEmpty()) {
            stale.forEach(listener::on);
            return finish(RunEvent.Outcome.REFUSED, new RunEvent.Counts(0, 0, 0, stale.size()), start);
        }
        journal.append(id, plan.id(), "start", Optional.empty(), acting.size() + " steps");
        RunBoard board = new RunBoard(acting);
        Map<StepId, Step> steps = new HashMap<>();
        acting.forEach(step -> steps.put(step.id(), step));
        Run run = new Run(id, plan, survey, targets, board, journal, listener, steps);
        boolean interrupted = work(run, acting);
        board.block().forEach((step, reason) -> listener.on(new RunEvent.StepSkipped(step, reason)));

        RunEvent.Counts counts = new RunEvent.Counts(
                board.count(RunBoard.Status.DONE),
                board.count(RunBoard.Status.SKIPPED) + board.count(RunBoard.Status.BLOCKED),
                board.count(RunBoard.Status.FAILED),
                board.count(RunBoard.Status.REFUSED));
        RunEvent.Outcome outcome;
        if (interrupted) {
            outcome = RunEvent.Outcome.INTERRUPTED;
        } else if (counts.refused() > 0) {
            outcome = RunEvent.Outcome.REFUSED;
        } else {
            outcome = counts.failed() + board.count(RunBoard.Status.BLOCKED) > 0
                    ? RunEvent.Outcome.FAILED
                    : RunEvent.Outcome.DONE;
        }
        journal.append(id, plan.id(), "end", Optional.empty(), outcome.name().toLowerCase(java.util.Locale.ROOT));
        anchor(run, acting);
        return finish(outcome, counts, start);
    }

    private RunEvent.RunFinished finish(RunEvent.Outcome outcome, RunEvent.Counts counts, long start) {
        RunEvent.RunFinished finished =
                new RunEvent.RunFinished(outcome, counts, (System.nanoTime() - start) / 1_000_000);
        listener.on(finished);
        return finished;
    }

    /** What is neither as the plan saw it nor already as it wants it. */
    private static List<RunEvent.StepRefused> stale(List<Step> acting, Survey survey) {
        List<RunEvent.StepRefused> stale = new ArrayList<>();
        for (Step step : acting) {
            if (step.refusal().isPresent()) {
                Refusal refusal = step.refusal().get();
                stale.add(new RunEvent.StepRefused(step.id(), refusal.reason(), refusal.hint()));
            } else if (survey.observations().get(step.id()) instanceof Observation.Known(String seen, String _)
                    && step.observed().isPresent()) {
                String now = Digest.sha256(seen);
                if (!now.equals(step.observed().get())
                        && !now.equals(step.desired().orElse(""))) {
                    stale.add(new RunEvent.StepRefused(
                            step.id(),
                            "it changed since the plan was made",
                            "Plan again and look at the diff; nothing was touched."));
                }
            }
        }
        return stale;
    }

    private boolean work(Run run, List<Step> acting) {
        Set<String> hosts = new LinkedHashSet<>();
        acting.forEach(step -> hosts.add(step.id().target()));
        boolean live = hosts.remove(StepId.CLUSTER);
        List<Thread> threads = new ArrayList<>();
        Map<String, HostWorker> byHost = new HashMap<>();
        for (String host : hosts) {
            HostWorker worker = new HostWorker(run, host, ofHost(host));
            byHost.put(host, worker);
            worker.stockAtOnce();
            threads.add(start("files for " + host, run, worker::stock));
            threads.add(start("steps of " + host, run, worker::work));
        }
        List<Thread> liveThreads = new ArrayList<>();
        if (live) {
            liveThreads.add(start("steps of the cluster", run, () -> workLive(run)));
        }
        List<Thread> all = new ArrayList<>(threads);
        all.addAll(liveThreads);
        try {
            for (Thread thread : all) {
                thread.join();
            }
            return false;
        } catch (InterruptedException e) {
            endInOrder(run, byHost, all, liveThreads);
            return true;
        }
    }

    private static void endInOrder(Run run, Map<String, HostWorker> workers, List<Thread> all, List<Thread> live) {
        run.board().stop();
        live.forEach(Thread::interrupt);
        for (String host : run.activeHosts()) {
            HostWorker worker = workers.get(host);
            if (worker != null) {
                start("stop of " + host, run, worker::stop);
            }
        }
        long deadline = System.nanoTime() + LAST_STEP.toNanos();
        try {
            for (Thread thread : all) {
                thread.join(Duration.ofNanos(Math.max(1, deadline - System.nanoTime())));
            }
        } catch (InterruptedException e) {
            all.forEach(Thread::interrupt);
        }
    }

    private void workLive(Run run) throws InterruptedException {
        Semaphore places = new Semaphore(LIVE_AT_ONCE);
        List<Thread> threads = new ArrayList<>();
        try {
            while (true) {
                Optional<Step> next = run.board().nextLive();
                if (next.isEmpty()) {
                    break;
                }
                places.acquire();
                threads.add(start(next.get().id().toString(), run, () -> {
                    try {
                        performLive(run, next.get());
                    } finally {
                        places.release();
                    }
                }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            threads.forEach(Thread::interrupt);
            throw e;
        }
    }

    /**
     * While control planes join, etcd gains members and the API falters for seconds: what is only out of reach is tried
     * again, from the look on, so nothing is done twice.
     */
    private void performLive(Run run, Step step) throws InterruptedException {
        ClusterResource resource =
                (ClusterResource) Optional.ofNullable(resources.get(step.id())).orElseThrow();
        long start = System.nanoTime();
        long patience = start + API_PATIENCE.toNanos();
        AtomicBoolean begun = new AtomicBoolean();
        while (true) {
            try {
                if (resource.accompanies().isEmpty()) {
                    attemptLive(run, step, resource, begun, start);
                } else {
                    accompany(run, step, resource, begun, start);
                }
                return;
            } catch (TargetException e) {
                if (System.nanoTime() > patience) {
                    run.fail(step.id(), 1, e.getMessage(), e.hint());
                    return;
                }
                run.emit(new RunEvent.StepLine(step.id(), "trying again: " + e.getMessage()));
                Thread.sleep(API_PAUSE);
            } catch (InterruptedException e) {
                run.fail(step.id(), 130, "interrupted", run.again());
                throw e;
            } catch (RuntimeException e) {
                String hint = e instanceof Hinted hinted ? hinted.hint() : "Run with -v to see where this comes from.";
                run.fail(step.id(), 1, String.valueOf(e.getMessage()), hint);
                return;
            }
        }
    }

    private static void accompany(Run run, Step step, ClusterResource resource, AtomicBoolean begun, long start)
            throws InterruptedException {
        if (begun.compareAndSet(false, true)) {
            run.begin(step.id());
        }
        resource.apply("", text -> run.emit(new RunEvent.StepLine(step.id(), text)));
        run.done(step.id(), (System.nanoTime() - start) / 1_000_000);
    }

    private static void attemptLive(Run run, Step step, ClusterResource resource, AtomicBoolean begun, long start)
            throws InterruptedException {
        switch (resource.observe()) {
            case Observation.Deferred(String _, String reason) ->
                throw new TargetException(
                        StepId.CLUSTER,
                        TargetException.Code.UNREACHABLE,
                        "it still cannot be observed: " + reason,
                        "Look at what it names, then apply again.");
            case Observation.Unreachable unreachable -> throw unreachable.exception();
            case Observation.Known(String observed, String desired) -> {
                if (observed.equals(desired)) {
                    if (begun.get()) {
                        run.done(step.id(), (System.nanoTime() - start) / 1_000_000);
                    } else {
                        run.skip(step.id(), "already as wanted");
                    }
                    return;
                }
                boolean stale = !begun.get()
                        && step.observed().isPresent()
                        && !Digest.sha256(observed).equals(step.observed().get());
                if (stale) {
                    run.refuse(step.id(), "it changed since the plan was made", "Plan again and look at the diff.");
                    return;
                }
                if (begun.compareAndSet(false, true)) {
                    run.begin(step.id());
                }
                resource.apply(observed, text -> run.emit(new RunEvent.StepLine(step.id(), text)));
            }
        }
        confirmLive(run, step, resource, start);
    }

    private static void confirmLive(Run run, Step step, ClusterResource resource, long start)
            throws InterruptedException {
        if (resource.observe() instanceof Observation.Known(String observed, String desired)
                && observed.equals(desired)) {
            run.done(step.id(), (System.nanoTime() - start) / 1_000_000);
        } else {
            String found = resource.observe() instanceof Observation.Known(String observed, String desired)
                    ? Diff.unified(observed, desired)
                    : "it cannot be observed any more";
            run.fail(
                    step.id(),
                    0,
                    "it was accepted, and yet what is there is not what is wanted:\n" + found,
                    "Another controller may own these fields.");
        }
    }

    /** Leaves the journal's head on every host that was worked on, so that a changed journal is found. */
    private void anchor(Run run, List<Step> acting) {
        Set<String> hosts = new LinkedHashSet<>();
        acting.forEach(step -> hosts.add(step.id().target()));
        hosts.remove(StepId.CLUSTER);
        String line = run.id() + " " + journal.head();
        String script = "[ ! -d /var/lib/kubewright ] || echo " + Shell.quote(line)
                + " >>/var/lib/kubewright/anchors\nrm -f /run/kubewright.stop.*\n";
        List<Thread> threads = new ArrayList<>();
        hosts.forEach(host -> threads.add(Thread.ofVirtual().start(() -> {
            try {
                targets.get(host).run(script, Duration.ofSeconds(20), text -> {});
            } catch (TargetException | InterruptedException e) {
                // The next run anchors again; a host that is gone has been reported already.
            }
        })));
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Map<StepId, HostResource> ofHost(String host) {
        Map<StepId, HostResource> held = new HashMap<>();
        resources.forEach((id, resource) -> {
            if (id.target().equals(host) && resource instanceof HostResource ofHost) {
                held.put(id, ofHost);
            }
        });
        return held;
    }

    private interface Work {
        void run() throws InterruptedException;
    }

    private static Thread start(String name, Run run, Work work) {

        return Thread.ofVirtual().name(name).start(() -> {
            try {
                work.run();

            } catch (InterruptedException e) {
                run.board().stop();
            } catch (RuntimeException | Error e) {
                // A thread that died silently would leave the others waiting for its steps for ever.
                run.emit(new RunEvent.HostUnreachable(
                        name, "unexpected failure: " + e, "This is a defect of Kubewright; the run ends in order."));
                run.board().stop();
            }
        });
    }
}
