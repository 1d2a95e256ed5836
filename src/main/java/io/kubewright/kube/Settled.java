package io.kubewright.kube;

import io.kubewright.engine.ClusterCompanion;
import io.kubewright.engine.Progress;
import io.kubewright.engine.StepId;
import io.kubewright.engine.TargetException;
import io.kubewright.kubeapi.ApiException;
import io.kubewright.kubeapi.ApiState;
import io.kubewright.kubeapi.ClusterApi;
import io.kubewright.kubeapi.Conditions;
import io.kubewright.kubeapi.KubeClient;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.spec.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Waits after everything else until the cluster has come to rest: a join is through as soon as its kubelet is accepted,
 * seconds or minutes before the node has its network and its pods.
 *
 * @param components that run as static pods on every control plane
 * @param needs the steps after which there is something to wait for
 */
public record Settled(ClusterApi api, List<Host> hosts, List<String> components, Set<StepId> needs)
        implements ClusterCompanion {
    private static final StepId ID = StepId.cluster("kube/settled");
    private static final Duration DEADLINE = Duration.ofMinutes(8);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    /** Parts of the time that pass without a look, so that looking does not keep a slow cluster from coming to rest. */
    private static final int RESTS = 3;

    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);
    private static final String NAMESPACE = "kube-system";

    /** After these steps, on these hosts. */
    public static Settled after(ClusterApi api, KubeInput input, Set<StepId> steps) {
        return new Settled(api, input.hosts(), KubeProofs.components(input.endpoint()), Set.copyOf(steps));
    }

    @Override
    public StepId id() {
        return ID;
    }

    /** What moves, and what is done when nothing moves any more: an apply that was killed may have left that alone. */
    @Override
    public Set<StepId> accompanies() {
        return Stream.concat(needs.stream(), Stream.of(DnsSpread.ID)).collect(Collectors.toSet());
    }

    @Override
    public void apply(String observed, Progress progress) throws InterruptedException {
        if (api.state() instanceof ApiState.Absent) {
            progress.line("there is no cluster yet");
            return;
        }
        long end = System.nanoTime() + DEADLINE.toNanos();
        String said = "";
        while (true) {
            long begin = System.nanoTime();
            List<String> missing = look();
            if (missing.isEmpty()) {
                return;
            }
            if (System.nanoTime() > end) {
                throw new ApiException(
                        ApiException.Code.DEADLINE,
                        "the cluster did not come to rest within " + DEADLINE.toMinutes() + " min:\n"
                                + String.join("\n", missing),
                        "kubewright verify says more; apply again goes on from here.");
            }
            if (!missing.getFirst().equals(said)) {
                said = missing.getFirst();
                progress.line(said + (missing.size() > 1 ? ", and " + (missing.size() - 1) + " more" : ""));
            }
            Thread.sleep(pause(Duration.ofNanos(System.nanoTime() - begin)));
        }
    }

    /** @param look what the last look took */
    static Duration pause(Duration look) {
        Duration rest = look.multipliedBy(RESTS);
        return rest.compareTo(PAUSE) < 0 ? PAUSE : rest.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : rest;
    }

    private List<String> look() throws InterruptedException {
        try {
            KubeClient client = api.client();
            List<KubeObject> workloads = new ArrayList<>(client.list("apps/v1", "DaemonSet", NAMESPACE));
            workloads.addAll(client.list("apps/v1", "Deployment", NAMESPACE));
            return missing(hosts, components, client.nodes(), client.list("v1", "Pod", NAMESPACE), workloads);
        } catch (ApiException | TargetException e) {
            return List.of("the API falters: " + e.getMessage());
        }
    }

    /** What is not yet as it will stay, the most fundamental first. */
    static List<String> missing(
            List<Host> hosts,
            List<String> components,
            List<KubeObject> nodes,
            List<KubeObject> pods,
            List<KubeObject> workloads) {
        Map<String, KubeObject> nodesByName = byName(nodes);
        Map<String, KubeObject> podsByName = byName(pods);
        List<String> missing = new ArrayList<>();
        for (Host host : hosts) {
            Conditions.condition("Ready")
                    .missing(Optional.ofNullable(nodesByName.get(host.name())))
                    .map(what -> what.startsWith(host.name()) ? what : host.name() + " is " + what)
                    .ifPresent(missing::add);
        }
        hosts.stream()
                .filter(Host::isControlPlane)
                .flatMap(host -> components.stream().map(component -> component + "-" + host.name()))
                .forEach(name -> Conditions.condition("Ready")
                        .missing(Optional.ofNullable(podsByName.get(name)))
                        .map(what -> what.startsWith(name) ? what : name + " is " + what)
                        .ifPresent(missing::add));
        workloads.forEach(workload ->
                Conditions.rolledOut().missing(Optional.of(workload)).ifPresent(missing::add));
        return missing;
    }

    private static Map<String, KubeObject> byName(List<KubeObject> objects) {
        return objects.stream().collect(Collectors.toMap(KubeObject::name, object -> object, (first, _) -> first));
    }
}
