package io.kubewright.engine;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where every step of a run stands. The workers meet here and nowhere else; all methods are safe from any thread. */
final class RunBoard {
    enum Status {
        PENDING,
        RUNNING,
        DONE,
        SKIPPED,
        FAILED,
        REFUSED,
        BLOCKED
    }

    private final Map<StepId, Step> steps = new LinkedHashMap<>();
    private final Map<StepId, Status> status = new HashMap<>();
    private final Set<StepId> stocked = new HashSet<>();
    private final Set<String> broken = new HashSet<>();
    private boolean stopping;

    /**
     * @param steps those that act, in order; a need that is not among them holds already
     */
    RunBoard(List<Step> steps) {
        steps.forEach(step -> {
            this.steps.put(step.id(), step);
            status.put(step.id(), Status.PENDING);
        });
    }

    synchronized List<StepId> of(String target) {
        return steps.keySet().stream().filter(id -> id.target().equals(target)).toList();
    }

    synchronized void set(StepId id, Status now) {
        status.put(id, now);
        if (now == Status.FAILED || now == Status.REFUSED) {
            broken.add(id.target());
        }
        notifyAll();
    }

    /** The files that a step needs lie on its host. */
    synchronized void stocked(StepId id) {
        stocked.add(id);
        notifyAll();
    }

    synchronized void stop() {
        stopping = true;
        notifyAll();
    }

    /** Whether anything more may be done on a host. */
    synchronized boolean goesOn(String target) {
        return !stopping && !broken.contains(target);
    }

    synchronized int count(Status wanted) {
        return (int) status.values().stream().filter(wanted::equals).count();
    }

    /** Puts back what a batch did not come to. */
    synchronized void release(List<StepId> batch) {
        batch.forEach(id -> status.replace(id, Status.RUNNING, Status.PENDING));
        notifyAll();
    }

    /**
     * Waits for the next steps of a host that can go in one script: each needs only what is done or goes before it.
     * They are marked as running. Empty when the host has no more to do.
     */
    synchronized List<Step> nextBatch(String target) throws InterruptedException {
        while (true) {
            if (stopping || broken.contains(target)) {
                return List.of();
            }
            List<Step> batch = new ArrayList<>();
            Set<StepId> before = new HashSet<>();
            boolean waiting = false;
            for (Step step : steps.values()) {
                if (!step.id().target().equals(target) || status.get(step.id()) != Status.PENDING) {
                    continue;
                }
                if (stocked.contains(step.id())
                        && step.needs().stream().allMatch(need -> holds(need) || before.contains(need))) {
                    batch.add(step);
                    before.add(step.id());
                } else if (step.needs().stream().noneMatch(this::lost)) {
                    waiting = true;
                }
            }
            if (!batch.isEmpty()) {
                batch.forEach(step -> status.put(step.id(), Status.RUNNING));
                return batch;
            }
            if (!waiting) {
                return List.of();
            }
            wait();
        }
    }

    /** Waits until one step of the cluster's can go; it is marked as running. Empty when there is no more to do. */
    synchronized Optional<Step> nextLive() throws InterruptedException {
        while (true) {
            if (stopping) {
                return Optional.empty();
            }
            boolean waiting = false;
            for (Step step : steps.values()) {
                if (!step.id().target().equals(StepId.CLUSTER) || status.get(step.id()) != Status.PENDING) {
                    continue;
                }
                if (step.needs().stream().allMatch(this::holds)) {
                    status.put(step.id(), Status.RUNNING);
                    return Optional.of(step);
                }
                waiting |= step.needs().stream().noneMatch(this::lost);
            }
            if (!waiting) {
                return Optional.empty();
            }
            wait();
        }
    }

    /** Names for each step that was never begun what it waited for; marks them as blocked. */
    synchronized Map<StepId, String> block() {
        Map<StepId, String> reasons = new LinkedHashMap<>();
        for (Step step : steps.values()) {
            if (status.get(step.id()) != Status.PENDING) {
                continue;
            }
            String reason = step.needs().stream()
                    .filter(need -> !holds(need))
                    .findFirst()
                    .map(need -> "waits for " + need)
                    .orElse(
                            stopping
                                    ? "the run was ended"
                                    : "a step before it on " + step.id().target() + " failed");
            reasons.put(step.id(), reason);
        }
        reasons.keySet().forEach(id -> status.put(id, Status.BLOCKED));
        return reasons;
    }

    private List<StepId> needsOf(StepId id) {
        Step step = steps.get(id);
        return step == null ? List.of() : step.needs();
    }

    private boolean holds(StepId need) {
        Status now = status.get(need);
        return now == null || now == Status.DONE || now == Status.SKIPPED;
    }

    /** Whether a need will not come about any more in this run. */
    private boolean lost(StepId need) {
        Status now = status.get(need);
        if (now == null) {
            return false;
        }
        return switch (now) {
            case FAILED, REFUSED, BLOCKED -> true;
            case PENDING ->
                broken.contains(need.target()) && !need.target().equals(StepId.CLUSTER)
                        || needsOf(need).stream().anyMatch(this::lost);
            case RUNNING, DONE, SKIPPED -> false;
        };
    }
}
