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
    /** Its only step. */
    public static final StepId ID = StepId.cluster("kube/serving-certificates");

    private static final Duration DEADLINE = Duration.ofMinutes(3);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final String ALL = "every kubelet serves with a certificate of the cluster\n";
    /** Nothing of who and why: that changes from the plan to the turn of this step, which would then be refused as stale. */
    private static final String NOT_ALL = "not every kubelet serves with a certificate of the cluster\n";

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
            case ApiState.Absent _ -> new Observation.Deferred(ALL, "there is no cluster yet");
            case ApiState.Unreachable(String reason) ->
                new Observation.Unreachable(
                        ALL,
                        "the API could not be reached: " + reason,
                        "Look at the API server on a control plane: crictl ps -a, journalctl -u kubelet.");
            case ApiState.Ready _ -> new Observation.Known(isWell(look(api.client())) ? ALL : NOT_ALL, ALL);
        };
    }

    /** What is to be said of a host: that all is well, or what it waits for. */
    record State(Host host, Optional<ServingRequest> waiting, boolean serves) {
        /** @param pending requests of all nodes; of the host's own the one that may be granted counts, if there is one */
        static State of(Host host, List<ServingRequest> pending, boolean serves) {
            List<ServingRequest> own = pending.stream()
                    .filter(request -> request.node().equals(Optional.of(host.name())))
                    .toList();
            Optional<ServingRequest> granted = own.stream()
                    .filter(request -> request.objection(host).isEmpty())
                    .findFirst();
            return new State(host, granted.or(() -> own.stream().findFirst()), serves);
        }

        /** A request that may not be granted stays for a day; from a time when the host had another address, for instance. */
        boolean well() {
            return serves
                    && waiting.filter(request -> request.objection(host).isEmpty())
                            .isEmpty();
        }

        String words() {
            return host.name()
                    + waiting.map(request -> request.objection(host)
                                    .map(objection ->
                                            " may not have what " + request.name() + " asks for: " + objection)
                                    .orElse(" waits for the approval of " + request.name()))
                            .orElse(" does not serve with a certificate of the cluster");
        }
    }

    /**
     * What was seen.
     *
     * @param lax control planes whose API server would trust any kubelet, so that its connections say nothing
     */
    private record Look(List<State> states, List<String> lax) {
        String words() {
            return states.stream()
                            .filter(state -> !state.well())
                            .map(state -> state.words() + "\n")
                            .collect(Collectors.joining())
                    + (lax.isEmpty()
                            ? ""
                            : "no API server, or one that does not insist on it, runs on " + String.join(", ", lax)
                                    + "\n");
        }
    }

    private static boolean isWell(Look look) {
        return look.lax().isEmpty() && look.states().stream().allMatch(State::well);
    }

    private Look look(KubeClient client) throws InterruptedException {
        List<ServingRequest> pending = client.list("certificates.k8s.io/v1", "CertificateSigningRequest").stream()
                .filter(ServingRequest::isOne)
                .map(ServingRequest::new)
                .filter(ServingRequest::isPending)
                .toList();
        List<State> states = new ArrayList<>();
        for (Host host : hosts) {
            states.add(State.of(host, pending, serves(client, host)));
        }
        return new Look(states, lax(client));
    }

    private List<String> lax(KubeClient client) throws InterruptedException {
        List<String> insisting = client.pods("kube-system", "component=kube-apiserver").stream()
                .filter(server -> server.at("spec", "containers").items().stream()
                        .flatMap(container -> container.at("command").items().stream())
                        .anyMatch(word -> word.text("").startsWith("--kubelet-certificate-authority=")))
                .map(KubeObject::name)
                .toList();
        return hosts.stream()
                .filter(Host::isControlPlane)
                .map(Host::name)
                .filter(name -> !insisting.contains("kube-apiserver-" + name))
                .toList();
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
            Look look = look(client);
            if (isWell(look)) {
                return;
            }
            for (State state : look.states()) {
                if (!state.well() && state.waiting().isPresent()) {
                    approve(client, state.host(), state.waiting().get(), progress);
                }
            }
            if (System.nanoTime() > end) {
                throw new ApiException(
                        ApiException.Code.DEADLINE,
                        "not every kubelet serves with a certificate of the cluster after " + DEADLINE.toMinutes()
                                + " min:\n"
                                + look.words(),
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
