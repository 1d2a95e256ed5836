package io.kubewright.engine;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What was seen of all resources, in one round trip per host and by the API for the rest. Reading only.
 *
 * @param observations of every resource that was to be looked at, has a state and could be looked at
 * @param blind what could not be looked at, with the probe's own words
 * @param blobs digests of the files that lie in each host's blob store
 * @param recorded paths of the steps that each host has a record of
 * @param unreachable hosts that did not answer
 */
public record Survey(
        Map<StepId, Observation> observations,
        Map<StepId, String> blind,
        Map<String, Set<String>> blobs,
        Map<String, Set<String>> recorded,
        Map<String, TargetException> unreachable) {
    /** Of the look at one host; it may have to wait for a script that still acts there. */
    public static final Duration DEADLINE = Duration.ofMinutes(18);

    private record HostView(
            Map<StepId, String> seen, Map<StepId, String> blind, Set<String> blobs, Set<String> recorded) {}

    /** Looks at everything. */
    public static Survey of(Targets targets, List<Resource> resources) throws InterruptedException {
        return of(targets, resources, _ -> true, _ -> {}, new Look(), EarlyLooks.none());
    }

    /**
     * Looks at some of it, and at all hosts' records.
     *
     * @param wanted what to look at
     * @param waiting gets a line when a host is looked at later, because a script still acts there
     * @param together what the API is asked for on the way
     * @param early looks that were begun already
     */
    public static Survey of(
            Targets targets,
            List<Resource> resources,
            Predicate<StepId> wanted,
            Consumer<String> waiting,
            Look together,
            EarlyLooks early)
            throws InterruptedException {
        Map<String, List<HostResource>> byHost = new LinkedHashMap<>();
        Map<StepId, Callable<Observation>> live = new LinkedHashMap<>();
        for (Resource resource : resources) {
            if (!resource.accompanies().isEmpty()) {
                continue;
            }
            switch (resource) {
                case HostResource host -> {
                    List<HostResource> held =
                            byHost.computeIfAbsent(host.id().target(), _ -> new java.util.ArrayList<>());
                    if (wanted.test(host.id())) {
                        held.add(host);
                    }
                }
                case ClusterResource cluster -> {
                    if (wanted.test(cluster.id())) {
                        live.put(cluster.id(), () -> cluster.observe(together));
                    }
                }
            }
        }
        Map<String, Callable<HostView>> views = new LinkedHashMap<>();
        AtomicBoolean waited = new AtomicBoolean();
        Consumer<String> later = text -> {
            waited.set(true);
            waiting.accept(text);
        };
        byHost.forEach((host, held) -> views.put(host, () -> look(targets.get(host), held, later, early)));
        Map<String, Scope.Outcome<HostView>> seenOnHosts = new LinkedHashMap<>();
        Map<StepId, Scope.Outcome<Observation>> seenByApi = new LinkedHashMap<>();
        Scope.allOrThrow(List.of(
                () -> {
                    seenOnHosts.putAll(Scope.all(views));
                    return views.size();
                },
                () -> {
                    seenByApi.putAll(Scope.all(live));
                    return live.size();
                }));
        if (waited.get()) {
            // What still acted there may have changed the cluster too.
            together.forget();
            seenByApi.putAll(Scope.all(live));
        }

        Map<StepId, Observation> observations = new HashMap<>();
        Map<StepId, String> blind = new LinkedHashMap<>();
        Map<String, Set<String>> blobs = new HashMap<>();
        Map<String, Set<String>> recorded = new HashMap<>();
        Map<String, TargetException> unreachable = new LinkedHashMap<>();
        seenOnHosts.forEach((host, outcome) -> {
            switch (outcome) {
                case Scope.Outcome.Value<HostView>(HostView view) -> {
                    for (HostResource resource : byHost.getOrDefault(host, List.of())) {
                        String seen = view.seen().get(resource.id());
                        if (seen != null) {
                            observations.put(resource.id(), new Observation.Known(seen, resource.desired(seen)));
                        }
                    }
                    blind.putAll(view.blind());
                    blobs.put(host, view.blobs());
                    recorded.put(host, view.recorded());
                }
                case Scope.Outcome.Failure<HostView>(RuntimeException cause) ->
                    unreachable.put(host, TargetException.of(host, cause));
            }
        });
        if (unreachable.isEmpty()) {
            seenByApi.forEach((id, outcome) -> {
                switch (outcome) {
                    case Scope.Outcome.Value<Observation>(Observation seen) -> observations.put(id, seen);
                    case Scope.Outcome.Failure<Observation>(RuntimeException cause) ->
                        blind.put(id, cause.getMessage() == null ? cause.toString() : cause.getMessage());
                }
            });
        }
        return new Survey(observations, blind, blobs, recorded, unreachable);
    }

    /** What was seen of steps when their records were read. */
    public static Survey of(List<RecordedStep> steps) {
        Map<StepId, Observation> observations = new HashMap<>();
        steps.forEach(step -> observations.put(
                step.id(),
                new Observation.Known(
                        step.recorded().found(), step.desired(step.recorded().found()))));
        return new Survey(observations, Map.of(), Map.of(), Map.of(), Map.of());
    }

    /** This one and another, of other resources. */
    public Survey and(Survey other) {
        Map<StepId, Observation> both = new HashMap<>(observations);
        both.putAll(other.observations);
        Map<StepId, String> bothBlind = new LinkedHashMap<>(blind);
        bothBlind.putAll(other.blind);
        Map<String, Set<String>> bothBlobs = new HashMap<>(blobs);
        bothBlobs.putAll(other.blobs);
        Map<String, Set<String>> bothRecorded = new HashMap<>(recorded);
        bothRecorded.putAll(other.recorded);
        Map<String, TargetException> bothUnreachable = new LinkedHashMap<>(unreachable);
        bothUnreachable.putAll(other.unreachable);
        return new Survey(both, bothBlind, bothBlobs, bothRecorded, bothUnreachable);
    }

    private static HostView look(
            Target target, List<HostResource> resources, Consumer<String> waiting, EarlyLooks early)
            throws InterruptedException {
        HostScript script = HostScript.observe(resources);
        Optional<EarlyLooks.Whole> begun = early.take(target.name(), script);
        if (begun.isPresent()) {
            try {
                return view(target, resources, begun.get().script(), begun.get().result());
            } catch (TargetException e) {
                if (e.code() != TargetException.Code.LOCKED) {
                    throw e;
                }
                // The look below waits for the script that acts there, and says whose it is.
            }
        }
        ScriptResult result = target.run(
                script.text(),
                DEADLINE,
                line -> Frame.parse(script.mark(), line)
                        .filter(frame -> frame.word().equals("line"))
                        .ifPresent(frame -> waiting.accept(target.name() + ": " + frame.text(1))));
        return view(target, resources, script, result);
    }

    private static HostView view(Target target, List<HostResource> resources, HostScript script, ScriptResult result) {
        Map<StepId, String> seen = new HashMap<>();
        Map<StepId, String> blind = new LinkedHashMap<>();
        Set<String> blobs = new HashSet<>();
        Set<String> recorded = new HashSet<>();
        boolean whole = false;
        for (String line : result.stdout().lines().toList()) {
            Frame frame = Frame.parse(script.mark(), line).orElse(null);
            if (frame == null) {
                continue;
            }
            switch (frame.word()) {
                case "seen" -> {
                    switch (frame.step().path()) {
                        case "blobs" -> frame.text(1).lines().forEach(blobs::add);
                        case "records" -> frame.text(1).lines().forEach(recorded::add);
                        default -> seen.put(frame.step(), frame.text(1));
                    }
                }
                case "blind" ->
                    blind.put(frame.step(), "exit " + frame.arguments().get(1) + ": " + frame.text(2));
                case "locked" -> throw frame.locked(target.name());
                case "end" -> whole = true;
                default -> {}
            }
        }
        if (!whole) {
            String missing = resources.stream()
                    .map(Resource::id)
                    .filter(id -> !seen.containsKey(id) && !blind.containsKey(id))
                    .map(StepId::path)
                    .collect(Collectors.toCollection(TreeSet::new))
                    .toString();
            throw new TargetException(
                    target.name(),
                    TargetException.Code.PROTOCOL,
                    "the look at it ended early (exit " + result.exitCode() + "), without " + missing + ": "
                            + result.stderr().strip(),
                    "Run the command again with -v; if it stays so, log in and see whether /run is writable.");
        }
        return new HostView(seen, blind, blobs, recorded);
    }
}
