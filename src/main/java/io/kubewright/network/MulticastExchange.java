package io.kubewright.network;

import io.kubewright.kubeapi.Tree;
import io.kubewright.kubeapi.proof.Asked;
import io.kubewright.kubeapi.proof.FurtherPods;
import io.kubewright.kubeapi.proof.Outcome;
import io.kubewright.kubeapi.proof.ProofBench;
import io.kubewright.kubeapi.proof.ProofNode;
import io.kubewright.kubeapi.proof.ProofPod;
import io.kubewright.kubeapi.proof.Task;
import io.kubewright.kubeapi.proof.Together;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * One pod on each node with the attachment; all send to each other's groups at once, and then talk to one another.
 *
 * @param nodes of the file
 * @param pods that asked for the attachment
 * @param addresses on the attachment, by node, as Multus told the API
 * @param heard by node: over the attachment, and over the pod network
 * @param talked by node: outcomes by task, {@code udp n2}, {@code tcp n2}
 */
record MulticastExchange(
        List<ProofNode> nodes,
        MulticastPlan plan,
        FurtherPods pods,
        Map<String, String> addresses,
        Map<String, Asked<List<Heard>>> heard,
        Map<String, Asked<Map<String, Outcome>>> talked) {
    /** Name of the interface in the pod. */
    static final String LINK = "net1";

    private static final Duration LIMIT = Duration.ofSeconds(MulticastPlan.SECONDS);
    private static final Duration DEADLINE = LIMIT.plusSeconds(90);
    private static final int EXCHANGES = 4;
    private static final JsonMapper MAPPER = JsonMapper.builder().build();

    static MulticastExchange make(ProofBench bench, Attachment attachment, int number) throws InterruptedException {
        FurtherPods pods = bench.further(
                "attached" + number,
                Map.of(
                        AttachmentProofs.ASKING,
                        MAPPER.writeValueAsString(List.of(Map.of(
                                "name", attachment.name(), "namespace", attachment.namespace(), "interface", LINK)))));
        Map<String, String> addresses = new LinkedHashMap<>();
        pods.states()
                .forEach((node, pod) -> address(
                                pod.at("metadata", "annotations", AttachmentProofs.ANSWER)
                                        .text("[]"),
                                attachment)
                        .ifPresent(address -> addresses.put(node, address)));
        MulticastPlan plan = new MulticastPlan(
                bench.namespace() + "-" + number,
                bench.nodes().stream().map(ProofNode::name).toList());
        Map<String, Asked<List<Heard>>> heard = Together.ask(
                pods.running(), DEADLINE, pod -> Heard.read(bench.probe(pod, plan.arguments(pod.node(), LINK), LIMIT)));
        Map<String, Asked<Map<String, Outcome>>> talked = Together.ask(
                pods.running(), DEADLINE, pod -> bench.run(pod, tasks(plan.token(), pod.node(), addresses)));
        return new MulticastExchange(bench.nodes(), plan, pods, addresses, heard, talked);
    }

    /** The first address that Multus says the pod has on the attachment. */
    static Optional<String> address(String status, Attachment attachment) {
        Object read = MAPPER.readValue(status, Object.class);
        return Tree.of(Map.of("status", read)).at("status").items().stream()
                .filter(each -> each.at("name").text("").equals(attachment.namespace() + "/" + attachment.name()))
                .flatMap(each -> each.at("ips").items().stream())
                .flatMap(each -> each.text().stream())
                .findFirst();
    }

    private static List<Task> tasks(String token, String from, Map<String, String> addresses) {
        List<Task> tasks = new ArrayList<>();
        addresses.forEach((to, address) -> {
            if (!to.equals(from)) {
                String words = token + " " + from + ">" + to;
                String place = Task.at(address, ProofPod.ECHO_PORT);
                tasks.add(Task.echo("udp " + to, "udp", place, words, EXCHANGES));
                tasks.add(Task.echo("tcp " + to, "tcp", place, words, EXCHANGES));
            }
        });
        return tasks;
    }

    /** What was heard over an interface on a node; empty when there is no pod, or it did not answer. */
    Optional<Heard> heard(String node, String link) {
        return Optional.ofNullable(heard.get(node))
                .flatMap(Asked::answer)
                .flatMap(all ->
                        all.stream().filter(each -> each.link().equals(link)).findFirst());
    }

    /** Why nothing was heard on a node. */
    String silence(String node) {
        Asked<List<Heard>> asked = heard.get(node);
        return asked == null
                ? pods.absence(node)
                : asked.fold(
                        _ -> "the pod on " + node + " has no interface of that name",
                        reason -> "the pod on " + node + " could not be made to send: " + reason);
    }
}
