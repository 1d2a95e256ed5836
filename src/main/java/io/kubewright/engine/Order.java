package io.kubewright.engine;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Puts resources into an order in which each comes after what it needs; else the given order is kept. */
final class Order {
    private Order() {}

    /**
     * The resources, ordered.
     *
     * @throws IllegalArgumentException when two share an id, one needs what is not there, or needs form a ring
     */
    static List<Resource> of(List<? extends Resource> resources) {
        Map<StepId, Resource> byId = new LinkedHashMap<>();
        Map<StepId, Integer> place = new HashMap<>();
        for (Resource resource : resources) {
            if (byId.put(resource.id(), resource) != null) {
                throw new IllegalArgumentException("two resources are called " + resource.id());
            }
            place.put(resource.id(), place.size());
        }
        Map<StepId, Integer> waiting = new HashMap<>();
        Map<StepId, List<StepId>> followers = new HashMap<>();
        TreeMap<Integer, Resource> ready = new TreeMap<>();
        for (Resource resource : byId.values()) {
            Set<StepId> needs = resource.needs();
            for (StepId need : needs) {
                if (!byId.containsKey(need)) {
                    throw new IllegalArgumentException(resource.id() + " needs " + need + ", which does not exist");
                }
                followers.computeIfAbsent(need, _ -> new ArrayList<>()).add(resource.id());
            }
            waiting.put(resource.id(), needs.size());
            if (needs.isEmpty()) {
                ready.put(place.get(resource.id()), resource);
            }
        }
        List<Resource> ordered = new ArrayList<>();
        Deque<StepId> freed = new ArrayDeque<>();
        while (!ready.isEmpty()) {
            Resource next = ready.pollFirstEntry().getValue();
            ordered.add(next);
            freed.addAll(followers.getOrDefault(next.id(), List.of()));
            while (!freed.isEmpty()) {
                StepId follower = freed.poll();
                if (waiting.merge(follower, -1, Integer::sum) == 0) {
                    ready.put(place.get(follower), byId.get(follower));
                }
            }
        }
        if (ordered.size() < byId.size()) {
            List<StepId> ring = byId.keySet().stream()
                    .filter(id -> waiting.getOrDefault(id, 0) > 0)
                    .toList();
            throw new IllegalArgumentException("these steps wait for each other: " + ring);
        }
        return List.copyOf(ordered);
    }
}
