package io.kubewright.kubeapi;

import io.kubewright.engine.ClusterResource;
import io.kubewright.engine.Look;
import io.kubewright.engine.Observation;
import io.kubewright.engine.Progress;
import io.kubewright.engine.StepId;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * An object that the cluster shall have, made by server-side apply. Its state is the text of the fields that we apply, or
 * once applied; what others add is theirs. Lines that begin with {@code #} tell of fields that another manager holds
 * (applying takes them over) and of a workload whose template did not reach all its pods yet. Whether those are ready is
 * no part of it: pods come and go, and {@code verify} tells how they do.
 */
public final class ObjectResource implements ClusterResource {
    /** Label on everything that we made. */
    public static final String MANAGED_BY = "app.kubernetes.io/managed-by";

    /** Annotation that names the step; an annotation, because a label's value cannot hold a path. */
    public static final String STEP = "kubewright.io/step";

    private static final Duration DELETING = Duration.ofMinutes(2);

    private final ClusterApi api;
    private final StepId id;
    private final Set<StepId> needs;
    private final KubeObject wanted;
    private final Readiness readiness;
    private final Removal removal;

    /** How an object is taken back. */
    public enum Removal {
        /** It is deleted, and waited for until it is gone. */
        DELETE,
        /** Our fields are taken out of it and the rest stays, because it is also somebody else's. */
        RELEASE,
        /** It stays, because deleting it would delete data. */
        KEEP
    }

    private ObjectResource(
            ClusterApi api, StepId id, Set<StepId> needs, KubeObject wanted, Readiness readiness, Removal removal) {
        this.api = api;
        this.id = id;
        this.needs = Set.copyOf(needs);
        this.wanted = wanted;
        this.readiness = readiness;
        this.removal = removal;
    }

    /**
     * The object under this path. It is waited for as its kind asks for: a custom resource definition until it is served,
     * anything else until the API has it. It is deleted when taken back; a custom resource definition stays, because all
     * objects of its kind would go with it.
     */
    public static ObjectResource of(ClusterApi api, String path, Set<StepId> needs, KubeObject object) {
        boolean definition = object.kind().equals("CustomResourceDefinition");
        return new ObjectResource(
                api,
                StepId.cluster(path),
                needs,
                withDataOnly(object).withLabel(MANAGED_BY, KubeClient.MANAGER).withAnnotation(STEP, path),
                definition ? Readiness.established() : Readiness.accepted(),
                definition ? Removal.KEEP : Removal.DELETE);
    }

    /** The same, waited for in this way. */
    public ObjectResource until(Readiness other) {
        return new ObjectResource(api, id, needs, wanted, other, removal);
    }

    /** The same, taken back in this way. */
    public ObjectResource takenBackBy(Removal other) {
        return new ObjectResource(api, id, needs, wanted, readiness, other);
    }

    @Override
    public StepId id() {
        return id;
    }

    @Override
    public Set<StepId> needs() {
        return needs;
    }

    /** The object as it is applied, our label and annotation included. */
    public KubeObject object() {
        return wanted;
    }

    @Override
    public Observation observe() throws InterruptedException {
        return observed(() -> api.client().get(wanted.ref()));
    }

    @Override
    public Observation observe(Look look) throws InterruptedException {
        return observed(() -> new OwnObjects(api.client(), look).get(wanted.ref()));
    }

    /** Reads the object, if there is one. */
    private interface Reading {
        Optional<KubeObject> read() throws InterruptedException;
    }

    private Observation observed(Reading reading) throws InterruptedException {
        return switch (api.state()) {
            case ApiState.Absent _ -> deferred("there is no cluster yet");
            case ApiState.Unreachable(String reason) ->
                new Observation.Unreachable(
                        text(wanted.content()),
                        "the API could not be reached: " + reason,
                        "Look at the API server on a control plane: crictl ps -a, journalctl -u kubelet.");
            case ApiState.Ready _ -> observedReady(reading);
        };
    }

    private Observation observedReady(Reading reading) throws InterruptedException {
        try {
            Optional<KubeObject> live = reading.read();
            Comparison comparison = Comparison.of(api.client(), wanted, live);
            return new Observation.Known(observed(comparison, live), text(wanted.content()));
        } catch (ApiException e) {
            // NOT_FOUND of a dry run: the namespace is not there yet.
            if (e.code() == ApiException.Code.UNKNOWN_KIND || e.code() == ApiException.Code.NOT_FOUND) {
                return deferred(String.valueOf(e.getMessage()));
            }
            throw e;
        }
    }

    private Observation deferred(String reason) {
        return new Observation.Deferred(text(wanted.content()), reason);
    }

    private String observed(Comparison comparison, Optional<KubeObject> live) {
        if (comparison.live().isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder();
        comparison
                .conflicts()
                .forEach(conflict -> text.append("# ").append(conflict).append('\n'));
        live.filter(_ -> readiness.kind() == Readiness.Kind.ROLLED_OUT)
                .flatMap(Rollout::outdated)
                .ifPresent(what -> text.append("# ").append(what).append('\n'));
        return text.append(text(comparison.live().get())).toString();
    }

    @Override
    public void apply(String observed, Progress progress) throws InterruptedException {
        Comparison comparison = Comparison.of(api.client(), wanted, api.client().get(wanted.ref()));
        if (!comparison.same()) {
            // Conflicts of the comparison were in the plan; one that came since is refused.
            boolean force = !comparison.conflicts().isEmpty();
            ApiConnection.Answer answer = api.client().applying(wanted, false, force);
            if (!answer.succeeded()) {
                throw Statuses.exception("applying " + wanted.ref(), answer);
            }
        }
        switch (readiness.kind()) {
            case ACCEPTED -> {}
            case ESTABLISHED ->
                api.client().await(wanted.ref(), Conditions.established(), readiness.deadline(), progress);
            case ROLLED_OUT -> awaitRollout(progress);
        }
    }

    private void awaitRollout(Progress progress) throws InterruptedException {
        try {
            api.client().await(wanted.ref(), Conditions.rolledOut(), readiness.deadline(), progress);
        } catch (ApiException e) {
            Optional<KubeObject> workload = api.client().get(wanted.ref());
            if (e.code() != ApiException.Code.DEADLINE || workload.isEmpty()) {
                throw e;
            }
            List<String> evidence = new RolloutEvidence(api.client()).of(workload.get());
            throw new ApiException(e.code(), e.getMessage() + "\n" + String.join("\n", evidence), e.hint(), e);
        }
    }

    @Override
    public Optional<String> stays() {
        return removal == Removal.KEEP
                ? Optional.of(wanted.ref() + " stays: deleting it would delete all objects of its kind")
                : Optional.empty();
    }

    @Override
    public void undo(Progress progress) throws InterruptedException {
        if (api.state() instanceof ApiState.Absent) {
            return;
        }
        Optional<KubeObject> live = api.client().get(wanted.ref());
        if (live.isEmpty()) {
            return;
        }
        if (!live.get().at("metadata", "labels", MANAGED_BY).text("").equals(KubeClient.MANAGER)) {
            progress.line(wanted.ref() + " is not ours any more and stays");
            return;
        }
        switch (removal) {
            case DELETE -> api.client().deleteAndWait(wanted.ref(), DELETING);
            case RELEASE -> api.client().apply(KubeObject.of(wanted.ref()));
            case KEEP -> progress.line(wanted.ref() + " stays: deleting it would delete data");
        }
    }

    private String text(Map<String, Object> content) {
        return StateText.of(content, api.hashKey());
    }

    /** A Secret's {@code stringData} as {@code data}, which is how the API keeps it. */
    private static KubeObject withDataOnly(KubeObject object) {
        Map<String, Tree> texts = object.at("stringData").entries();
        if (!object.kind().equals("Secret") || texts.isEmpty()) {
            return object;
        }
        Map<String, Object> data =
                new LinkedHashMap<>(Values.map(object.at("data").value()));
        texts.forEach((key, text) ->
                data.put(key, Base64.getEncoder().encodeToString(text.text("").getBytes(StandardCharsets.UTF_8))));
        return object.with(data, "data").without("stringData");
    }
}
