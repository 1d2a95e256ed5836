package io.kubewright.cli;

import io.kubewright.bundle.Bundle;
import io.kubewright.cluster.Blueprint;
import io.kubewright.cluster.Explanations;
import io.kubewright.cluster.Fleet;
import io.kubewright.cluster.Rehearsal;
import io.kubewright.cluster.Specification;
import io.kubewright.cluster.Standing;
import io.kubewright.engine.EarlyLooks;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.HostRecords;
import io.kubewright.engine.Inspection;
import io.kubewright.engine.PathPattern;
import io.kubewright.engine.Resource;
import io.kubewright.engine.RunEvent;
import io.kubewright.engine.RunListener;
import io.kubewright.engine.Scope;
import io.kubewright.engine.StepId;
import io.kubewright.engine.Survey;
import io.kubewright.engine.TargetException;
import io.kubewright.kubeapi.ApiState;
import io.kubewright.spec.Host;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The hosts, the API and the bundle of one file, and what is known of them so far. */
final class Site implements AutoCloseable {
    private static final Duration API_PATIENCE = Duration.ofMinutes(2);
    private static final Duration API_PAUSE = Duration.ofSeconds(2);

    private final Specification specification;
    private final Optional<Rehearsal> rehearsal;
    private final Supplier<Bundle> bundleSource;
    private final Explanations explanations;
    private final Fleet fleet;
    private Optional<Prepared> prepared = Optional.empty();
    private EarlyLooks early = EarlyLooks.none();

    /** What is known of the hosts and of the cluster, and what shall be on them. */
    record Prepared(
            Inspection.Result inspected,
            Map<String, HostFacts> facts,
            Standing standing,
            Bundle bundle,
            List<Resource> resources) {}

    /** @param bundle opened when it is needed; building is not its business */
    Site(
            Specification specification,
            Optional<Rehearsal> rehearsal,
            Supplier<Bundle> bundle,
            Explanations explanations,
            Fleet fleet) {
        this.specification = specification;
        this.rehearsal = rehearsal;
        this.bundleSource = bundle;
        this.explanations = explanations;
        this.fleet = fleet;
    }

    Specification specification() {
        return specification;
    }

    Explanations explanations() {
        return explanations;
    }

    Fleet fleet() {
        return fleet;
    }

    /** Asks the hosts what they are, once, and works out what shall be on them. */
    Prepared prepare(RunListener listener) throws InterruptedException {
        return prepare(listener, _ -> Map.of());
    }

    /**
     * As {@link #prepare(RunListener)}, by a command that looks at the hosts next.
     *
     * @param likely scripts of that look, by host, as far as they can be guessed
     */
    Prepared prepare(RunListener listener, Function<Bundle, Map<String, String>> likely) throws InterruptedException {
        if (prepared.isPresent()) {
            return prepared.get();
        }
        // A bundle that is missing is told before any host is bothered.
        Bundle bundle = bundleSource.get();
        early = EarlyLooks.begin(fleet.targets(), likely.apply(bundle), Survey.DEADLINE);
        FutureTask<Standing> asked = new FutureTask<>(() -> Standing.of(fleet.api()));
        Inspection.Result inspected = inspect(asked);
        requireReachable(inspected.unreachable(), listener);
        Standing standing = standing(asked, inspected, listener);
        Map<String, HostFacts> facts =
                rehearsal.map(lab -> lab.accept(inspected.facts())).orElseGet(inspected::facts);
        List<Resource> resources =
                Blueprint.of(specification, inspected, facts, standing, bundle).resources(fleet.api());
        Prepared ready = new Prepared(inspected, facts, standing, bundle, resources);
        prepared = Optional.of(ready);
        return ready;
    }

    /** Asks the hosts, and the API meanwhile: to connect to it takes as long. */
    private Inspection.Result inspect(FutureTask<Standing> asked) throws InterruptedException {
        Thread connecting = Thread.ofVirtual().name("api").start(asked);
        boolean done = false;
        try {
            Inspection.Result inspected = Inspection.of(
                    fleet.targets(),
                    specification.hosts().stream().map(Host::name).toList());
            done = inspected.unreachable().isEmpty();
            return inspected;
        } finally {
            if (!done) {
                connecting.interrupt();
            }
        }
    }

    private Standing standing(FutureTask<Standing> asked, Inspection.Result inspected, RunListener listener)
            throws InterruptedException {
        try {
            Standing standing = asked.get();
            if (standing.nodes().isPresent()) {
                return standing;
            }
        } catch (ExecutionException _) {
            // What cannot be had now either is told.
        }
        awaitApi(inspected, listener);
        return Standing.of(fleet.api());
    }

    /** Of the hosts, by {@link #prepare(RunListener, Function)}; for the look that comes next. */
    EarlyLooks early() {
        return early;
    }

