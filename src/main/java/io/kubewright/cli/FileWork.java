package io.kubewright.cli;

import io.kubewright.bundle.Bundle;
import io.kubewright.cluster.Checks;
import io.kubewright.cluster.Disks;
import io.kubewright.cluster.Fitness;
import io.kubewright.cluster.Leavers;
import io.kubewright.cluster.Proofs;
import io.kubewright.cluster.UserKubeconfig;
import io.kubewright.cluster.Withdrawal;
import io.kubewright.engine.Applier;
import io.kubewright.engine.Drift;
import io.kubewright.engine.HostRecords;
import io.kubewright.engine.Journal;
import io.kubewright.engine.LastLook;
import io.kubewright.engine.Look;
import io.kubewright.engine.Observation;
import io.kubewright.engine.PathSelection;
import io.kubewright.engine.Plan;
import io.kubewright.engine.Planner;
import io.kubewright.engine.Proof;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.Resource;
import io.kubewright.engine.RunEvent;
import io.kubewright.engine.RunKind;
import io.kubewright.engine.RunListener;
import io.kubewright.engine.Step;
import io.kubewright.engine.StepId;
import io.kubewright.engine.Survey;
import io.kubewright.engine.Verification;
import io.kubewright.engine.Verifier;
import io.kubewright.engine.Version;
import io.kubewright.kubeapi.ApiState;
import io.kubewright.kubeapi.LeftObject;
import io.kubewright.spec.Host;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Works on the cluster of one file: its hosts over SSH, its API through them, its bundle. */
final class FileWork implements ClusterWork {
    private static final int PROOFS_AT_ONCE = 6;
    private static final Duration ANCHORS = Duration.ofSeconds(30);

    private final Site site;
    private final TakingBack takingBack;

    FileWork(Site site) {
        this.site = site;
        this.takingBack = new TakingBack(site);
    }

    /** What was seen of what the file asks for, and what is there beside it. */
    private record Seen(
            Survey survey,
            List<Host> departed,
            Map<String, List<HostRecords.Recorded>> records,
            List<LeftObject> objects) {}

    @Override
    public Plan plan(PathSelection selection, RunListener listener) throws InterruptedException {
        Site.Prepared ready = site.prepare(
                listener,
                bundle ->
                        lastLook(bundle, selection).read(site.fleet().targets().names()));
        requireFit(ready);
        requireKnown(ready);
        Seen seen = look(ready, selection::selects, listener);
        lastLook(ready.bundle(), selection).write(site.early().scripts());
        List<Resource> all = new ArrayList<>(ready.resources());
        all.addAll(leavers(ready, seen, _ -> true).resources());
        Site.requireMatches(selection.unmatched(Site.steps(all)));
        Leavers leavers = leavers(ready, seen, selection::selects);
        requireRoom(ready, seen.survey(), selection::selects);
        Survey leaving = look(leavers, listener);
        List<String> notes = new ArrayList<>(site.specification().untested());
        notes.addAll(leavers.notes());
        ready.standing()
                .strangers(site.specification())
                .forEach(
                        node -> notes.add(node + " is a node of the cluster that neither the file nor the cluster's own"
                                + " inventory knows; put it into the file, or take it out by kubectl"));
        Planner.Binding binding = new Planner.Binding(
                Version.current(),
                site.specification().file().toString(),
                site.specification().sha256(),
                ready.bundle().lockHash(),
                notes);
        return Planner.plan(
                ready.resources(),
                leavers.planned(),
                seen.survey().and(leaving),
                binding,
                Instant.now(),
                site.explanations()::why,
                selection::selects);
    }

    private LastLook lastLook(Bundle bundle, PathSelection selection) {
        return new LastLook(
                Journal.place(site.specification().metadata().name()).resolveSibling("look"),
                String.join(
                        " ",
                        Version.current(),
                        site.specification().sha256(),
                        bundle.lockHash(),
                        selection.only().toString(),
                        selection.skip().toString()));
    }

    private void requireFit(Site.Prepared ready) {
        requireNone(Fitness.refusals(site.specification().hosts(), ready.facts()));
    }

    private static void requireRoom(Site.Prepared ready, Survey survey, Predicate<StepId> chosen) {
        requireNone(Disks.refusals(ready.resources(), survey, ready.facts(), chosen));
    }

    private static void requireNone(List<Refusal> refusals) {
        if (!refusals.isEmpty()) {
            throw new CommandException(
                    ExitCode.REFUSED,
                    refusals.stream().map(Refusal::reason).collect(Collectors.joining("; ")),
                    refusals.stream().map(Refusal::hint).distinct().collect(Collectors.joining("; ")));
        }
    }

    /** A host that was taken out while it did not answer does not know it. */
    private static void requireKnown(Site.Prepared ready) {
        List<String> expelled = ready.standing().expelled(ready.inspected());
        if (!expelled.isEmpty()) {
            throw new CommandException(
                    ExitCode.REFUSED,
                    String.join(", ", expelled) + (expelled.size() == 1 ? " holds itself" : " hold themselves")
                            + " for nodes of this cluster, which does not know them any more",
                    "Take apart what is on them and let them join anew: kubewright reset"
                            + expelled.stream().map(" --host "::concat).collect(Collectors.joining())
                            + ", then apply.");
        }
    }

