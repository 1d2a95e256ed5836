package io.kubewright.cluster;

import io.kubewright.engine.ClusterResource;
import io.kubewright.engine.ClusterUndo;
import io.kubewright.engine.HostRecords.Recorded;
import io.kubewright.engine.RecordedStep;
import io.kubewright.engine.RecordsRemoval;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.Resource;
import io.kubewright.engine.RunKind;
import io.kubewright.engine.StepId;
import io.kubewright.engine.Survey;
import io.kubewright.kube.Departure;
import io.kubewright.kubeapi.ClusterApi;
import io.kubewright.spec.Host;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Steps that shall be taken back, and what that means for the whole: each host's in the reverse of the order they were
 * applied in, hosts that leave a cluster which goes on take their leave of it, and nothing is taken away on which
 * something stands that stays.
 */
public final class Withdrawal {
    private final List<Host> hosts;
    private final Map<String, List<Recorded>> records;
    private final Predicate<StepId> chosen;
    private final RunKind kind;
    private final Set<StepId> needs;
    private final List<Resource> resources = new ArrayList<>();
    private final Map<StepId, Refusal> refusals = new LinkedHashMap<>();

    private Withdrawal(
            List<Host> hosts,
            Map<String, List<Recorded>> records,
            Predicate<StepId> chosen,
            RunKind kind,
            Set<StepId> needs) {
        this.hosts = hosts;
        this.records = records;
        this.chosen = chosen;
        this.kind = kind;
        this.needs = Set.copyOf(needs);
    }

    /**
     * Works it out.
     *
     * @param hosts all of the cluster
     * @param records of every host, by name; a host without any does not answer and is taken out of the cluster as it is
     * @param chosen the steps to take back
     * @param live resources of the cluster that shall be taken back too, in the order they were applied in
     * @param needs what must be done before
     */
    public static Withdrawal of(
            List<Host> hosts,
            Map<String, List<Recorded>> records,
            Predicate<StepId> chosen,
            RunKind kind,
            List<ClusterResource> live,
            Set<StepId> needs,
            ClusterApi api) {
        Withdrawal withdrawal = new Withdrawal(hosts, records, chosen, kind, needs);
        withdrawal.make(live, api);
        return withdrawal;
    }

    /** Whether there is no cluster any more once these steps are taken back: no control plane of it stays. */
    public static boolean endsCluster(Map<String, List<Recorded>> records, Predicate<StepId> chosen) {
        return nodeSteps(records)
                .filter(Departure::isControlPlane)
                .map(Recorded::step)
                .allMatch(chosen);
    }

    private static java.util.stream.Stream<Recorded> nodeSteps(Map<String, List<Recorded>> records) {
        return records.values().stream().flatMap(List::stream).filter(each -> Departure.makesNode(each.step()));
    }

    /** All that is done, with its needs. */
    public List<Resource> resources() {
        return List.copyOf(resources);
    }

    /** Why steps may not be taken back. */
    public Map<StepId, Refusal> refusals() {
        return Map.copyOf(refusals);
    }

    /** What was seen of recorded steps when their records were read. */
    public Survey survey() {
        return Survey.of(resources.stream()
                .filter(RecordedStep.class::isInstance)
                .map(RecordedStep.class::cast)
                .toList());
    }

    /**
     * Steps that hosts have a record of and the file no longer asks for. What makes a host a node is never among them (it
     * may have been made by another way than the file would take now), nor what lives in the cluster.
     */
    public static Set<StepId> leftFile(Survey survey, List<Resource> resources) {
        Set<StepId> wanted = resources.stream().map(Resource::id).collect(Collectors.toSet());
        return survey.recorded().entrySet().stream()
                .flatMap(host -> host.getValue().stream().map(path -> new StepId(path, host.getKey())))
                .filter(step -> !wanted.contains(step))
                .filter(step -> !Departure.makesNode(step) && !Departure.livesInCluster(step))
                .collect(Collectors.toSet());
    }

    /** These steps as they are taken back: each host's in the reverse of the order they were applied in. */
    public static List<RecordedStep> takingBack(Set<StepId> steps, Map<String, List<Recorded>> records) {
        List<RecordedStep> leaving = new ArrayList<>();
        records.values().forEach(own -> {
            Set<StepId> before = Set.of();
            for (Recorded recorded : own.reversed()) {
                if (steps.contains(recorded.step())) {
                    leaving.add(
                            recorded.undo().isBlank()
                                    ? RecordedStep.dropped(recorded, before)
                                    : new RecordedStep(recorded, before));
                    before = Set.of(recorded.step());
                }
            }
        });
        return leaving;
    }

