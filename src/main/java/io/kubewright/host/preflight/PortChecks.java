package io.kubewright.host.preflight;

import io.kubewright.engine.Finding;
import io.kubewright.engine.HostFacts;
import io.kubewright.host.preflight.HeldPorts.Socket;
import io.kubewright.kubeapi.proof.Asked;
import io.kubewright.kubeapi.proof.Once;
import io.kubewright.kubeapi.proof.Outcome;
import io.kubewright.kubeapi.proof.Task;
import io.kubewright.kubeapi.proof.Together;
import io.kubewright.kubeapi.proof.Verdict;
import io.kubewright.spec.Host;
import io.kubewright.spec.Port;
import io.kubewright.spec.Port.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Whether ports are free, and whether those who will call there get through: the probe answers in place of each server that
 * is not there yet, and is called from where it will be. A server of Kubernetes that is there already is only connected to.
 */
final class PortChecks {
    /** Up to so many hosts, each calls every other one. */
    private static final int ALL_PAIRS = 13;

    /** Beyond that, so many next ones of the file, and every control plane. */
    private static final int NEIGHBOURS = 6;

    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final Duration TRYING = Duration.ofSeconds(6);
    private static final Duration CALLING = Duration.ofSeconds(60);

    private final PreflightInput input;
    private final HostChecks checks;
    private final Once<Exercise> exercise = new Once<>(this::exercise);

    /** One server that is to be reached. */
    private record Call(Host to, Port port, Socket socket) {
        String id() {
            return to.name() + " " + socket;
        }
    }

    private record Exercise(
            Map<Host, Asked<Map<String, String>>> taken, Map<Host, Asked<Map<String, Outcome>>> outcomes) {}

    PortChecks(PreflightInput input, HostChecks checks) {
        this.input = input;
        this.checks = checks;
    }

    private static List<Socket> ends(Port port) {
        Socket first = new Socket(port.transport(), port.first());
        return port.first() == port.last() ? List.of(first) : List.of(first, new Socket(port.transport(), port.last()));
    }

    private Exercise exercise() throws InterruptedException {
        Map<Host, List<Socket>> sockets = new LinkedHashMap<>();
        for (Host host : input.hosts()) {
            sockets.put(
                    host,
                    input.ports().stream()
                            .filter(port -> port.isOn(host))
                            .flatMap(port -> ends(port).stream())
                            .toList());
        }
        // Before ours are there: afterwards they would be among the listeners.
        checks.sights();
        try (HeldPorts held = HeldPorts.on(input, sockets)) {
            Map<Host, Asked<Map<String, String>>> taken = held.taken();
            return new Exercise(
                    taken,
                    Together.ask(input.hosts(), CALLING, host -> input.probe().run(host.name(), tasks(host, taken))));
        }
    }

    private List<Task> tasks(Host from, Map<Host, Asked<Map<String, String>>> taken) throws InterruptedException {
        List<Task> tasks = new ArrayList<>();
        for (Call call : calls(from, _ -> true)) {
            String address =
                    Task.at(call.to().nodeIp().toString(), call.socket().number());
            Optional<Map<String, String>> held = HostChecks.of(taken, call.to()).answer();
            if (held.isPresent() && !held.get().containsKey(call.socket().toString())) {
                tasks.add(Task.echo(
                                call.id(),
                                call.socket().transport() == Transport.TCP ? "tcp" : "udp",
                                address,
                                from.name(),
                                1)
                        .within(TIMEOUT, TRYING));
            } else if (call.socket().transport() == Transport.TCP) {
                tasks.add(Task.connect(call.id(), address).within(TIMEOUT, TRYING));
            }
        }
        return tasks;
    }

    private List<Call> calls(Host from, Predicate<Host> to) {
        List<Call> calls = new ArrayList<>();
        for (Host host : partners(from)) {
            for (Port port : input.ports()) {
                if (to.test(host) && port.isOn(host) && port.isCalledBy(from)) {
                    ends(port).forEach(socket -> calls.add(new Call(host, port, socket)));
                }
            }
        }
        return calls;
    }

