package io.kubewright.cli;

import io.kubewright.bundle.Bundle;
import io.kubewright.cluster.Blueprint;
import io.kubewright.cluster.Explanations;
import io.kubewright.cluster.Fleet;
import io.kubewright.cluster.Proofs;
import io.kubewright.cluster.Rehearsal;
import io.kubewright.cluster.Specification;
import io.kubewright.cluster.UserKubeconfig;
import io.kubewright.cluster.Withdrawal;
import io.kubewright.engine.Action;
import io.kubewright.engine.Applier;
import io.kubewright.engine.ClusterResource;
import io.kubewright.engine.Drift;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.HostRecords;
import io.kubewright.engine.Inspection;
import io.kubewright.engine.Journal;
import io.kubewright.engine.Observation;
import io.kubewright.engine.PathPattern;
import io.kubewright.engine.PathSelection;
import io.kubewright.engine.Plan;
import io.kubewright.engine.Planner;
import io.kubewright.engine.Proof;
import io.kubewright.engine.RecordedStep;
import io.kubewright.engine.RecordsRemoval;
import io.kubewright.engine.Resource;
import io.kubewright.engine.RunEvent;
import io.kubewright.engine.RunListener;
import io.kubewright.engine.Scope;
import io.kubewright.engine.Step;
import io.kubewright.engine.StepId;
import io.kubewright.engine.Survey;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.UndoPlanner;
import io.kubewright.engine.Verification;
import io.kubewright.engine.Verifier;
import io.kubewright.engine.Version;
import io.kubewright.kubeapi.ApiState;
import io.kubewright.spec.Host;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Works on the cluster of one file: its hosts over SSH, its API through them, its bundle. */
final class FileWork implements ClusterWork {
    private static final int PROOFS_AT_ONCE = 6;
    private static final Duration API_PATIENCE = Duration.ofMinutes(2);
    private static final Duration API_PAUSE = Duration.ofSeconds(2);
    private static final Duration ANCHORS = Duration.ofSeconds(30);

    private final Specification specification;
    private final Optional<Rehearsal> rehearsal;
    private final Supplier<Bundle> bundleSource;
    private final Explanations explanations;
    private final Fleet fleet;
    private Optional<Prepared> prepared = Optional.empty();

    /** What is known of the hosts, and what shall be on them. */
    private record Prepared(
            Inspection.Result inspected, Map<String, HostFacts> facts, Bundle bundle, List<Resource> resources) {}

