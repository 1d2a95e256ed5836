package io.kubewright.kube;

import io.kubewright.engine.ClusterResource;
import io.kubewright.engine.Observation;
import io.kubewright.engine.Progress;
import io.kubewright.engine.StepId;
import io.kubewright.kubeapi.ApiException;
import io.kubewright.kubeapi.ApiState;
import io.kubewright.kubeapi.ClusterApi;
import io.kubewright.kubeapi.KubeClient;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.ObjectRef;
import io.kubewright.spec.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Kubelets serve with certificates of the cluster: their requests are held against the file and approved. A kubelet asks again
 * when four fifths of its certificate's year are over; the plan then shows that it waits.
 */
public record ServingCertificates(ClusterApi api, List<Host> hosts, Set<StepId> needs) implements ClusterResource {
    private static final StepId ID = StepId.cluster("kube/serving-certificates");
    private static final Duration DEADLINE = Duration.ofMinutes(3);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final String SERVED = " serves with a certificate of the cluster";

    /** For the nodes of these hosts, after their settings; none when the file does not ask for it. */
    public static Optional<ServingCertificates> of(ClusterApi api, KubeInput input) {
        if (!input.kubernetes().kubeletServingCertificates()) {
            return Optional.empty();
        }
        List<Host> known = input.hosts().stream()
                .filter(host -> input.facts().containsKey(host.name()))
                .toList();
        Set<StepId> needs = known.stream()
                .map(host -> new StepId(Settings.PATH, host.name()))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        return Optional.of(new ServingCertificates(api, known, Set.copyOf(needs)));
    }

    @Override
    public StepId id() {
        return ID;
    }

    @Override
    public Observation observe() throws InterruptedException {
        return switch (api.state()) {
            case ApiState.Absent _ -> new Observation.Deferred(desired(), "there is no cluster yet");
            case ApiState.Unreachable(String reason) ->
                new Observation.Unreachable(
                        desired(),
                        "the API could not be reached: " + reason,
                        "Look at the API server on a control plane: crictl ps -a, journalctl -u kubelet.");
            case ApiState.Ready _ -> new Observation.Known(text(look(api.client())), desired());
        };
    }

    private String desired() {
        return hosts.stream().map(host -> host.name() + SERVED + "\n").collect(Collectors.joining());
    }

    /** What is to be said of a host: that all is well, or what it waits for. */
    private record State(Host host, Optional<ServingRequest> waiting, boolean checked, boolean serves) {
        boolean well() {
            return waiting.isEmpty() && checked && serves;
        }

        String words() {
            String other = serves ? SERVED : " serves with a certificate of its own";
            other = checked ? other : " serves with a certificate that API servers do not check";
            return host.name()
                    + waiting.map(request -> request.objection(host)
                                    .map(objection ->
                                            " may not have what " + request.name() + " asks for: " + objection)
                                    .orElse(" waits for the approval of " + request.name()))
                            .orElse(other);
        }
    }

    private static String text(List<State> states) {
        return states.stream().map(state -> state.words() + "\n").collect(Collectors.joining());
    }

    private List<State> look(KubeClient client) throws InterruptedException {
        List<ServingRequest> pending = client.list("certificates.k8s.io/v1", "CertificateSigningRequest").stream()
                .filter(ServingRequest::isOne)
                .map(ServingRequest::new)
                .filter(ServingRequest::isPending)
                .toList();
        boolean checked = insist(client);
        List<State> states = new ArrayList<>();
        for (Host host : hosts) {
            Optional<ServingRequest> waiting = pending.stream()
                    .filter(request -> request.node().equals(Optional.of(host.name())))
                    .findFirst();
            states.add(new State(host, waiting, checked, serves(client, host)));
        }
        return states;
    }

    /** Whether every API server trusts no other kubelet: only then their connections say what a kubelet serves with. */
    private static boolean insist(KubeClient client) throws InterruptedException {
        List<KubeObject> servers = client.pods("kube-system", "component=kube-apiserver");
        return !servers.isEmpty()
                && servers.stream()
                        .allMatch(server -> server.at("spec", "containers").items().stream()
                                .flatMap(container -> container.at("command").items().stream())
                                .anyMatch(word -> word.text("").startsWith("--kubelet-certificate-authority=")));
    }

    /** The API server's own connection to the kubelet. */
    private static boolean serves(KubeClient client, Host host) throws InterruptedException {
        return client.read("/api/v1/nodes/" + host.name() + "/proxy/healthz")
                .strip()
                .equals("ok");
    }

    @Override
    public void apply(String observed, Progress progress) throws InterruptedException {
        KubeClient client = api.client();
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (true) {
            List<State> states = look(client);
            if (states.stream().allMatch(State::well)) {
                return;
            }
            for (State state : states) {
                if (state.waiting().isPresent()) {
                    approve(client, state.host(), state.waiting().get(), progress);
                }
            }
            if (System.nanoTime() > end) {
                throw new ApiException(
                        ApiException.Code.DEADLINE,
                        "not every kubelet serves with a certificate of the cluster after " + DEADLINE.toMinutes()
                                + " min:\n"
                                + text(states.stream()
                                        .filter(state -> !state.well())
                                        .toList()),
                        "Look at the kubelet: journalctl -u kubelet, and at kubectl get csr. Apply again goes on from here.");
            }
            Thread.sleep(PAUSE);
        }
    }

    private static void approve(KubeClient client, Host host, ServingRequest request, Progress progress)
            throws InterruptedException {
        Optional<String> objection = request.objection(host);
        if (objection.isPresent()) {
            throw new ApiException(
                    ApiException.Code.FAILED,
                    request.name() + " of node " + host.name() + " is not approved: " + objection.get(),
                    "Find out who holds the node's identity and asks for this; then kubectl certificate deny "
                            + request.name());
        }
        client.approve(
                ObjectRef.of("certificates.k8s.io/v1", "CertificateSigningRequest", request.name()),
                "NamesOfTheHost",
                "it asks for exactly the name and address that the cluster file gives this host");
        progress.line("approved " + request.name() + " of " + host.name());
    }

    @Override
    public Optional<String> stays() {
        return Optional.of("kubelets keep their certificates, which go with the node");
    }

    @Override
    public void undo(Progress progress) {}
}