    private void make(List<ClusterResource> live, ClusterApi api) {
        boolean ends = endsCluster(records, chosen);
        Set<StepId> before = addLive(live);
        List<Departure> departures = ends ? List.of() : departures(before);
        for (Host host : hosts) {
            Optional<Departure> leaving = departures.stream()
                    .filter(each -> each.leaving().equals(host))
                    .findFirst();
            Set<StepId> first = before;
            if (leaving.isPresent()) {
                List<Resource> leave = leaving.get().resources(api);
                resources.addAll(leave);
                first = leave.stream().map(Resource::id).collect(Collectors.toSet());
            }
            if (answers(host)) {
                addHost(host.name(), first, ends || leaving.isPresent());
            }
        }
        if (ends) {
            refuseOrphans();
        }
        refuseWhatIsStoodOn();
    }

    private Set<StepId> addLive(List<ClusterResource> live) {
        Set<StepId> before = needs;
        for (ClusterResource resource : live.reversed()) {
            resources.add(new ClusterUndo(resource, before));
            before = Set.of(resource.id());
        }
        return before;
    }

    /** One after another: pods that leave one host must not land on the next that goes. */
    private List<Departure> departures(Set<StepId> first) {
        List<Host> leaving = hosts.stream().filter(this::leaves).toList();
        List<Host> staying = hosts.stream()
                .filter(host -> isControlPlane(host) && !leaving.contains(host))
                .toList();
        List<Departure> departures = new ArrayList<>();
        Set<StepId> before = first;
        for (Host host : leaving) {
            Optional<StepId> node = nodeStep(host).map(Recorded::step);
            departures.add(
                    new Departure(host, isControlPlane(host), node.map(Set::of).orElse(Set.of()), staying, before));
            before = Set.of(node.orElse(Departure.removal(host.name())));
        }
        return departures;
    }

    private boolean answers(Host host) {
        return records.containsKey(host.name());
    }

    private boolean leaves(Host host) {
        return !answers(host)
                || nodeStep(host).map(Recorded::step).filter(chosen).isPresent();
    }

    private Optional<Recorded> nodeStep(Host host) {
        return records.getOrDefault(host.name(), List.of()).stream()
                .filter(each -> Departure.makesNode(each.step()))
                .findFirst();
    }

    private boolean isControlPlane(Host host) {
        return answers(host) ? nodeStep(host).filter(Departure::isControlPlane).isPresent() : host.isControlPlane();
    }

    /** @param leaves whether the host is no node of this cluster afterwards */
    private void addHost(String host, Set<StepId> first, boolean leaves) {
        List<Recorded> own = records.getOrDefault(host, List.of());
        Set<StepId> before = first;
        for (Recorded recorded : own.reversed()) {
            if (!chosen.test(recorded.step())) {
                continue;
            }
            if (recorded.undo().isBlank() || leaves && Departure.livesInCluster(recorded.step())) {
                resources.add(RecordedStep.dropped(recorded, before));
            } else {
                resources.add(new RecordedStep(recorded, before));
            }
            before = Set.of(recorded.step());
        }
        boolean all = own.stream().map(Recorded::step).allMatch(chosen);
        StepId removal = new StepId(RecordsRemoval.PATH, host);
        if (kind == RunKind.RESET && all && chosen.test(removal)) {
            resources.add(RecordsRemoval.of(host, before));
        }
    }

    private void refuseOrphans() {
        List<String> orphans = nodeSteps(records)
                .map(Recorded::step)
                .filter(step -> !chosen.test(step))
                .map(StepId::target)
                .toList();
        if (orphans.isEmpty()) {
            return;
        }
        nodeSteps(records)
                .map(Recorded::step)
                .filter(chosen)
                .forEach(step -> refusals.put(
                        step,
                        new Refusal(
                                "the cluster would end with its last control plane, and " + String.join(", ", orphans)
                                        + " would be left as nodes of none",
                                "Take these back too, or leave a control plane.")));
    }

    /** Needs of other hosts' steps are about order, not about what stands on what. */
    private void refuseWhatIsStoodOn() {
        Set<StepId> going = resources.stream().map(Resource::id).collect(Collectors.toSet());
        records.values().stream()
                .flatMap(List::stream)
                .filter(other -> !chosen.test(other.step()))
                .forEach(other -> other.needs().stream()
                        .filter(need -> need.target().equals(other.step().target()))
                        .filter(going::contains)
                        .forEach(need -> refusals.putIfAbsent(
                                need,
                                new Refusal(
                                        other.step() + " stands on it and would stay",
                                        "Take " + other.step().path() + " back too."))));
    }
}