    private Seen look(Site.Prepared ready, Predicate<StepId> chosen, RunListener listener) throws InterruptedException {
        Set<StepId> wanted = Planner.toBeSeen(ready.resources(), chosen);
        Look together = new Look();
        Survey survey = Survey.of(
                site.fleet().targets(),
                ready.resources(),
                wanted::contains,
                text -> listener.on(new RunEvent.PhaseLine("look", text)),
                together,
                site.early());
        site.early().close();
        Site.requireReachable(survey.unreachable(), listener);
        List<Host> departed = site.departed(ready.standing());
        boolean leaving = !departed.isEmpty()
                || !Withdrawal.leftFile(survey, ready.resources()).isEmpty();
        Map<String, List<HostRecords.Recorded>> records =
                leaving ? site.records(site.specification().hosts(), departed, listener) : Map.of();
        List<LeftObject> objects =
                Leavers.objects(site.fleet().api(), ready.standing().inventory(), ready.resources(), together);
        return new Seen(survey, departed, records, objects);
    }

    private Survey look(Leavers leavers, RunListener listener) throws InterruptedException {
        Survey survey = leavers.survey(site.fleet().targets());
        Site.requireReachable(survey.unreachable(), listener);
        return survey;
    }

    private Leavers leavers(Site.Prepared ready, Seen seen, Predicate<StepId> chosen) {
        return Leavers.of(
                site.specification(),
                seen.departed(),
                seen.records(),
                seen.objects(),
                seen.survey(),
                ready.resources(),
                chosen,
                site.fleet().api());
    }

    @Override
    public Plan undoPlan(Undo undo, RunListener listener) throws InterruptedException {
        return takingBack.plan(undo, listener);
    }

    @Override
    public RunEvent.RunFinished run(Plan plan, RunListener listener) throws InterruptedException {
        Site.requireSame("file", plan.spec(), site.specification().sha256());
        Site.requireSame("version of Kubewright", plan.tool(), Version.current());
        if (plan.kind().takesBack()) {
            return takingBack.run(plan, listener);
        }
        Site.Prepared ready = site.prepare(listener);
        Site.requireSame("bundle", plan.bundle(), ready.bundle().lockHash());
        Set<StepId> planned = plan.steps().stream().map(Step::id).collect(Collectors.toSet());
        Seen seen = look(ready, planned::contains, listener);
        requireRoom(ready, seen.survey(), planned::contains);
        Leavers leavers = leavers(ready, seen, planned::contains);
        List<Resource> resources = new ArrayList<>(ready.resources());
        resources.addAll(leavers.resources());
        Set<StepId> known = resources.stream().map(Resource::id).collect(Collectors.toSet());
        // What a run of this plan has taken back already left no record.
        Plan rest = plan.withSteps(
                plan.steps().stream().filter(step -> known.contains(step.id())).toList());
        Survey leaving = look(leavers, listener);
        Survey survey = seen.survey().and(leaving);
        RunEvent.RunFinished finished;
        try (Journal journal =
                Journal.open(Journal.place(site.specification().metadata().name()))) {
            finished = new Applier(site.fleet().targets(), resources, journal, listener).apply(rest, survey);
        }
        boolean cluster = !(site.fleet().api().state() instanceof ApiState.Absent);
        if (cluster && finished.outcome() == RunEvent.Outcome.DONE) {
            UserKubeconfig.write(site.specification(), site.fleet().targets());
        }
        return finished;
    }

    @Override
    public Verification verify(PathSelection selection, boolean disruptive, RunListener listener)
            throws InterruptedException {
        Site.Prepared ready = site.prepare(listener);
        try (Proofs proofs = Proofs.of(
                site.specification(),
                site.fleet(),
                ready.bundle(),
                text -> listener.on(new RunEvent.PhaseLine("verify", text)))) {
            return carryOut(
                    RunKind.VERIFY, proofs.all(), selection, proof -> disruptive || !proof.disruptive(), listener);
        }
    }

    @Override
    public Verification preflight(PathSelection selection, RunListener listener) throws InterruptedException {
        Site.Prepared ready = site.prepare(listener);
        try (Checks checks = Checks.of(
                site.specification(),
                site.fleet(),
                ready.bundle(),
                ready.facts(),
                text -> listener.on(new RunEvent.PhaseLine("preflight", text)))) {
            return carryOut(RunKind.PREFLIGHT, checks.all(), selection, _ -> true, listener);
        }
    }

    private static Verification carryOut(
            RunKind kind, List<Proof> all, PathSelection selection, Predicate<Proof> chosen, RunListener listener)
            throws InterruptedException {
        Site.requireMatches(
                selection.unmatchedPaths(all.stream().map(Proof::path).toList()));
        List<Proof> wanted = all.stream()
                .filter(proof -> selection.mayInclude(proof.path()))
                .filter(chosen)
                .toList();
        Verification found = Verifier.run(kind, wanted, PROOFS_AT_ONCE, listener);
        return new Verification(found.entries().stream()
                .filter(entry -> selection.selects(entry.path(), entry.target()))
                .toList());
    }

    @Override
    public Drift drift(PathSelection selection, RunListener listener) throws InterruptedException {
        Site.Prepared ready = site.prepare(listener);
        Site.requireMatches(selection.unmatched(Site.steps(ready.resources())));
        List<Drift.Entry> entries = new ArrayList<>();
        site.records(listener)
                .values()
                .forEach(each -> each.forEach(recorded -> drifted(recorded).ifPresent(entries::add)));
        List<Resource> live = ready.resources().stream()
                .filter(resource -> resource.id().target().equals(StepId.CLUSTER))
                .toList();
        Survey.of(site.fleet().targets(), live).observations().forEach((step, observation) -> {
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
        return Journal.read(Journal.place(site.specification().metadata().name()));
    }

    @Override
    public List<String> journalProblems() throws InterruptedException {
        Journal.Reading reading = journal();
        List<String> problems = new ArrayList<>();
        reading.fault().ifPresent(problems::add);
        Set<String> known = reading.entries().stream().map(Journal.Entry::hash).collect(Collectors.toSet());
        for (Host host : site.specification().hosts()) {
            String anchors = site.fleet()
                    .targets()
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

    @Override
    public void close() {
        site.close();
    }
}
