package io.kubewright.cli;

import io.kubewright.cluster.UserKubeconfig;
import io.kubewright.cluster.Withdrawal;
import io.kubewright.engine.Action;
import io.kubewright.engine.Applier;
import io.kubewright.engine.ClusterResource;
import io.kubewright.engine.HostRecords.Recorded;
import io.kubewright.engine.Journal;
import io.kubewright.engine.Plan;
import io.kubewright.engine.Planner;
import io.kubewright.engine.RecordedStep;
import io.kubewright.engine.RecordsRemoval;
import io.kubewright.engine.Resource;
import io.kubewright.engine.RunEvent;
import io.kubewright.engine.RunListener;
import io.kubewright.engine.Step;
import io.kubewright.engine.StepId;
import io.kubewright.engine.Survey;
import io.kubewright.engine.UndoPlanner;
import io.kubewright.engine.Version;
import io.kubewright.spec.Host;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The way back of one file's cluster, whole or in parts. */
final class TakingBack {
    private final Site site;

    TakingBack(Site site) {
        this.site = site;
    }

    /** What shall be taken back, as a plan; changes nothing. */
    Plan plan(ClusterWork.Undo undo, RunListener listener) throws InterruptedException {
        List<Host> hosts = hosts(undo.hosts(), listener);
        Map<String, List<Recorded>> records = site.records(hosts, List.of(), listener);
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
        Withdrawal withdrawal = Withdrawal.of(
                hosts,
                records,
                chosen,
                undo.kind(),
                live,
                Set.of(),
                site.fleet().api());
        withdrawal.resources().forEach(resource -> known.add(resource.id()));
        hosts.forEach(host -> known.add(new StepId(RecordsRemoval.PATH, host.name())));
        Site.requireMatches(undo.selection().unmatched(known));
        Planner.Binding binding = new Planner.Binding(
                Version.current(),
                site.specification().file().toString(),
                site.specification().sha256(),
                "",
                notes);
        return UndoPlanner.plan(
                undo.kind(),
                withdrawal.resources(),
                survey(withdrawal),
                withdrawal.refusals(),
                undo.discarding(),
                binding,
                Instant.now(),
                site.explanations()::why);
    }

    /** Does what such a plan says. */
    RunEvent.RunFinished run(Plan plan, RunListener listener) throws InterruptedException {
        Set<StepId> planned = plan.steps().stream().map(Step::id).collect(Collectors.toSet());
        Set<String> named = planned.stream()
                .map(StepId::target)
                .filter(target -> !target.equals(StepId.CLUSTER))
                .collect(Collectors.toSet());
        List<Host> hosts = hosts(named, listener);
        Map<String, List<Recorded>> records = site.records(hosts, List.of(), listener);
        boolean ends = Withdrawal.endsCluster(records, planned::contains);
        boolean inCluster = plan.steps().stream()
                .anyMatch(step ->
                        step.action() == Action.REMOVE && step.id().target().equals(StepId.CLUSTER));
        List<ClusterResource> live = inCluster
                ? live(listener).stream()
                        .filter(resource -> planned.contains(resource.id()))
                        .toList()
                : List.of();
        Withdrawal withdrawal = Withdrawal.of(
                hosts,
                records,
                planned::contains,
                plan.kind(),
                live,
                Set.of(),
                site.fleet().api());
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
                Journal.open(Journal.place(site.specification().metadata().name()))) {
            finished =
                    new Applier(site.fleet().targets(), withdrawal.resources(), journal, listener).apply(rest, survey);
        }
        if (ends && finished.outcome() == RunEvent.Outcome.DONE) {
            UserKubeconfig.delete(site.specification());
        }
        return finished;
    }

    /** The hosts of the file and those of the named ones that left it and are still in the cluster. */
    private List<Host> hosts(Set<String> named, RunListener listener) throws InterruptedException {
        List<Host> hosts = new ArrayList<>(site.specification().hosts());
        Set<String> lacking = lacking(named, hosts);
        if (lacking.isEmpty()) {
            return hosts;
        }
        site.departed(site.prepare(listener).standing()).stream()
                .filter(host -> lacking.contains(host.name()))
                .forEach(hosts::add);
        Set<String> unknown = lacking(named, hosts);
        if (!unknown.isEmpty()) {
            throw new CommandException(
                    ExitCode.USAGE,
                    "neither the file nor the cluster has a host " + String.join(", ", unknown),
                    "the file's hosts are "
                            + site.specification().hosts().stream()
                                    .map(Host::name)
                                    .collect(Collectors.joining(", ")));
        }
        return hosts;
    }

    private static Set<String> lacking(Set<String> named, List<Host> hosts) {
        Set<String> lacking = new java.util.TreeSet<>(named);
        hosts.forEach(host -> lacking.remove(host.name()));
        return lacking;
    }

    /** The resources of the cluster that have a state, in the order they are applied in. */
    private List<ClusterResource> live(RunListener listener) throws InterruptedException {
        return site.prepare(listener).resources().stream()
                .filter(resource -> resource.accompanies().isEmpty())
                .filter(ClusterResource.class::isInstance)
                .map(ClusterResource.class::cast)
                .toList();
    }

    /** Recorded steps were seen when their records were read; the rest is looked at now. */
    private Survey survey(Withdrawal withdrawal) throws InterruptedException {
        Survey asked = Survey.of(
                site.fleet().targets(),
                withdrawal.resources().stream()
                        .filter(resource -> !(resource instanceof RecordedStep))
                        .toList());
        return asked.and(withdrawal.survey());
    }
}
