package io.kubewright.kube;

import io.kubewright.engine.Finding;
import io.kubewright.kubeapi.proof.Asked;
import io.kubewright.kubeapi.proof.HostProbe;
import io.kubewright.kubeapi.proof.Once;
import io.kubewright.kubeapi.proof.Outcome;
import io.kubewright.kubeapi.proof.Task;
import io.kubewright.kubeapi.proof.Together;
import io.kubewright.kubeapi.proof.Verdict;
import io.kubewright.spec.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The API over TLS, trusting the cluster's authority alone, with the identity of the host's kubelet. */
final class EndpointProofs {
    private static final Duration DEADLINE = Duration.ofSeconds(40);
    private static final int KUBELET_PORT = 10250;
    private static final String AUTHORITY = "/etc/kubernetes/pki/ca.crt";
    private static final String IDENTITY = "/var/lib/kubelet/pki/kubelet-client-current.pem";

    private final List<Host> hosts;
    private final EndpointSection endpoint;
    private final HostProbe probe;
    private final Once<Map<Host, Asked<HostLook>>> looks;

    EndpointProofs(
            List<Host> hosts, EndpointSection endpoint, HostProbe probe, Once<Map<Host, Asked<HostLook>>> looks) {
        this.hosts = hosts;
        this.endpoint = endpoint;
        this.probe = probe;
        this.looks = looks;
    }

    /** From every host through the shared endpoint; with a virtual IP also who holds it. */
    List<Finding> shared() throws InterruptedException {
        String address = endpoint.hostAndPort();
        List<Finding> findings = new ArrayList<>();
        ask(hosts, _ -> address)
                .forEach((host, asked) -> findings.add(asked.fold(
                                outcome -> judge("the endpoint " + address, "host " + host.name(), outcome),
                                Verdict::failed)
                        .at(host.name(), asked.millis())));
        if (endpoint.vip().isPresent()) {
            findings.add(holder(looks.get(), endpoint.host()).at("cluster", 0));
        }
        return findings;
    }

    /** Every control plane's own API server, from the control plane itself. */
    List<Finding> own() throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        List<Host> controlPlanes = hosts.stream().filter(Host::isControlPlane).toList();
        ask(controlPlanes, host -> Task.at(host.nodeIp().toString(), EndpointSection.API_PORT))
                .forEach((host, asked) -> findings.add(asked.fold(
                                outcome -> judge("kube-apiserver on " + host.name(), "host " + host.name(), outcome),
                                Verdict::failed)
                        .at(host.name(), asked.millis())));
        return findings;
    }

    /** Every kubelet, from its own host: what counts is the certificate, a refusal by name is as good as an answer. */
    List<Finding> kubelets() throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        // Nameless: to know who a certificate belongs to, and what that one may, the kubelet would ask the API.
        ask(hosts, host -> Task.at(host.nodeIp().toString(), KUBELET_PORT), "/healthz", "")
                .forEach((host, asked) ->
                        findings.add(asked.fold(outcome -> judgeKubelet(host.name(), outcome), Verdict::failed)
                                .at(host.name(), asked.millis())));
        return findings;
    }

    static Verdict judgeKubelet(String host, Outcome outcome) {
        Optional<String> answer = outcome.answers().keySet().stream().findFirst();
        if (!outcome.reached() && answer.isEmpty()) {
            return Verdict.failed(
                    "the kubelet on " + host + " does not serve with a certificate of the cluster: " + outcome.error());
        }
        String[] parts = answer.orElse("").split(" \\| ", 2);
        return Verdict.ok("the kubelet's certificate verifies" + (parts.length == 2 ? " and names " + parts[1] : ""));
    }

    private Map<Host, Asked<Outcome>> ask(List<Host> from, java.util.function.Function<Host, String> address)
            throws InterruptedException {
        return ask(from, address, "/readyz", IDENTITY);
    }

    private Map<Host, Asked<Outcome>> ask(
            List<Host> from, java.util.function.Function<Host, String> address, String path, String identity)
            throws InterruptedException {
        return Together.ask(from, DEADLINE, host -> {
            String url = "https://" + address.apply(host) + path;
            Task task = Task.https("readyz", url, AUTHORITY, identity);
            return Optional.ofNullable(probe.run(host.name(), List.of(task)).get("readyz"))
                    .orElseThrow(() -> new IllegalStateException("the probe on " + host.name() + " said nothing"));
        });
    }

    static Verdict judge(String server, String from, Outcome outcome) {
        Optional<String> answer = outcome.answers().keySet().stream().findFirst();
        if (!outcome.reached() || answer.isEmpty()) {
            return Verdict.failed(server + " does not answer " + from + " over TLS: " + outcome.error());
        }
        String[] parts = answer.get().split(" \\| ", 2);
        String names = parts.length == 2 ? "; the certificate names " + parts[1] : "";
        return parts[0].equals("200 ok")
                ? Verdict.ok("/readyz says ok after " + outcome.millis() + " ms" + names)
                : Verdict.failed(server + " tells " + from + " on /readyz: " + parts[0] + names);
    }

    static Verdict holder(Map<Host, Asked<HostLook>> looks, String address) {
        List<String> holders = new ArrayList<>();
        List<String> silent = new ArrayList<>();
        looks.forEach((host, asked) -> {
            switch (asked) {
                case Asked.Answered<HostLook>(HostLook look, long _) -> {
                    if (look.addresses().contains(address)) {
                        holders.add(host.name());
                    }
                }
                case Asked.Silent<HostLook>(String _, long _) -> silent.add(host.name());
            }
        });
        String unknown = silent.isEmpty() ? "" : "; not asked, because unreachable: " + String.join(", ", silent);
        return switch (holders.size()) {
            case 0 -> Verdict.failed("no host holds " + address + " (kube-vip on the control planes)" + unknown);
            case 1 -> Verdict.ok(holders.getFirst() + " alone holds " + address + unknown);
            default ->
                Verdict.failed(String.join(" and ", holders) + " hold " + address + " at the same time" + unknown);
        };
    }
}