    /** After a loss of power the API comes back by itself, once etcd has its majority again. */
    private void awaitApi(Inspection.Result inspected, RunListener listener) throws InterruptedException {
        long end = System.nanoTime() + API_PATIENCE.toNanos();
        boolean told = false;
        while (!inspected.controlPlanes().isEmpty()
                && fleet.api().state() instanceof ApiState.Unreachable(String reason)
                && System.nanoTime() < end) {
            if (!told) {
                told = true;
                listener.on(new RunEvent.PhaseLine("look", "waiting for the API: " + reason));
            }
            Thread.sleep(API_PAUSE);
        }
    }

    /** Hosts that the cluster's inventory has and the file has no more, ready to be reached. */
    List<Host> departed(Standing standing) {
        List<Host> departed = standing.inventory().departed(specification).stream()
                .map(host -> rehearsal.map(lab -> host.withSsh(lab.ssh())).orElse(host))
                .toList();
        departed.forEach(this::requireOwnAddress);
        departed.forEach(fleet::admit);
        return departed;
    }

    private void requireOwnAddress(Host departed) {
        specification.hosts().stream()
                .filter(host -> host.address().equals(departed.address()))
                .findFirst()
                .ifPresent(host -> {
                    throw new CommandException(
                            ExitCode.REFUSED,
                            host.name() + " has the address " + host.address() + " of " + departed.name()
                                    + ", which is a host of the cluster and no longer in the file",
                            "A host keeps its name as long as it is in the cluster. Call it " + departed.name()
                                    + " again; to give it another name, put the old one into the file, then"
                                    + " kubewright reset --host " + departed.name() + ", then rename it.");
                });
    }

    /** What hosts of the file recorded; all must answer. */
    Map<String, List<HostRecords.Recorded>> records(RunListener listener) throws InterruptedException {
        return records(specification.hosts(), List.of(), listener);
    }

    /**
     * What hosts recorded, by name.
     *
     * @param required must answer
     * @param others left out when they do not answer
     */
    Map<String, List<HostRecords.Recorded>> records(List<Host> required, List<Host> others, RunListener listener)
            throws InterruptedException {
        Map<String, Callable<List<HostRecords.Recorded>>> readings = new LinkedHashMap<>();
        java.util.stream.Stream.concat(required.stream(), others.stream())
                .forEach(host -> readings.put(
                        host.name(),
                        () -> HostRecords.read(
                                fleet.targets().get(host.name()),
                                text -> listener.on(new RunEvent.PhaseLine("look", text)))));
        Map<String, List<HostRecords.Recorded>> records = new LinkedHashMap<>();
        Map<String, TargetException> unreachable = new LinkedHashMap<>();
        Scope.all(readings).forEach((host, outcome) -> {
            switch (outcome) {
                case Scope.Outcome.Value<List<HostRecords.Recorded>>(List<HostRecords.Recorded> recorded) ->
                    records.put(host, recorded);
                case Scope.Outcome.Failure<List<HostRecords.Recorded>>(RuntimeException cause) -> {
                    TargetException failure = TargetException.of(host, cause);
                    boolean optional =
                            others.stream().anyMatch(each -> each.name().equals(host));
                    if (!optional || failure.code() != TargetException.Code.UNREACHABLE) {
                        unreachable.put(host, failure);
                    }
                }
            }
        });
        requireReachable(unreachable, listener);
        return records;
    }

    static void requireReachable(Map<String, TargetException> unreachable, RunListener listener) {
        if (unreachable.isEmpty()) {
            return;
        }
        unreachable.forEach(
                (host, cause) -> listener.on(new RunEvent.HostUnreachable(host, cause.getMessage(), cause.hint())));
        boolean locked = unreachable.values().stream().allMatch(cause -> cause.code() == TargetException.Code.LOCKED);
        throw new CommandException(
                locked ? ExitCode.REFUSED : ExitCode.FAILED,
                "nothing was touched: " + unreachable.size() + (unreachable.size() == 1 ? " host" : " hosts")
                        + " could not be used: "
                        + unreachable.values().stream()
                                .map(TargetException::getMessage)
                                .collect(Collectors.joining("; ")),
                hint(unreachable.values().iterator().next()));
    }

    private static String hint(TargetException cause) {
        return cause.code() == TargetException.Code.UNREACHABLE
                ? cause.hint()
                        + "; if it is gone for good, take it out of the file: the next apply takes it out of the cluster"
                : cause.hint();
    }

    static List<StepId> steps(List<Resource> resources) {
        return resources.stream().map(Resource::id).toList();
    }

    static void requireMatches(List<PathPattern> unmatched) {
        if (!unmatched.isEmpty()) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "no step is called "
                            + unmatched.stream().map(PathPattern::toString).collect(Collectors.joining(", ")),
                    "kubewright explain lists all paths");
        }
    }

    static void requireSame(String what, String planned, String now) {
        if (!planned.equals(now)) {
            throw new CommandException(
                    ExitCode.REFUSED,
                    "nothing was done: the plan was made for another " + what + " (" + brief(planned) + ", now "
                            + brief(now) + ")",
                    "make a new plan, look at it, and apply that");
        }
    }

    private static String brief(String hash) {
        return hash.length() > 12 ? hash.substring(0, 12) : hash;
    }

    @Override
    public void close() {
        early.close();
        fleet.close();
    }
}
