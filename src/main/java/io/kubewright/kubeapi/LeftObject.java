package io.kubewright.kubeapi;

import io.kubewright.engine.ClusterResource;
import io.kubewright.engine.Look;
import io.kubewright.engine.Observation;
import io.kubewright.engine.Progress;
import io.kubewright.engine.StepId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An object that we once made and that nobody asks for any more: it shall not be there. Found by its label and the
 * annotation that names its step, so nothing but the cluster is needed to know of it.
 */
public final class LeftObject implements ClusterResource {
    private static final Duration DELETING = Duration.ofMinutes(2);

    /** Others put objects of their own into a namespace, and of a kind: all of these would go too. */
    private static final Set<String> HOLDERS = Set.of("Namespace", "CustomResourceDefinition");

    private final ClusterApi api;
    private final StepId id;
    private final ObjectRef ref;

    private LeftObject(ClusterApi api, StepId id, ObjectRef ref) {
        this.api = api;
        this.id = id;
        this.ref = ref;
    }

    /** A kind of objects, such as {@code apps/v1} and {@code DaemonSet}. */
    public record Kind(String apiVersion, String kind) implements Comparable<Kind> {
        @Override
        public int compareTo(Kind other) {
            return toString().compareTo(other.toString());
        }

        /** Reads what {@link #toString()} writes. */
        public static Kind parse(String text) {
            int space = text.indexOf(' ');
            return new Kind(text.substring(0, space), text.substring(space + 1));
        }

        @Override
        public String toString() {
            return apiVersion + " " + kind;
        }
    }

    /**
     * Objects of these kinds that we made and that are not among the wanted ones, by step; one step each. What another
     * object owns goes with that one and is left out.
     *
     * @param kinds one that the API no longer has is passed over
     * @param wanted what shall be there, by step
     * @param look what was asked for already
     */
    public static List<LeftObject> find(
            ClusterApi api, Collection<Kind> kinds, Map<StepId, ObjectRef> wanted, Look look)
            throws InterruptedException {
        OwnObjects own = new OwnObjects(api.client(), look);
        Set<StepId> taken = new HashSet<>(wanted.keySet());
        List<LeftObject> found = new ArrayList<>();
        for (Kind kind : kinds) {
            for (KubeObject object : own.ofKind(kind).values()) {
                Optional<String> step = object.at("metadata", "annotations", ObjectResource.STEP)
                        .text()
                        .filter(StepId::isPath);
                boolean owned =
                        !object.at("metadata", "ownerReferences").items().isEmpty();
                if (step.isPresent() && !owned && !wanted.containsValue(object.ref())) {
                    StepId id = StepId.cluster(step.get());
                    // Under another name now: the step is the new one's.
                    StepId free = taken.contains(id) ? StepId.cluster(step.get() + "/" + object.name()) : id;
                    taken.add(free);
                    found.add(new LeftObject(api, free, object.ref()));
                }
            }
        }
        return List.copyOf(found);
    }

    @Override
    public StepId id() {
        return id;
    }

    @Override
    public Set<StepId> needs() {
        return Set.of();
    }

    @Override
    public Observation observe() throws InterruptedException {
        Optional<KubeObject> live = api.client().get(ref);
        String text = live.map(object ->
                        StateText.of(OwnedFields.of(object, KubeClient.MANAGER).in(object), api.hashKey()))
                .orElse("");
        return new Observation.Known(text, "");
    }

    @Override
    public void apply(String observed, Progress progress) throws InterruptedException {
        api.client().deleteAndWait(ref, DELETING);
    }

    @Override
    public Optional<String> stays() {
        return HOLDERS.contains(ref.kind())
                ? Optional.of("nothing of the file asks for " + ref + " any more; it stays, because all that is in it"
                        + " would go with it. To be rid of it: kubectl delete "
                        + ref.kind().toLowerCase(java.util.Locale.ROOT) + " " + ref.name())
                : Optional.empty();
    }

    /** What was taken away is not made again. */
    @Override
    public void undo(Progress progress) {}
}
