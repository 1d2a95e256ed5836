package io.kubewright.kubeapi;

import io.kubewright.engine.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Requests to the API. All calls block, can be interrupted and have a deadline.
 *
 * <p>Every call may throw {@link io.kubewright.engine.TargetException} when no API server can be used, and
 * {@link ApiException} when one refuses.
 */
public final class KubeClient {
    /** Our name in {@code managedFields}. */
    public static final String MANAGER = "kubewright";

    private static final String APPLY = "application/apply-patch+yaml";
    private static final String MERGE = "application/merge-patch+json";
    private static final String JSON = "application/json";

    private final Requests requests;
    private final Kinds kinds;

    KubeClient(Connections connections) {
        this.requests = new Requests(connections);
        this.kinds = new Kinds(requests);
    }

    /** The object; empty when it is not there, or its kind is not known. */
    public Optional<KubeObject> get(ObjectRef ref) throws InterruptedException {
        Kinds.Kind kind;
        try {
            kind = kinds.of(ref.apiVersion(), ref.kind());
        } catch (ApiException e) {
            if (e.code() == ApiException.Code.UNKNOWN_KIND) {
                return Optional.empty();
            }
            throw e;
        }
        ApiConnection.Answer answer = requests.answer("GET", kind.path(ref), null, null, Requests.Repeat.ALLOWED);
        return answer.code() == 404
                ? Optional.empty()
                : Optional.of(new KubeObject(requests.checked("reading " + ref, answer)));
    }

    /** All objects of a kind in the whole cluster. */
    public List<KubeObject> list(String apiVersion, String kind) throws InterruptedException {
        return list(apiVersion, kind, Optional.empty(), Map.of());
    }

    /** All objects of a kind in one namespace. */
    public List<KubeObject> list(String apiVersion, String kind, String namespace) throws InterruptedException {
        return list(apiVersion, kind, Optional.of(namespace), Map.of());
    }

    /** All objects of a kind in the whole cluster whose labels match, such as {@code app=web,tier!=db}. */
    public List<KubeObject> labelled(String apiVersion, String kind, String labelSelector) throws InterruptedException {
        return list(apiVersion, kind, Optional.empty(), selector("labelSelector", labelSelector));
    }

    /** The pods of a namespace whose labels match, such as {@code app=web,tier!=db}; all for an empty selector. */
    public List<KubeObject> pods(String namespace, String labelSelector) throws InterruptedException {
        return list("v1", "Pod", Optional.of(namespace), selector("labelSelector", labelSelector));
    }

    /** All pods that run or shall run on a node. */
    public List<KubeObject> podsOn(String node) throws InterruptedException {
        return list("v1", "Pod", Optional.empty(), selector("fieldSelector", "spec.nodeName=" + node));
    }

    public List<KubeObject> nodes() throws InterruptedException {
        return list("v1", "Node");
    }

    /** The events about one object, oldest first, one line each such as {@code FailedScheduling: 0/5 nodes …}. */
    public List<String> events(ObjectRef ref) throws InterruptedException {
        String namespace = ref.namespace().orElse("default");
        String selector = "involvedObject.kind=" + ref.kind() + ",involvedObject.name=" + ref.name();
        return list("v1", "Event", Optional.of(namespace), selector("fieldSelector", selector)).stream()
                .sorted(java.util.Comparator.comparing(KubeClient::when))
                .map(event -> event.at("reason").text("") + ": "
                        + event.at("message").text("").strip())
                .distinct()
                .toList();
    }

    /**
     * Makes a new object.
     *
     * @return the object as the API has it now
     * @throws ApiException with {@link ApiException.Code#EXISTS} when there is one of that name
     */
    public KubeObject create(KubeObject object) throws InterruptedException {
        Kinds.Kind kind = kinds.of(object.apiVersion(), object.kind());
        String path = kind.path(object.namespace()) + ApiConnection.query(Map.of("fieldManager", MANAGER));
        ApiConnection.Answer answer =
                requests.answer("POST", path, JSON, Json.write(object.content()), Requests.Repeat.FORBIDDEN);
        return new KubeObject(requests.checked("making " + object.ref(), answer));
    }

    /**
     * Server-side apply as {@link #MANAGER}, taking over fields that others hold.
     *
     * @return the object as the API has it now
     */
    public KubeObject apply(KubeObject object) throws InterruptedException {
        return new KubeObject(requests.checked("applying " + object.ref(), applying(object, false, true)));
    }

