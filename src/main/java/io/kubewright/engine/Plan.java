package io.kubewright.engine;

import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What would be done, as data. A plan is bound to the file, the bundle and the states it was made from.
 *
 * @param id names the plan: the first 16 digits of the SHA-256 of all the rest, so an edited plan is found out
 * @param tool version of Kubewright that made it
 * @param created when, to the second
 * @param file the cluster file, absolute
 * @param spec {@link Digest} of the file's content, as the specification has it
 * @param bundle {@link Digest} of the bundle's lock
 * @param notes sentences that every report repeats, such as untested combinations
 * @param steps in an order in which they may be done
 */
public record Plan(
        String id,
        RunKind kind,
        String tool,
        Instant created,
        String file,
        String spec,
        String bundle,
        List<String> notes,
        List<Step> steps) {
    public Plan {
        notes = List.copyOf(notes);
        steps = List.copyOf(steps);
    }

    /** A plan named by its content. */
    public static Plan of(
            RunKind kind,
            String tool,
            Instant created,
            String file,
            String spec,
            String bundle,
            List<String> notes,
            List<Step> steps) {
        Plan unnamed = new Plan(
                "", kind, tool, Instant.ofEpochSecond(created.getEpochSecond()), file, spec, bundle, notes, steps);
        return new Plan(PlanJson.contentId(unnamed), kind, tool, unnamed.created, file, spec, bundle, notes, steps);
    }

    /** The same plan with these of its steps. */
    public Plan withSteps(List<Step> some) {
        return new Plan(id, kind, tool, created, file, spec, bundle, notes, some);
    }

    /** How many steps of each action; every action has an entry. */
    public Map<Action, Integer> summary() {
        Map<Action, Integer> counts = new EnumMap<>(Action.class);
        for (Action action : Action.values()) {
            counts.put(action, 0);
        }
        steps.forEach(step -> counts.merge(step.action(), 1, Integer::sum));
        return counts;
    }

    /** Whether there is anything to do. */
    public boolean acts() {
        return steps.stream().anyMatch(step -> step.action().acts());
    }

    /** The steps that may not be done. */
    public List<Step> refused() {
        return steps.stream().filter(step -> step.refusal().isPresent()).toList();
    }
}
