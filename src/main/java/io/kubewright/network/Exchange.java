package io.kubewright.network;

import io.kubewright.kubeapi.proof.Asked;
import io.kubewright.kubeapi.proof.HostProbe;
import io.kubewright.kubeapi.proof.Outcome;
import io.kubewright.kubeapi.proof.ProbeText;
import io.kubewright.kubeapi.proof.ProofBench;
import io.kubewright.kubeapi.proof.ProofNode;
import io.kubewright.kubeapi.proof.ProofPod;
import io.kubewright.kubeapi.proof.ProofPods;
import io.kubewright.kubeapi.proof.ProofRole;
import io.kubewright.kubeapi.proof.Sections;
import io.kubewright.kubeapi.proof.Task;
import io.kubewright.kubeapi.proof.Together;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Every proof pod talks with every other, while each host watches its links for VXLAN that carries just these words.
 *
 * @param token the words' beginning, of this run alone
 * @param seen by the node that talked
 */
record Exchange(String token, ProofPods pods, Map<String, Asked<Exchange.Seen>> seen) {
    /** The device that Calico encapsulates with. */
    static final String DEVICE = "vxlan.calico";

    private static final int DATAGRAMS = 8;
    private static final int CONNECTIONS = 4;
    private static final Duration WATCHING = Duration.ofSeconds(5);

    /**
     * What one node saw.
     *
     * @param outcomes by task: {@code udp n2}, {@code tcp n2}
     * @param wire as counted on the host's links
     * @param wireFailure why nothing could be counted; empty when it could
     * @param received packets that came out of the VXLAN device meanwhile
     * @param sent packets that went into it
     */
    record Seen(Map<String, Outcome> outcomes, List<Flow> wire, String wireFailure, long received, long sent) {}

    static Exchange make(ProofBench bench, HostProbe hosts) throws InterruptedException {
        ProofPods pods = bench.pods();
        String token = bench.namespace();
        Map<String, ProofPod> open = pods.running(ProofRole.OPEN);
        Map<String, Asked<Seen>> seen = Together.ask(
                open, Duration.ofSeconds(120), pod -> talk(bench, hosts, pod, tasks(pods, pod.node(), token), token));
        return new Exchange(token, pods, seen);
    }

    /** Without a look at the links: the pods by their addresses of the other IP family. */
    static Exchange second(ProofBench bench) throws InterruptedException {
        ProofPods pods = bench.pods().second();
        // Not what the first exchange's watchers look for.
        String token = "second" + bench.namespace().substring(bench.namespace().lastIndexOf('-'));
        return new Exchange(
                token,
                pods,
                Together.ask(
                        pods.running(ProofRole.OPEN),
                        Duration.ofSeconds(120),
                        pod -> new Seen(
                                bench.run(pod, tasks(pods, pod.node(), token)), List.of(), "not looked at", 0, 0)));
    }

    private static List<Task> tasks(ProofPods pods, String from, String token) {
        List<Task> tasks = new ArrayList<>();
        pods.running(ProofRole.OPEN).forEach((to, pod) -> {
            if (!to.equals(from)) {
                String address = Task.at(pod.address(), ProofPod.ECHO_PORT);
                String words = token + " " + from + ">" + to;
                tasks.add(Task.echo("udp " + to, "udp", address, words, DATAGRAMS));
                tasks.add(Task.echo("tcp " + to, "tcp", address, words, CONNECTIONS));
            }
        });
        return tasks;
    }

    private static Seen talk(ProofBench bench, HostProbe hosts, ProofPod pod, List<Task> tasks, String token)
            throws InterruptedException {
        Duration limit = ProbeText.limit(tasks).plus(WATCHING);
        String output = hosts.script(
                pod.node(),
                """
                device() { sed -n 's/^ *%1$s: */%1$s /p' /proc/net/dev; }
                echo "== before"; device
                "$probe" wire --port 4789 --token %2$s --deadline %3$ds >"$work/wire" 2>"$work/wire.err" &
                watcher=$!
                tries=0
                until grep -q watching "$work/wire" || [ "$tries" -ge 30 ]; do tries=$((tries + 1)); sleep 0.1; done
                echo "== outcomes"
                %4$s
                sleep 0.5
                kill -TERM "$watcher" 2>"$work/kill.err" || echo "the watcher ended early" >>"$work/wire.err"
                wait "$watcher" || echo "the watcher failed" >>"$work/wire.err"
                echo "== wire"; sed 1d "$work/wire"
                echo "== wire failure"; cat "$work/wire.err"
                echo "== after"; device
                """.formatted(DEVICE, token, limit.plus(WATCHING).toSeconds(), bench.command(pod, tasks)),
                limit);
        return read(Sections.parse(output));
    }

    static Seen read(Sections sections) {
        long[] before = counters(sections.get("before"));
        long[] after = counters(sections.get("after"));
        String failure = sections.get("wire failure");
        return new Seen(
                ProbeText.decode(sections.get("outcomes")),
                failure.isEmpty() ? Flow.read(sections.get("wire")) : List.of(),
                failure,
                after[0] - before[0],
                after[1] - before[1]);
    }

    /** Packets received and sent, from a line of /proc/net/dev; both 0 when there is no such device. */
    private static long[] counters(String line) {
        String[] fields = line.split("\\s+");
        return fields.length < 11
                ? new long[] {0, 0}
                : new long[] {Long.parseLong(fields[2]), Long.parseLong(fields[10])};
    }

    /** The nodes whose pods took part. */
    List<ProofNode> nodes() {
        return pods.nodes().stream()
                .filter(node -> pods.on(node.name(), ProofRole.OPEN).isPresent())
                .toList();
    }
}
