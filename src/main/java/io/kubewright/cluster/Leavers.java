package io.kubewright.cluster;

import io.kubewright.engine.HostRecords.Recorded;
import io.kubewright.engine.Look;
import io.kubewright.engine.Planner;
import io.kubewright.engine.RecordedStep;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.Resource;
import io.kubewright.engine.RunKind;
import io.kubewright.engine.StepId;
import io.kubewright.engine.Survey;
import io.kubewright.engine.Targets;
import io.kubewright.kube.Departure;
import io.kubewright.kubeapi.ClusterApi;
import io.kubewright.kubeapi.LeftObject;
import io.kubewright.spec.Host;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What the hosts and the cluster hold and the file no longer asks for: steps on hosts that stay, hosts as a whole, objects.
 * An apply takes it back after everything else, so that what replaces it is there.
 */
public final class Leavers {
    private final List<Resource> resources = new ArrayList<>();
    private final Map<StepId, Refusal> refusals = new LinkedHashMap<>();
    private final List<String> notes = new ArrayList<>();

    private Leavers() {}

    /**
     * What leaves.
     *
     * @param file with its hosts alone
     * @param departed hosts that the file no longer has
     * @param records of the file's hosts and of the departed ones that answer; only asked for where something leaves
     * @param objects that nothing of the file asks for any more
     * @param wanted all of what the file asks for
     * @param chosen the steps that may be taken back
     */
    public static Leavers of(
            Specification file,
            List<Host> departed,
            Map<String, List<Recorded>> records,
            List<LeftObject> objects,
            Survey survey,
            List<Resource> wanted,
            Predicate<StepId> chosen,
            ClusterApi api) {
        Leavers leavers = new Leavers();
        Map<String, List<Recorded>> staying = new LinkedHashMap<>(records);
        departed.forEach(host -> staying.remove(host.name()));
        leavers.resources.addAll(Withdrawal.takingBack(
                Withdrawal.leftFile(survey, wanted).stream().filter(chosen).collect(Collectors.toSet()), staying));
        for (LeftObject object : objects) {
            object.stays().ifPresentOrElse(leavers.notes::add, () -> {
                if (chosen.test(object.id())) {
                    leavers.resources.add(object);
                }
            });
        }
        if (!departed.isEmpty()) {
            leavers.addHosts(file, departed, records, wanted, chosen, api);
        }
        return leavers;
    }

    /** Objects that the cluster holds from us and none of these resources asks for; none where no API answers. */
    public static List<LeftObject> objects(ClusterApi api, Inventory inventory, List<Resource> wanted, Look look)
            throws InterruptedException {
        return inventory.kinds().isEmpty()
                ? List.of()
                : LeftObject.find(api, inventory.kinds(), Inventory.objects(wanted), look);
    }

    private void addHosts(
            Specification file,
            List<Host> departed,
            Map<String, List<Recorded>> records,
            List<Resource> wanted,
            Predicate<StepId> chosen,
            ClusterApi api) {
        Set<String> names = departed.stream().map(Host::name).collect(Collectors.toSet());
        List<Host> all = new ArrayList<>(file.hosts());
        all.addAll(departed);
        // Whatever takes their place has joined by then.
        Set<StepId> first = wanted.stream()
                .map(Resource::id)
                .filter(Departure::makesNode)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        Withdrawal withdrawal = Withdrawal.of(
                all,
                records,
                step -> names.contains(step.target()) && chosen.test(step),
                RunKind.RESET,
                List.of(),
                first,
                api);
        resources.addAll(withdrawal.resources());
        refusals.putAll(withdrawal.refusals());
        for (Host host : departed) {
            if (!chosen.test(Forgetting.id(host.name()))) {
                continue;
            }
            Set<StepId> before = withdrawal.resources().stream()
                    .map(Resource::id)
                    .filter(step -> step.target().equals(host.name()) || step.equals(Departure.removal(host.name())))
                    .collect(Collectors.toSet());
            resources.add(new Forgetting(api, host.name(), before));
            if (!records.containsKey(host.name())) {
                notes.add(
                        host.name() + " left the file and does not answer: it is taken out of the cluster, and what is"
                                + " on it stays. Do not let it back onto the network as it is.");
            }
        }
    }

    /** Whether anything leaves. */
    public boolean isEmpty() {
        return resources.isEmpty() && notes.isEmpty();
    }

    /** All that is done, with its needs. */
    public List<Resource> resources() {
        return List.copyOf(resources);
    }

    /** What leaves and stays, in sentences for the plan. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /** For a plan. */
    public Planner.Leaving planned() {
        return new Planner.Leaving(resources, refusals);
    }

    /** How it all is now: recorded steps were seen when their records were read, the rest is looked at. */
    public Survey survey(Targets targets) throws InterruptedException {
        List<RecordedStep> recorded = resources.stream()
                .filter(RecordedStep.class::isInstance)
                .map(RecordedStep.class::cast)
                .toList();
        List<Resource> rest = resources.stream()
                .filter(resource -> !(resource instanceof RecordedStep))
                .toList();
        return Survey.of(recorded).and(Survey.of(targets, rest));
    }
}
