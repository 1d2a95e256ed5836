package io.kubewright.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Makes a plan that takes steps back. Pure. */
public final class UndoPlanner {
    private UndoPlanner() {}

    /**
     * The plan, in an order in which it may be done.
     *
     * @param resources {@link RecordedStep}s, {@link RecordsRemoval}s, {@link ClusterUndo}s and steps that accompany these
     * @param refusals why a step may not be taken back although it could be
     * @param discarding whether files that others changed since are taken back all the same
     */
    public static Plan plan(
            RunKind kind,
            List<Resource> resources,
            Survey survey,
            Map<StepId, Refusal> refusals,
            boolean discarding,
            Planner.Binding binding,
            Instant now,
            Function<String, String> why) {
        return Plan.of(
                kind,
                binding.tool(),
                now,
                binding.file(),
                binding.spec(),
                binding.bundle(),
                binding.notes(),
                steps(Order.of(resources), survey, refusals, discarding, why));
    }

    /** @param resources in an order in which they may go */
    static List<Step> steps(
            List<Resource> resources,
            Survey survey,
            Map<StepId, Refusal> refusals,
            boolean discarding,
            Function<String, String> why) {
        List<Step> steps = new ArrayList<>();
        for (Resource resource : resources) {
            List<StepId> needs = resource.needs().stream().sorted().toList();
            String reason = why.apply(resource.id().path());
            if (!resource.accompanies().isEmpty()) {
                steps.add(Step.accompanying(resource.id(), reason, needs));
            } else {
                step(resource, needs, reason, survey, discarding)
                        .map(step -> refusals.containsKey(step.id())
                                ? step.withRefusal(Optional.ofNullable(refusals.get(step.id())))
                                : step)
                        .ifPresent(steps::add);
            }
        }
        return steps;
    }

    private static Optional<Step> step(
            Resource resource, List<StepId> needs, String why, Survey survey, boolean discarding) {
        String blind = survey.blind().get(resource.id());
        if (blind != null) {
            return Optional.of(Step.deferred(resource.id(), why, needs, "", "could not be looked at")
                    .withRefusal(Optional.of(new Refusal(
                            "its present state could not be read: " + blind.strip(),
                            "Mend what the message names and try again."))));
        }
        return switch (survey.observations().get(resource.id())) {
            case Observation.Known(String observed, String desired) ->
                switch (resource) {
                    case RecordedStep recorded -> Optional.of(recorded(recorded, needs, why, observed, discarding));
                    case HostResource _, ClusterResource _ ->
                        observed.equals(desired)
                                ? Optional.empty()
                                : Optional.of(Step.known(resource.id(), Action.REMOVE, why, needs, observed, desired));
                };
            case Observation.Unreachable(String _, String reason, String hint) ->
                Optional.of(Step.deferred(resource.id(), why, needs, "", reason)
                        .withRefusal(Optional.of(new Refusal(reason, hint))));
            case Observation.Deferred _ -> Optional.empty();
            case null -> Optional.empty();
        };
    }

    private static Step recorded(
            RecordedStep resource, List<StepId> needs, String why, String observed, boolean discarding) {
        Step step = Step.known(resource.id(), Action.REMOVE, why, needs, observed, resource.desired(observed));
        Step bound = resource.beforeKnown() ? step : step.withoutDesired();
        Optional<String> changes = resource.othersChanges();
        return discarding && changes.isPresent()
                ? bound.withLoses(Optional.of("what others changed since:\n" + changes.get()))
                : bound.withRefusal(resource.refusal(observed));
    }
}