    /**
     * Changes the given fields alone (JSON merge patch).
     *
     * @return the object as the API has it now
     */
    public KubeObject merge(ObjectRef ref, Map<String, Object> changes) throws InterruptedException {
        String path =
                kinds.of(ref.apiVersion(), ref.kind()).path(ref) + ApiConnection.query(Map.of("fieldManager", MANAGER));
        ApiConnection.Answer answer =
                requests.answer("PATCH", path, MERGE, Json.write(changes), Requests.Repeat.ALLOWED);
        return new KubeObject(requests.checked("changing " + ref, answer));
    }

    /** Approves a CertificateSigningRequest; its signer then signs it. The reason is one word in CamelCase. */
    public void approve(ObjectRef request, String reason, String message) throws InterruptedException {
        Map<String, Object> condition =
                Map.of("type", "Approved", "status", "True", "reason", reason, "message", message);
        String path = kinds.of(request.apiVersion(), request.kind()).path(request) + "/approval"
                + ApiConnection.query(Map.of("fieldManager", MANAGER));
        ApiConnection.Answer answer = requests.answer(
                "PATCH",
                path,
                MERGE,
                Json.write(Map.of("status", Map.of("conditions", List.of(condition)))),
                Requests.Repeat.ALLOWED);
        requests.checked("approving " + request, answer);
    }

    /**
     * Asks the API to delete the object; what depends on it goes in the background.
     *
     * @return whether it was there
     */
    public boolean delete(ObjectRef ref) throws InterruptedException {
        return delete(ref, Map.of());
    }

    /** As {@link #delete(ObjectRef)}, giving a pod this long to end by itself; zero kills it at once. */
    public boolean delete(ObjectRef ref, Duration grace) throws InterruptedException {
        return delete(ref, Map.of("gracePeriodSeconds", grace.toSeconds()));
    }

    /**
     * Asks the API to end a pod in good order, minding disruption budgets.
     *
     * @return why it may not end now; empty when it ends or is gone
     */
    public Optional<String> evict(ObjectRef pod) throws InterruptedException {
        Map<String, Object> eviction = Map.of(
                "apiVersion",
                "policy/v1",
                "kind",
                "Eviction",
                "metadata",
                Map.of("name", pod.name(), "namespace", pod.namespace().orElseThrow()));
        String path = kinds.of(pod.apiVersion(), pod.kind()).path(pod) + "/eviction";
        ApiConnection.Answer answer =
                requests.answer("POST", path, JSON, Json.write(eviction), Requests.Repeat.ALLOWED);
        return switch (answer.code()) {
            case 404 -> Optional.empty();
            case 429 ->
                Optional.of(String.valueOf(
                        Statuses.exception("ending " + pod, answer).getMessage()));
            default -> {
                requests.checked("ending " + pod, answer);
                yield Optional.empty();
            }
        };
    }

    /** Deletes the object and waits until it is gone. A namespace is gone when all in it is. */
    public void deleteAndWait(ObjectRef ref, Duration deadline) throws InterruptedException {
        if (delete(ref)) {
            await(ref, Conditions.gone(), deadline, Progress.NONE);
        }
    }

    /**
     * Waits until the condition holds of the object, watching it.
     *
     * @param progress gets a line each time what is missing changes
     * @return the object of which it holds; one without content when it is gone
     * @throws ApiException with {@link ApiException.Code#DEADLINE} naming what is missing, or with
     *     {@link ApiException.Code#FAILED} as soon as it can no longer come to hold
     */
    public Optional<KubeObject> await(ObjectRef ref, Condition condition, Duration deadline, Progress progress)
            throws InterruptedException {
        return new Watching(requests, this, ref, condition, deadline, progress).await();
    }

    /** Waits until all containers of a pod are ready; on a time-out the message says why they are not. */
    public KubeObject awaitPodReady(String namespace, String name, Duration deadline) throws InterruptedException {
        return awaitPod(namespace, name, Conditions.podReady(), deadline);
    }

    /** Waits until a pod has ended well. */
    public KubeObject awaitPodSucceeded(String namespace, String name, Duration deadline) throws InterruptedException {
        return awaitPod(namespace, name, Conditions.podSucceeded(), deadline);
    }

    private KubeObject awaitPod(String namespace, String name, Condition condition, Duration deadline)
            throws InterruptedException {
        ObjectRef pod = ObjectRef.pod(namespace, name);
        try {
            return await(pod, condition, deadline, Progress.NONE).orElseThrow();
        } catch (ApiException e) {
            if (e.code() != ApiException.Code.DEADLINE) {
                throw e;
            }
            List<String> events = events(pod);
            String last = events.isEmpty() ? "" : "; last event: " + events.getLast();
            throw new ApiException(e.code(), e.getMessage() + last, e.hint(), e);
        }
    }