    private List<Host> partners(Host from) {
        List<Host> hosts = input.hosts();
        int own = hosts.indexOf(from);
        return hosts.stream()
                .filter(host -> !host.equals(from))
                .filter(host -> hosts.size() <= ALL_PAIRS
                        || host.isControlPlane()
                        || Math.floorMod(hosts.indexOf(host) - own, hosts.size()) <= NEIGHBOURS)
                .toList();
    }

    List<Finding> free() throws InterruptedException {
        Exercise done = exercise.get();
        List<Finding> findings = new ArrayList<>();
        Map<Host, Asked<Sight>> seen = checks.sights();
        done.taken()
                .forEach((host, asked) -> findings.add(asked.fold(
                                taken -> judgeFree(
                                        host, taken, HostChecks.of(seen, host).answer()),
                                Verdict::failed)
                        .at(host.name(), asked.millis())));
        return findings;
    }

    private Verdict judgeFree(Host host, Map<String, String> taken, Optional<Sight> sight) {
        List<String> wrong = new ArrayList<>();
        List<String> theirs = new ArrayList<>();
        for (Port port : input.ports()) {
            for (Socket socket : ends(port)) {
                String reason = taken.get(socket.toString());
                if (reason == null || !port.isOn(host)) {
                    continue;
                }
                String holder = sight.map(each -> each.listeners().get(socket.toString()))
                        .orElse("-");
                if (port.server().filter(server -> server.equals(holder)).isPresent()) {
                    theirs.add(socket + " is held by " + holder);
                } else {
                    wrong.add(socket + " of " + host.name() + " cannot be listened on (" + reason + "), held by "
                            + (holder.equals("-") ? "a program that is not known" : holder) + "; it is needed for "
                            + port.why());
                }
            }
        }
        return Verdict.of(wrong, theirs.isEmpty() ? "all are free" : String.join("; ", theirs));
    }

    List<Finding> reached() throws InterruptedException {
        Exercise done = exercise.get();
        List<Finding> findings = new ArrayList<>();
        done.outcomes().forEach((from, asked) -> {
            for (Host to : partners(from)) {
                findings.add(asked.fold(
                                outcomes -> judgeReached(from, to, HostChecks.of(done.taken(), to), outcomes),
                                Verdict::failed)
                        .at(from.name() + ">" + to.name(), asked.millis()));
            }
        });
        return findings;
    }

    private Verdict judgeReached(Host from, Host to, Asked<Map<String, String>> taken, Map<String, Outcome> outcomes) {
        List<String> wrong = new ArrayList<>();
        List<String> right = new ArrayList<>();
        taken.fold(_ -> true, reason -> wrong.add("nothing could be made to listen on " + to.name() + ": " + reason));
        for (Call call : calls(from, to::equals)) {
            Outcome outcome = outcomes.get(call.id());
            if (outcome == null) {
                right.add(call.socket() + " is in use, its traffic is what proofs look at");
            } else if (!outcome.reached()) {
                wrong.add(call.socket() + " of " + to.name() + ", "
                        + call.port().why() + ": " + outcome.error() + "; " + cause(to, outcome));
            } else if (outcome.answers().keySet().stream()
                    .allMatch(name -> name.equals(to.name()) || name.equals("connected"))) {
                right.add(call.socket().toString());
            } else {
                wrong.add(call.socket() + " of " + to.nodeIp() + " was answered by "
                        + String.join(", ", outcome.answers().keySet()) + ": two hosts have this address");
            }
        }
        return Verdict.of(wrong, "answered: " + String.join(", ", right));
    }

    private String cause(Host to, Outcome outcome) {
        String firewall = Optional.ofNullable(input.facts().get(to.name()))
                .flatMap(HostFacts::firewall)
                .map(kind -> "the firewall of " + to.name() + ", " + kind + ",")
                .orElse("a firewall on " + to.name());
        return outcome.error().contains("refused")
                ? firewall + " rejects it, for there is a listener"
                : outcome.error().contains("in time")
                        ? firewall + " or one on the way drops it"
                        : "there is no way from here";
    }
}