    /** @param bundle opened when it is needed; building is not its business */
    FileWork(
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

    @Override
    public Plan plan(PathSelection selection, RunListener listener) throws InterruptedException {
        Prepared ready = prepare(listener);
        Survey survey = survey(ready, listener);
        List<RecordedStep> leaving = leaving(Withdrawal.leftFile(survey, ready.resources()), listener);
        List<Resource> all = new ArrayList<>(ready.resources());
        all.addAll(leaving);
        requireMatches(selection.unmatched(steps(all)));
        return plan(ready, leaving, survey, selection);
    }

    private List<RecordedStep> leaving(Set<StepId> steps, RunListener listener) throws InterruptedException {
        return steps.isEmpty() ? List.of() : Withdrawal.takingBack(steps, records(listener));
    }

    private Plan plan(Prepared ready, List<RecordedStep> leaving, Survey survey, PathSelection selection) {
        Planner.Binding binding = new Planner.Binding(
                Version.current(),
                specification.file().toString(),
                specification.sha256(),
                ready.bundle().lockHash(),
                specification.untested());
        return Planner.plan(
                ready.resources(), leaving, survey, binding, Instant.now(), explanations::why, selection::selects);
    }

    @Override
    public Plan undoPlan(Undo undo, RunListener listener) throws InterruptedException {
        requireHosts(undo.hosts());
        Map<String, List<HostRecords.Recorded>> records = records(listener);
        Predicate<StepId> chosen = step -> undo.selection().selects(step)
                && (undo.hosts().isEmpty() || undo.hosts().contains(step.target()));
        List<ClusterResource> live = List.of();
        List<String> notes = new ArrayList<>();
        if (undo.reachesCluster() && !Withdrawal.endsCluster(records, chosen)) {
            live = live(listener).stream()
                    .filter(resource -> chosen.test(resource.id()))
                    .peek(resource -> resource.stays().ifPresent(notes::add))
                    .filter(resource -> resource.stays().isEmpty())
                    .toList();
        }
        List<StepId> known = new ArrayList<>();
        records.values().forEach(each -> each.forEach(recorded -> known.add(recorded.step())));
        live.forEach(resource -> known.add(resource.id()));
        Withdrawal withdrawal = Withdrawal.of(specification, records, chosen, undo.kind(), live, fleet.api());
        withdrawal.resources().forEach(resource -> known.add(resource.id()));
        specification.hosts().forEach(host -> known.add(new StepId(RecordsRemoval.PATH, host.name())));
        requireMatches(undo.selection().unmatched(known));
        Planner.Binding binding = new Planner.Binding(
                Version.current(), specification.file().toString(), specification.sha256(), "", notes);
        return UndoPlanner.plan(
                undo.kind(),
                withdrawal.resources(),
                survey(withdrawal),
                withdrawal.refusals(),
                undo.discarding(),
                binding,
                Instant.now(),
                explanations::why);
    }

    private void requireHosts(Set<String> named) {
        List<String> known = specification.hosts().stream().map(Host::name).toList();
        List<String> unknown =
                named.stream().filter(host -> !known.contains(host)).toList();
        if (!unknown.isEmpty()) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "the file has no host " + String.join(", ", unknown),
                    "its hosts are " + String.join(", ", known));
        }
    }

    /** What every host of the file recorded. */
    private Map<String, List<HostRecords.Recorded>> records(RunListener listener) throws InterruptedException {
        Map<String, Callable<List<HostRecords.Recorded>>> readings = new LinkedHashMap<>();
        specification
                .hosts()
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
                case Scope.Outcome.Failure<List<HostRecords.Recorded>>(RuntimeException cause) ->
                    unreachable.put(host, TargetException.of(host, cause));
            }
        });
        requireReachable(unreachable, listener);
        return records;
    }

    /** The resources of the cluster that have a state, in the order they are applied in. */
    private List<ClusterResource> live(RunListener listener) throws InterruptedException {
        return prepare(listener).resources().stream()
                .filter(resource -> resource.accompanies().isEmpty())
                .filter(ClusterResource.class::isInstance)
                .map(ClusterResource.class::cast)
                .toList();
    }

    /** Recorded steps were seen when their records were read; the rest is looked at now. */
    private Survey survey(Withdrawal withdrawal) throws InterruptedException {
        Survey asked = Survey.of(
                fleet.targets(),
                withdrawal.resources().stream()
                        .filter(resource -> !(resource instanceof RecordedStep))
                        .toList());
        return asked.and(withdrawal.survey());
    }

    private RunEvent.RunFinished takeBack(Plan plan, RunListener listener) throws InterruptedException {
        Set<StepId> planned = plan.steps().stream().map(Step::id).collect(Collectors.toSet());
        Map<String, List<HostRecords.Recorded>> records = records(listener);
        boolean ends = Withdrawal.endsCluster(records, planned::contains);
        boolean inCluster = plan.steps().stream()
                .anyMatch(step ->
                        step.action() == Action.REMOVE && step.id().target().equals(StepId.CLUSTER));
        List<ClusterResource> live = inCluster
                ? live(listener).stream()
                        .filter(resource -> planned.contains(resource.id()))
                        .toList()
                : List.of();
        Withdrawal withdrawal =
                Withdrawal.of(specification, records, planned::contains, plan.kind(), live, fleet.api());
        withdrawal.refusals().forEach((step, refusal) -> {
            throw new CommandException(
                    ExitCode.REFUSED, "nothing was done: " + step + ": " + refusal.reason(), refusal.hint());
        });
        Set<StepId> left = withdrawal.resources().stream().map(Resource::id).collect(Collectors.toSet());
        // What a run of this plan has taken back already left no record.
        Plan rest = plan.withSteps(
                plan.steps().stream().filter(step -> left.contains(step.id())).toList());
        Survey survey = survey(withdrawal);
        RunEvent.RunFinished finished;
        try (Journal journal =
                Journal.open(Journal.place(specification.metadata().name()))) {
            finished = new Applier(fleet.targets(), withdrawal.resources(), journal, listener).apply(rest, survey);
        }
        if (ends && finished.outcome() == RunEvent.Outcome.DONE) {
            UserKubeconfig.delete(specification);
        }
        return finished;
    }

    @Override
    public RunEvent.RunFinished run(Plan plan, RunListener listener) throws InterruptedException {
        requireSame("file", plan.spec(), specification.sha256());
        requireSame("version of Kubewright", plan.tool(), Version.current());
        if (plan.kind().takesBack()) {
            return takeBack(plan, listener);
        }
        Prepared ready = prepare(listener);
        requireSame("bundle", plan.bundle(), ready.bundle().lockHash());
        Survey survey = survey(ready, listener);
        Set<StepId> planned = plan.steps().stream().map(Step::id).collect(Collectors.toSet());
        Set<StepId> gone = Withdrawal.leftFile(survey, ready.resources()).stream()
                .filter(planned::contains)
                .collect(Collectors.toSet());
        List<RecordedStep> leaving = leaving(gone, listener);
        List<Resource> resources = new ArrayList<>(ready.resources());
        resources.addAll(leaving);
        Set<StepId> known = resources.stream().map(Resource::id).collect(Collectors.toSet());
        // What a run of this plan has taken back already left no record.
        Plan rest = plan.withSteps(
                plan.steps().stream().filter(step -> known.contains(step.id())).toList());
        RunEvent.RunFinished finished;
        try (Journal journal =
                Journal.open(Journal.place(specification.metadata().name()))) {
            finished = new Applier(fleet.targets(), resources, journal, listener)
                    .apply(rest, survey.and(Survey.of(leaving)));
        }
        boolean cluster = !(fleet.api().state() instanceof ApiState.Absent);
        if (cluster && finished.outcome() == RunEvent.Outcome.DONE) {
            UserKubeconfig.write(specification, fleet.targets());
        }
        return finished;
    }

    private static void requireSame(String what, String planned, String now) {
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
    public Verification verify(PathSelection selection, boolean disruptive, RunListener listener)
            throws InterruptedException {
        Prepared ready = prepare(listener);
        try (Proofs proofs = Proofs.of(
                specification, fleet, ready.bundle(), text -> listener.on(new RunEvent.PhaseLine("verify", text)))) {
            requireMatches(selection.unmatchedPaths(
                    proofs.all().stream().map(Proof::path).toList()));
            List<Proof> wanted = proofs.all().stream()
                    .filter(proof -> selection.mayInclude(proof.path()))
                    .filter(proof -> disruptive || !proof.disruptive())
                    .toList();
            Verification found = Verifier.run(wanted, PROOFS_AT_ONCE, listener);
            return new Verification(found.entries().stream()
                    .filter(entry -> selection.selects(entry.path(), entry.target()))
                    .toList());
        }
    }

    @Override
    public Drift drift(PathSelection selection, RunListener listener) throws InterruptedException {
        Prepared ready = prepare(listener);
        requireMatches(selection.unmatched(steps(ready.resources())));
        List<Drift.Entry> entries = new ArrayList<>();
        records(listener)
                .values()
                .forEach(each -> each.forEach(recorded -> drifted(recorded).ifPresent(entries::add)));
        List<Resource> live = ready.resources().stream()
                .filter(resource -> resource.id().target().equals(StepId.CLUSTER))
                .toList();
        Survey.of(fleet.targets(), live).observations().forEach((step, observation) -> {
            switch (observation) {
                case Observation.Known(String found, String expected) -> {
                    if (!found.equals(expected)) {
                        entries.add(new Drift.Entry(step, expected, found));
                    }
                }
                case Observation.Unreachable(String expected, String reason, String _) ->
                    entries.add(new Drift.Entry(step, expected, "could not be looked at: " + reason));
                case Observation.Deferred _ -> {}
            }
        });
        return new Drift(entries.stream()
                .filter(entry -> selection.selects(entry.step()))
                .sorted(java.util.Comparator.comparing(Drift.Entry::step))
                .toList());
    }

    private static Optional<Drift.Entry> drifted(HostRecords.Recorded recorded) {
        String found =
                recorded.blind().map(reason -> "its probe failed: " + reason).orElse(recorded.found());
        return recorded.applied()
                .filter(applied -> !applied.equals(found))
                .map(applied -> new Drift.Entry(recorded.step(), applied, found));
    }

    @Override
    public Journal.Reading journal() {
        return Journal.read(Journal.place(specification.metadata().name()));
    }

    @Override
    public List<String> journalProblems() throws InterruptedException {
        Journal.Reading reading = journal();
        List<String> problems = new ArrayList<>();
        reading.fault().ifPresent(problems::add);
        Set<String> known = reading.entries().stream().map(Journal.Entry::hash).collect(Collectors.toSet());
        for (Host host : specification.hosts()) {
            String anchors = fleet.targets()
                    .get(host.name())
                    .run("cat /var/lib/kubewright/anchors 2>/dev/null || :\n", ANCHORS, _ -> {})
                    .stdout();
            anchors.lines()
                    .filter(line -> !known.contains(line.substring(line.indexOf(' ') + 1)))
                    .map(line -> host.name() + ": the journal on this machine does not hold the end of run "
                            + line.substring(0, Math.max(0, line.indexOf(' '))) + " that is anchored there")
                    .forEach(problems::add);
        }
        return problems;
    }

    private Prepared prepare(RunListener listener) throws InterruptedException {
        if (prepared.isPresent()) {
            return prepared.get();
        }
        // A bundle that is missing is told before any host is bothered.
        Bundle bundle = bundleSource.get();
        Inspection.Result inspected = Inspection.of(
                fleet.targets(), specification.hosts().stream().map(Host::name).toList());
        requireReachable(inspected.unreachable(), listener);
        awaitApi(inspected, listener);
        Map<String, HostFacts> facts =
                rehearsal.map(lab -> lab.accept(inspected.facts())).orElseGet(inspected::facts);
        List<Resource> resources =
                Blueprint.of(specification, inspected, facts, bundle).resources(fleet.api());
        Prepared ready = new Prepared(inspected, facts, bundle, resources);
        prepared = Optional.of(ready);
        return ready;
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

    private Survey survey(Prepared ready, RunListener listener) throws InterruptedException {
        Survey survey = Survey.of(
                fleet.targets(), ready.resources(), text -> listener.on(new RunEvent.PhaseLine("look", text)));
        requireReachable(survey.unreachable(), listener);
        return survey;
    }

    private static void requireReachable(Map<String, TargetException> unreachable, RunListener listener) {
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
                unreachable.values().iterator().next().hint());
    }

    private static List<StepId> steps(List<Resource> resources) {
        return resources.stream().map(Resource::id).toList();
    }

    private static void requireMatches(List<PathPattern> unmatched) {
        if (!unmatched.isEmpty()) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "no step is called "
                            + unmatched.stream().map(PathPattern::toString).collect(Collectors.joining(", ")),
                    "kubewright explain lists all paths");
        }
    }

    @Override
    public void close() {
        fleet.close();
    }
}