    /**
     * Runs a command in a pod's first container.
     *
     * @param command words, each passed on as it is; no shell
     * @throws ApiException with {@link ApiException.Code#DEADLINE} when it did not end in time
     */
    public ExecResult exec(String namespace, String pod, List<String> command, Duration deadline)
            throws InterruptedException {
        return exec(namespace, pod, Optional.empty(), command, deadline);
    }

    /** As {@link #exec(String, String, List, Duration)}, in the named container. */
    public ExecResult exec(
            String namespace, String pod, Optional<String> container, List<String> command, Duration deadline)
            throws InterruptedException {
        return Exec.run(requests, namespace, pod, container, command, deadline);
    }

    /** The last lines of a container's log; of the first container when none is named. */
    public String logs(String namespace, String pod, Optional<String> container, int lines)
            throws InterruptedException {
        Map<String, String> parameters = new LinkedHashMap<>();
        container.ifPresent(name -> parameters.put("container", name));
        parameters.put("tailLines", Integer.toString(lines));
        String path = "/api/v1/namespaces/" + ApiConnection.encode(namespace) + "/pods/" + ApiConnection.encode(pod)
                + "/log" + ApiConnection.query(parameters);
        ApiConnection.Answer answer = requests.answer("GET", path, null, null, Requests.Repeat.ALLOWED);
        if (!answer.succeeded()) {
            throw Statuses.exception("log of pod " + namespace + "/" + pod, answer);
        }
        return answer.body();
    }

    /** The text at a path of the API server, such as {@code /readyz?verbose} or {@code /version}, whatever its status. */
    public String read(String path) throws InterruptedException {
        return requests.answer("GET", path, null, null, Requests.Repeat.ALLOWED).body();
    }

    ApiConnection.Answer applying(KubeObject object, boolean dryRun, boolean force) throws InterruptedException {
        Map<String, String> parameters = new LinkedHashMap<>();
        parameters.put("fieldManager", MANAGER);
        parameters.put("force", Boolean.toString(force));
        if (dryRun) {
            parameters.put("dryRun", "All");
        }
        String path = kinds.of(object.apiVersion(), object.kind()).path(object.ref()) + ApiConnection.query(parameters);
        return requests.answer("PATCH", path, APPLY, Json.write(object.content()), Requests.Repeat.ALLOWED);
    }

    String pathOf(ObjectRef ref) throws InterruptedException {
        return kinds.of(ref.apiVersion(), ref.kind()).path(ref.namespace());
    }

    private boolean delete(ObjectRef ref, Map<String, Object> options) throws InterruptedException {
        Map<String, Object> body = new LinkedHashMap<>(options);
        body.put("apiVersion", "v1");
        body.put("kind", "DeleteOptions");
        body.put("propagationPolicy", "Background");
        String path = kinds.of(ref.apiVersion(), ref.kind()).path(ref);
        ApiConnection.Answer answer = requests.answer("DELETE", path, JSON, Json.write(body), Requests.Repeat.ALLOWED);
        if (answer.code() == 404) {
            return false;
        }
        requests.checked("deleting " + ref, answer);
        return true;
    }

    private List<KubeObject> list(
            String apiVersion, String kind, Optional<String> namespace, Map<String, String> parameters)
            throws InterruptedException {
        String path = kinds.of(apiVersion, kind).path(namespace) + ApiConnection.query(parameters);
        ApiConnection.Answer answer = requests.answer("GET", path, null, null, Requests.Repeat.ALLOWED);
        List<KubeObject> objects = new ArrayList<>();
        for (Object item :
                Values.list(requests.checked("listing " + kind, answer).get("items"))) {
            // Items of a list do not say what they are.
            Map<String, Object> content = new LinkedHashMap<>();
            content.put("apiVersion", apiVersion);
            content.put("kind", kind);
            content.putAll(Values.map(item));
            objects.add(new KubeObject(content));
        }
        return List.copyOf(objects);
    }

    private static Map<String, String> selector(String kind, @Nullable String selector) {
        return selector == null || selector.isEmpty() ? Map.of() : Map.of(kind, selector);
    }

    private static String when(KubeObject event) {
        return event.at("lastTimestamp")
                .text()
                .or(() -> event.at("eventTime").text())
                .or(() -> event.at("metadata", "creationTimestamp").text())
                .orElse("");
    }
}
