package io.kubewright.kubeapi.proof;

import io.kubewright.engine.Progress;
import io.kubewright.engine.ScriptResult;
import io.kubewright.engine.Shell;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.Targets;
import io.kubewright.kubeapi.ApiException;
import io.kubewright.kubeapi.Conditions;
import io.kubewright.kubeapi.KubeClient;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.ObjectRef;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The pods that proofs of one run share: two on every node, in a namespace of their own that is made on first use and
 * deleted by {@link #close}. What an earlier, killed run left is removed first.
 */
public final class ProofBench implements AutoCloseable {
    /** Label that says what a proof pod is for. */
    public static final String ROLE_LABEL = ProofManifests.ROLE;

    private static final Duration STARTING = Duration.ofSeconds(45);
    private static final Duration STARTING_SLOWLY = Duration.ofMinutes(3);
    private static final Duration ENDING = Duration.ofSeconds(60);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration MARGIN = Duration.ofSeconds(45);
    private static final int HEAD = 60;
    private static final int TAIL = 300;

    private final KubeClient api;
    private final Targets targets;
    private final List<ProofNode> nodes;
    private final ProofImage image;
    private final Progress progress;
    private final String namespace;
    private final Once<KubeObject> home = new Once<>(this::makeNamespace);
    private final Once<ProofPods> pods = new Once<>(this::start);
    private volatile boolean begun;

    /**
     * Nothing is made yet.
     *
     * @param progress gets a line about what is waited for, and about what could not be removed
     */
    public ProofBench(KubeClient api, Targets targets, List<ProofNode> nodes, ProofImage image, Progress progress) {
        this.api = api;
        this.targets = targets;
        this.nodes = List.copyOf(nodes);
        this.image = image;
        this.progress = progress;
        byte[] random = new byte[4];
        new SecureRandom().nextBytes(random);
        this.namespace = "kubewright-proof-" + HexFormat.of().formatHex(random);
    }

    public List<ProofNode> nodes() {
        return nodes;
    }

    public String namespace() {
        return namespace;
    }

    public KubeClient api() {
        return api;
    }

    /**
     * The pods, made by whoever asks first. A node whose pod has not come up once nothing moved for 45 s, or after three
     * minutes, is a node without a pod, with the reason; an API that does not answer is an exception, the same for everybody.
     */
    public ProofPods pods() throws InterruptedException {
        return pods.get();
    }

    /** Carries out tasks in a proof pod; the outcomes by id. */
    public Map<String, Outcome> run(ProofPod pod, Collection<Task> tasks) throws InterruptedException {
        return ProbeText.decode(probe(pod, ProbeText.arguments(tasks), ProbeText.limit(tasks)));
    }

    /**
     * Runs the probe in a proof pod.
     *
     * @param arguments shell words
     * @param limit how long that may take, starting up not counted
     * @return what it printed
     * @throws io.kubewright.engine.TargetException when the host could not be reached or the probe failed
     */
    public String probe(ProofPod pod, String arguments, Duration limit) throws InterruptedException {
        String script = "{\n" + command(pod, arguments, limit) + "\n} </dev/null\n";
        ScriptResult result = targets.get(pod.node()).run(script, limit.plus(MARGIN), _ -> {});
        if (result.exitCode() != 0) {
            throw HostProbe.failed(pod.node(), result);
        }
        return result.stdout();
    }

    /** The shell command that, on the pod's host, carries out tasks in the pod and prints the outcomes. */
    public String command(ProofPod pod, Collection<Task> tasks) {
        return command(pod, ProbeText.arguments(tasks), ProbeText.limit(tasks));
    }

    private String command(ProofPod pod, String arguments, Duration limit) {
        long seconds = limit.plus(MARGIN).toSeconds();
        return "crictl --runtime-endpoint unix:///run/containerd/containerd.sock --timeout " + seconds + "s exec --sync"
                + " --timeout " + seconds + " "
                + Shell.words(pod.container(), image.probe()) + " " + arguments;
    }

    private KubeObject makeNamespace() throws InterruptedException {
        sweep();
        begun = true;
        KubeObject made = api.create(
                ProofManifests.namespace(namespace, ProofOwner.ourselves().toString()));
        // Pods are refused until the namespace's service account is there.
        api.await(
                ObjectRef.of("v1", "ServiceAccount", namespace, "default"),
                Conditions.present(_ -> Optional.empty()),
                STARTING,
                progress);
        return made;
    }

    private ProofPods start() throws InterruptedException {
        home.get();
        KubeObject service = api.create(ProofManifests.service(namespace));
        KubeObject nodePort = api.create(ProofManifests.nodePortService(namespace));
        Set<String> names = new HashSet<>();
        for (ProofNode node : nodes) {
            for (ProofRole role : ProofRole.values()) {
                api.create(ProofManifests.pod(namespace, node.name(), role, image));
                names.add(role.podName(node.name()));
            }
        }
        Map<String, KubeObject> states = awaitPods(names);
        return ProofPods.of(namespace, nodes, states, causes(states), service, nodePort);
    }

    /**
     * One further pod on each node that asks for something, such as another network, by its annotations. They go with the
     * namespace.
     *
     * @param purpose begins their names
     */
    public FurtherPods further(String purpose, Map<String, String> annotations) throws InterruptedException {
        home.get();
        Map<String, String> names = new LinkedHashMap<>();
        for (ProofNode node : nodes) {
            KubeObject pod = ProofManifests.pod(namespace, purpose + "-" + node.name(), node.name(), purpose, image);
            for (Map.Entry<String, String> annotation : annotations.entrySet()) {
                pod = pod.withAnnotation(annotation.getKey(), annotation.getValue());
            }
            api.create(pod);
            names.put(node.name(), pod.name());
        }
        Map<String, KubeObject> states = awaitPods(Set.copyOf(names.values()));
        return FurtherPods.of(names, states, causes(states));
    }

    private Map<String, KubeObject> awaitPods(Set<String> names) throws InterruptedException {
        Instant deadline = Instant.now().plus(STARTING_SLOWLY);
        Instant still = Instant.now().plus(STARTING);
        Set<String> seen = new HashSet<>();
        String said = "";
        while (true) {
            Map<String, KubeObject> states = api.pods(namespace, ProofManifests.MARK + "=true").stream()
                    .filter(pod -> names.contains(pod.name()))
                    .collect(Collectors.toMap(KubeObject::name, each -> each));
            List<String> missing = states.values().stream()
                    .flatMap(pod -> ProofPods.missing(pod).stream())
                    .sorted()
                    .toList();
            Instant now = Instant.now();
            if (missing.isEmpty() || now.isAfter(deadline) || now.isAfter(still)) {
                return states;
            }
            for (KubeObject pod : states.values()) {
                if (seen.add(pod.at("metadata", "resourceVersion").text(""))) {
                    still = now.plus(STARTING);
                }
            }
            String line = "proof pods: " + (states.size() - missing.size()) + "/" + states.size() + " ready";
            if (!line.equals(said)) {
                progress.line(line);
                said = line;
            }
            Thread.sleep(PAUSE);
        }
    }

    /** The last event about each pod that is not ready, which is where plugins of CNI say what they lack. */
    private Map<String, String> causes(Map<String, KubeObject> states) throws InterruptedException {
        Map<String, String> causes = new LinkedHashMap<>();
        for (KubeObject pod : states.values()) {
            if (ProofPods.missing(pod).isPresent()) {
                try {
                    List<String> events = api.events(pod.ref());
                    if (!events.isEmpty()) {
                        causes.put(pod.name(), "; " + shortened(events.getLast()));
                    }
                } catch (ApiException | TargetException e) {
                    progress.line("events of " + pod.name() + " could not be read: " + Timer.reason(e));
                }
            }
        }
        return causes;
    }

    /** What went wrong stands at the end of such a message, what was tried at its beginning. */
    private static String shortened(String event) {
        return event.length() <= HEAD + TAIL
                ? event
                : event.substring(0, HEAD) + " … " + event.substring(event.length() - TAIL);
    }

    private void sweep() throws InterruptedException {
        for (KubeObject each : api.list("v1", "Namespace")) {
            String owner =
                    each.at("metadata", "annotations", ProofManifests.OWNER).text("");
            if (each.at("metadata", "labels", ProofManifests.MARK).text("").equals("true")
                    && ProofOwner.abandoned(owner, Instant.now())) {
                progress.line("removing " + each.name() + ", left by a run that was killed");
                remove(each.name(), ENDING);
            }
        }
    }

    private void remove(String which, Duration deadline) throws InterruptedException {
        // Pods of a node whose kubelet does not answer would otherwise hold the namespace.
        for (KubeObject pod : api.pods(which, "")) {
            api.delete(pod.ref(), Duration.ZERO);
        }
        api.deleteAndWait(ObjectRef.namespace(which), deadline);
    }

    /** Deletes the namespace and waits until it is gone, a minute at most; also when the thread was interrupted. */
    @Override
    public void close() {
        if (!begun) {
            return;
        }
        boolean interrupted = Thread.interrupted();
        try {
            remove(namespace, interrupted ? ENDING.dividedBy(4) : ENDING);
        } catch (TargetException | ApiException e) {
            progress.line("namespace " + namespace + " could not be removed (" + Timer.reason(e)
                    + "); the next verify removes it");
        } catch (InterruptedException _) {
            interrupted = true;
            progress.line("namespace " + namespace + " may still be there; the next verify removes it");
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
