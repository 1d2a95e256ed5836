package io.kubewright.network;

import io.kubewright.engine.Finding;
import io.kubewright.kubeapi.ObjectRef;
import io.kubewright.kubeapi.proof.Asked;
import io.kubewright.kubeapi.proof.HostProbe;
import io.kubewright.kubeapi.proof.Outcome;
import io.kubewright.kubeapi.proof.ProofBench;
import io.kubewright.kubeapi.proof.ProofNode;
import io.kubewright.kubeapi.proof.ProofPod;
import io.kubewright.kubeapi.proof.ProofPods;
import io.kubewright.kubeapi.proof.ProofRole;
import io.kubewright.kubeapi.proof.Task;
import io.kubewright.kubeapi.proof.Together;
import io.kubewright.kubeapi.proof.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Names of services, and names outside, as pods see them. */
final class NameProofs {
    /** Reserved by RFC 2606: it has addresses on the internet, and is absent where the internet is. */
    private static final String OUTSIDE = "example.com";

    private static final String API = "kubernetes.default.svc.cluster.local";
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    private final ProofBench bench;
    private final HostProbe hosts;

    NameProofs(ProofBench bench, HostProbe hosts) {
        this.bench = bench;
        this.hosts = hosts;
    }

    List<Finding> cluster() throws InterruptedException {
        ProofPods pods = bench.pods();
        String api = bench.api()
                .get(ObjectRef.of("v1", "Service", "default", "kubernetes"))
                .flatMap(service -> service.at("spec", "clusterIP").text())
                .orElse("");
        Map<String, String> expected = new LinkedHashMap<>();
        expected.put(API, api);
        expected.put(pods.serviceName(), pods.serviceAddress());
        Map<String, ProofPod> open = pods.running(ProofRole.OPEN);
        List<Task> tasks =
                expected.keySet().stream().map(name -> Task.lookUp(name, name)).toList();
        Map<String, Asked<Map<String, Outcome>>> asked = Together.ask(open, DEADLINE, pod -> bench.run(pod, tasks));
        List<Finding> findings = new ArrayList<>();
        for (ProofNode node : pods.nodes()) {
            Asked<Map<String, Outcome>> answer = asked.get(node.name());
            findings.add(
                    answer == null
                            ? Finding.failed(node.name(), pods.absence(node.name()), 0)
                            : answer.fold(outcomes -> judge(node.name(), expected, outcomes), Verdict::failed)
                                    .at(node.name(), answer.millis()));
        }
        return findings;
    }

    /** @param expected the address of each name */
    static Verdict judge(String node, Map<String, String> expected, Map<String, Outcome> outcomes) {
        List<String> wrong = new ArrayList<>();
        List<String> right = new ArrayList<>();
        expected.forEach((name, address) -> {
            Optional<String> answer = answer(outcomes, name);
            if (answer.isEmpty()) {
                wrong.add("a pod on " + node + " gets no answer about " + name
                        + " from the cluster's DNS (CoreDNS, or the way there): "
                        + Optional.ofNullable(outcomes.get(name))
                                .map(Outcome::error)
                                .orElse("the probe said nothing"));
            } else if (!answer.get().equals("NOERROR " + address)) {
                wrong.add("a pod on " + node + " is told " + answer.get() + " about " + name + " by CoreDNS, not "
                        + address);
            } else {
                int attempts = Optional.ofNullable(outcomes.get(name))
                        .map(Outcome::attempts)
                        .orElse(1);
                right.add(name + " = " + address + (attempts == 1 ? "" : " at try " + attempts));
            }
        });
        return Verdict.of(wrong, String.join("; ", right));
    }

    List<Finding> upstream() throws InterruptedException {
        ProofPods pods = bench.pods();
        List<Task> tasks = List.of(Task.lookUp(OUTSIDE, OUTSIDE));
        Map<String, ProofPod> open = pods.running(ProofRole.OPEN);
        Map<String, Asked<Verdict>> asked = Together.ask(open, DEADLINE, pod -> {
            Map<String, Outcome> host = hosts.run(pod.node(), tasks);
            return judgeUpstream(pod.node(), answer(host, OUTSIDE), answer(bench.run(pod, tasks), OUTSIDE));
        });
        List<Finding> findings = new ArrayList<>();
        for (ProofNode node : pods.nodes()) {
            Asked<Verdict> answer = asked.get(node.name());
            findings.add(
                    answer == null
                            ? Finding.failed(node.name(), pods.absence(node.name()), 0)
                            : answer.fold(verdict -> verdict, Verdict::failed).at(node.name(), answer.millis()));
        }
        return findings;
    }

    /** The same response code will do: the addresses of one name may differ from answer to answer. */
    static Verdict judgeUpstream(String node, Optional<String> host, Optional<String> pod) {
        if (host.isEmpty()) {
            return Verdict.failed("the resolver of host " + node + " (/etc/resolv.conf) does not answer about "
                    + OUTSIDE + ", so CoreDNS has nobody to ask");
        }
        if (pod.isEmpty()) {
            return Verdict.failed("a pod on " + node + " gets no answer about " + OUTSIDE + " from CoreDNS, while host "
                    + node + " is told " + host.get());
        }
        boolean same = code(host.get()).equals(code(pod.get()));
        boolean sense = List.of("NOERROR", "NXDOMAIN").contains(code(pod.get()));
        String both = OUTSIDE + ": host " + node + " is told " + host.get() + ", a pod there " + pod.get();
        return same && sense ? Verdict.ok(both) : Verdict.failed(both + " (CoreDNS forwards to the hosts' resolvers)");
    }

    private static String code(String answer) {
        int space = answer.indexOf(' ');
        return space < 0 ? answer : answer.substring(0, space);
    }

    private static Optional<String> answer(Map<String, Outcome> outcomes, String name) {
        return Optional.ofNullable(outcomes.get(name))
                .filter(Outcome::reached)
                .flatMap(outcome -> outcome.answers().keySet().stream().findFirst());
    }
}
