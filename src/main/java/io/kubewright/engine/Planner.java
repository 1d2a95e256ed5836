package io.kubewright.engine;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Makes a plan out of what shall be and what was seen. Pure. */
public final class Planner {
    private Planner() {}

    /**
     * What a plan is bound to.
     *
     * @param file the cluster file, absolute
     * @param spec digest of the file's content
     * @param bundle digest of the bundle's lock
     */
    public record Binding(String tool, String file, String spec, String bundle, List<String> notes) {}

    /**
     * The plan.
     *
     * @param survey of what {@link #toBeSeen} names at least
     * @param why one line for a path
     * @param selected the steps that the user asked for, and no other is in the plan; what they need and lacks is refused, not
     *     done unasked
     */
    public static Plan plan(
            List<Resource> resources,
            Survey survey,
            Binding binding,
            Instant now,
            Function<String, String> why,
            Predicate<StepId> selected) {
        return plan(resources, Leaving.NOTHING, survey, binding, now, why, selected);
    }

    /**
     * What is there and the file no longer asks for: it is taken back, after what the file asks for was done.
     *
     * @param resources {@link RecordedStep}s, {@link RecordsRemoval}s, resources of the cluster that shall not be there, and
     *     steps that accompany these; selected ones only
     * @param refusals why a step may not be taken back although it could be
     */
    public record Leaving(List<Resource> resources, Map<StepId, Refusal> refusals) {
        public static final Leaving NOTHING = new Leaving(List.of(), Map.of());

        public Leaving {
            resources = List.copyOf(resources);
            refusals = Map.copyOf(refusals);
        }

        /** These in a plan: needs may be steps of the file. */
        private List<Step> steps(List<Resource> wanted, Survey survey, Function<String, String> why) {
            List<Resource> all = new ArrayList<>(wanted);
            all.addAll(resources);
            Set<StepId> own = resources.stream().map(Resource::id).collect(Collectors.toSet());
            List<Resource> ordered = Order.of(all).stream()
                    .filter(resource -> own.contains(resource.id()))
                    .toList();
            return UndoPlanner.steps(ordered, survey, refusals, false, why).stream()
                    .map(Leaving::worded)
                    .toList();
        }

        private static Step worded(Step step) {
            return step.withRefusal(step.refusal()
                    .map(refusal -> new Refusal(
                            refusal.reason(),
                            "The file no longer asks for it. Leave it with --skip, or take it back as it is:"
                                    + " kubewright undo "
                                    + step.id().path() + " --discard-changes")));
        }
    }

    /** The plan, with what the file no longer asks for. */
    public static Plan plan(
            List<Resource> resources,
            Leaving leaving,
            Survey survey,
            Binding binding,
            Instant now,
            Function<String, String> why,
            Predicate<StepId> selected) {
        List<Resource> ordered = Order.of(resources);
        List<Step> steps = new ArrayList<>();
        Set<StepId> acting = new HashSet<>();
        Set<StepId> left = new HashSet<>();
        // What acts, and all that needs it, however far away.
        Set<StepId> moved = new HashSet<>();
        for (Resource resource : ordered) {
            boolean behind = resource.needs().stream().anyMatch(moved::contains);
            if (behind) {
                moved.add(resource.id());
            }
            if (!resource.accompanies().isEmpty()) {
                continue;
            }
            if (!selected.test(resource.id())) {
                if (isKnownToLack(resource.id(), survey)) {
                    left.add(resource.id());
                }
                continue;
            }
            Step step = step(resource, survey, why.apply(resource.id().path()), behind);
            if (step.action().acts() || step.refusal().isPresent()) {
                acting.add(resource.id());
                moved.add(resource.id());
                step = step.refusal().isEmpty() ? missing(step, left) : step;
            }
            steps.add(step);
        }
        Map<StepId, Step> planned = steps.stream().collect(Collectors.toMap(Step::id, Function.identity()));
        List<Step> withAccompanying = new ArrayList<>();
        for (Resource resource : ordered) {
            if (!resource.accompanies().isEmpty()) {
                if (resource.accompanies().stream().anyMatch(acting::contains)) {
                    withAccompanying.add(Step.accompanying(
                            resource.id(),
                            why.apply(resource.id().path()),
                            resource.needs().stream().sorted().toList()));
                }
            } else {
                Optional.ofNullable(planned.get(resource.id())).ifPresent(withAccompanying::add);
            }
        }
        withAccompanying.addAll(leaving.steps(ordered, survey, why));
        return Plan.of(
                RunKind.APPLY,
                binding.tool(),
                now,
                binding.file(),
                binding.spec(),
                binding.bundle(),
                binding.notes(),
                withAccompanying);
    }

