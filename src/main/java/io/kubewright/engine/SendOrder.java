package io.kubewright.engine;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which host's files travel first: those that more steps of other targets wait for. All hosts share this machine's way out, so
 * without an order the first control plane would get its images when everybody does, and all others wait for it.
 *
 * <p>Nobody waits longer than a given time in all: where each host's own link is the slow one, nothing is won by waiting.
 */
final class SendOrder {
    /** Files of up to this many bytes never wait. */
    private static final long SMALL = 8L << 20;

    private final Duration patience;
    private final Map<StepId, List<StepId>> followers = new HashMap<>();
    private final Map<String, Integer> senders = new HashMap<>();
    private final Map<String, Long> waited = new HashMap<>();

    /** @param patience how long a host waits for others, in all */
    SendOrder(Collection<Step> steps, Duration patience) {
        this.patience = patience;
        steps.forEach(step -> step.needs()
                .forEach(need ->
                        followers.computeIfAbsent(need, _ -> new ArrayList<>()).add(step.id())));
    }

    /** How many steps of other targets wait for this one, directly or not. */
    int awaiting(StepId step) {
        Set<StepId> seen = new HashSet<>(Set.of(step));
        Deque<StepId> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            for (StepId follower : followers.getOrDefault(open.remove(), List.of())) {
                if (seen.add(follower)) {
                    open.add(follower);
                }
            }
        }
        return (int) seen.stream()
                .filter(each -> !each.target().equals(step.target()))
                .count();
    }

    /** Returns when the files of this step may travel to its host, which keeps its turn until it enters again or leaves. */
    void enter(StepId step, long bytes) throws InterruptedException {
        int weight = awaiting(step);
        synchronized (this) {
            senders.put(step.target(), weight);
            notifyAll();
            if (bytes > SMALL) {
                await(step.target(), weight);
            }
        }
    }

    private void await(String host, int weight) throws InterruptedException {
        long start = System.nanoTime();
        long end = start + patience.toNanos() - waited.getOrDefault(host, 0L);
        long left = end - start;
        while (left > 0 && senders.values().stream().anyMatch(other -> other > weight)) {
            wait(left / 1_000_000 + 1);
            left = end - System.nanoTime();
        }
        waited.merge(host, System.nanoTime() - start, Long::sum);
    }

    /** Nothing more travels to this host. */
    synchronized void leave(String host) {
        senders.remove(host);
        notifyAll();
    }
}