    /**
     * What a survey has to see for a plan of these steps: they themselves, and what they need directly, which is refused when
     * it lacks.
     */
    public static Set<StepId> toBeSeen(List<Resource> resources, Predicate<StepId> selected) {
        return resources.stream()
                .filter(resource -> selected.test(resource.id()))
                .flatMap(resource -> Stream.concat(Stream.of(resource.id()), resource.needs().stream()))
                .collect(Collectors.toSet());
    }

    /** Whether it would act, or nobody can say; not so of what was not to be looked at. */
    private static boolean isKnownToLack(StepId id, Survey survey) {
        return survey.blind().containsKey(id)
                || switch (survey.observations().get(id)) {
                    case Observation.Known(String observed, String desired) -> !observed.equals(desired);
                    case Observation.Deferred _, Observation.Unreachable _ -> true;
                    case null -> false;
                };
    }

    private static Step missing(Step step, Set<StepId> left) {
        Optional<StepId> lacking = step.needs().stream().filter(left::contains).findFirst();
        return lacking.map(need -> step.withRefusal(Optional.of(new Refusal(
                        "it needs " + need + ", which is not as wanted and was not selected",
                        "Select " + need.path() + " too, or apply everything."))))
                .orElse(step);
    }

    /** @param behind whether a step that it needs, however far away, acts */
    private static Step step(Resource resource, Survey survey, String why, boolean behind) {
        List<StepId> needs = resource.needs().stream().sorted().toList();
        String blind = survey.blind().get(resource.id());
        if (blind != null) {
            return Step.deferred(resource.id(), why, needs, "", "could not be looked at")
                    .withRefusal(Optional.of(new Refusal(
                            "its present state could not be read: " + blind.strip(),
                            "Mend what the message names and plan again.")));
        }
        Observation observation = survey.observations().get(resource.id());
        Step step = switch (observation) {
            case Observation.Known(String observed, String desired) -> known(resource, why, needs, observed, desired);
            case Observation.Deferred(String desired, String reason) ->
                Step.deferred(resource.id(), why, needs, desired, reason);
            case Observation.Unreachable(String desired, String reason, String hint) -> {
                Step later = Step.deferred(resource.id(), why, needs, desired, reason);
                yield behind ? later : later.withRefusal(Optional.of(new Refusal(reason, hint)));
            }
            case null -> throw new IllegalStateException("the survey left out " + resource.id());
        };
        return step.withDeviation(resource.deviation());
    }

    private static Step known(Resource resource, String why, List<StepId> needs, String observed, String desired) {
        if (observed.equals(desired)) {
            return Step.known(resource.id(), Action.SAME, why, needs, observed, desired);
        }
        Optional<String> loses = Optional.empty();
        Optional<Refusal> refusal = Optional.empty();
        if (resource instanceof HostResource host) {
            loses = host.replaces(observed);
            refusal = host.refusal(observed);
        }
        Action action;
        if (observed.isEmpty()) {
            action = Action.CREATE;
        } else if (desired.isEmpty()) {
            action = Action.REMOVE;
        } else {
            action = loses.isPresent() ? Action.REPLACE : Action.CHANGE;
        }
        return Step.known(resource.id(), action, why, needs, observed, desired)
                .withLoses(loses)
                .withRefusal(refusal);
    }
}
