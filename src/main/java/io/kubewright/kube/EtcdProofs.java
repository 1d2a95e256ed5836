package io.kubewright.kube;

import io.kubewright.engine.Finding;
import io.kubewright.engine.ScriptResult;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.Targets;
import io.kubewright.kubeapi.proof.Asked;
import io.kubewright.kubeapi.proof.Once;
import io.kubewright.kubeapi.proof.Sections;
import io.kubewright.kubeapi.proof.Together;
import io.kubewright.kubeapi.proof.Verdict;
import io.kubewright.spec.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.MissingNode;

/** etcd as each of its members sees it: asked on its own host, inside its own container. */
final class EtcdProofs {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** The cause in a line of etcdctl's log; within a message of crictl its quotes have backslashes. */
    private static final Pattern LOGGED = Pattern.compile("error\\\\?\":\\\\?\"([^\"\\\\]+)");

    private static final int LONGEST = 300;

    /** etcdctl's JSON has member ids as numbers beyond 2^53: Jackson keeps them whole. */
    private static final String SCRIPT = """
            {
            set -u
            runtime="crictl --runtime-endpoint unix:///run/containerd/containerd.sock"
            container=$($runtime ps --quiet --state Running --label io.kubernetes.pod.namespace=kube-system --name '^etcd$' | head -n 1)
            if [ -z "$container" ]; then echo "containerd runs no container etcd" >&2; exit 3; fi
            ask() {
              timeout 12 $runtime exec --sync --timeout 10 "$container" etcdctl --endpoints https://127.0.0.1:2379 \\
                --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/healthcheck-client.crt \\
                --key /etc/kubernetes/pki/etcd/healthcheck-client.key --command-timeout 5s --write-out json "$@" 2>&1
            }
            echo "== members"; ask member list
            echo "== status"; ask endpoint status
            echo "== health"; ask endpoint health
            echo "== end"
            } </dev/null
            """;

    private final List<Host> controlPlanes;
    private final Once<Map<Host, Asked<Sections>>> answers;

    EtcdProofs(List<Host> controlPlanes, Targets targets) {
        this.controlPlanes = controlPlanes;
        this.answers = new Once<>(() -> Together.ask(controlPlanes, LIMIT.plusSeconds(5), host -> {
            ScriptResult result = targets.get(host.name()).run(SCRIPT, LIMIT, _ -> {});
            if (result.exitCode() != 0 || !result.stdout().endsWith("== end\n")) {
                throw new TargetException(
                        host.name(),
                        TargetException.Code.PROTOCOL,
                        "etcd could not be asked: " + result.stderr().strip(),
                        "Look at it on the host: crictl ps -a, journalctl -u kubelet.");
            }
            return Sections.parse(result.stdout());
        }));
    }

    List<Finding> members() throws InterruptedException {
        Set<String> expected = controlPlanes.stream().map(Host::name).collect(Collectors.toCollection(TreeSet::new));
        List<Finding> findings = new ArrayList<>();
        answers.get()
                .forEach((host, asked) -> findings.add(asked.fold(
                                sections -> judgeMembers(host.name(), expected, sections.get("members")),
                                Verdict::failed)
                        .at(host.name(), asked.millis())));
        return findings;
    }

    static Verdict judgeMembers(String host, Set<String> expected, String text) {
        Optional<JsonNode> answer = read(text);
        if (answer.isEmpty()) {
            return Verdict.failed("etcd on " + host + " does not list its members: " + reason(text));
        }
        Set<String> names = new TreeSet<>();
        List<String> wrong = new ArrayList<>();
        for (JsonNode member : answer.get().path("members")) {
            String name = member.path("name").asString("");
            names.add(name);
            if (name.isEmpty()) {
                wrong.add("etcd on " + host + " knows a member at "
                        + member.path("peerURLs").path(0).asString("?") + " that has not started");
            }
            if (member.path("isLearner").asBoolean(false)) {
                wrong.add("member " + name + " of etcd is a learner: it has no vote");
            }
        }
        names.remove("");
        if (!names.equals(expected)) {
            wrong.add("etcd on " + host + " has the members " + String.join(", ", names)
                    + ", the file's control planes are " + String.join(", ", expected));
        }
        return Verdict.of(wrong, "started, voting members: " + String.join(", ", names));
    }

    List<Finding> health() throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        Set<String> leaders = new TreeSet<>();
        answers.get().forEach((host, asked) -> {
            asked.answer().ifPresent(sections -> leaders.add(leader(sections.get("status"))));
            findings.add(asked.fold(
                            sections -> judgeHealth(host.name(), sections.get("health"), sections.get("status")),
                            Verdict::failed)
                    .at(host.name(), asked.millis()));
        });
        leaders.remove("");
        Verdict one = leaders.size() == 1
                ? Verdict.ok("all members that answer name the same leader, "
                        + leaders.iterator().next())
                : Verdict.failed("members of etcd name " + leaders.size() + " leaders: " + String.join(", ", leaders));
        findings.add(one.at("cluster", 0));
        return findings;
    }

    /** In hexadecimal, as etcd itself writes it; empty when the member knows none. */
    private static String leader(String status) {
        JsonNode id = state(read(status)).path("leader");
        String leader = id.isIntegralNumber()
                ? Long.toUnsignedString(id.bigIntegerValue().longValue(), 16)
                : "";
        return leader.equals("0") ? "" : leader;
    }

    private static JsonNode state(Optional<JsonNode> status) {
        return status.map(each -> each.path(0).path("Status")).orElseGet(MissingNode::getInstance);
    }

    static Verdict judgeHealth(String host, String health, String status) {
        Optional<JsonNode> answer = read(health);
        JsonNode state = state(read(status));
        if (state.isMissingNode()) {
            return Verdict.failed("etcd on " + host + " does not answer etcdctl: " + reason(status));
        }
        JsonNode healthy = answer.map(each -> each.path(0)).orElseGet(MissingNode::getInstance);
        String leader = leader(status);
        List<String> wrong = new ArrayList<>();
        if (!healthy.path("health").asBoolean(false)) {
            wrong.add("etcd on " + host + " is not healthy: "
                    + healthy.path("error").asString(reason(health)));
        }
        if (leader.isEmpty()) {
            wrong.add("etcd on " + host + " knows no leader: it does not reach most of the other members (TCP 2380)");
        } else if (!state.path("errors").isEmpty()) {
            wrong.add("etcd on " + host + " reports " + state.path("errors"));
        }
        long bytes = state.path("dbSize").asLong(0);
        return Verdict.of(
                wrong,
                "commits in " + healthy.path("took").asString("?") + ", etcd "
                        + state.path("version").asString("?") + ", database " + bytes / 1024 + " KiB, leader "
                        + leader);
    }

    /** The JSON that the text begins with; warnings of etcdctl may follow it. Empty when it begins with something else. */
    private static Optional<JsonNode> read(String text) {
        try {
            return Optional.of(MAPPER.readTree(text)).filter(JsonNode::isContainer);
        } catch (JacksonException _) {
            return Optional.empty();
        }
    }

    /**
     * Why there is no JSON. Of a command that failed, crictl prints the standard error alone, within a message of its own;
     * there the last line of etcdctl's log says more than its last words ("unhealthy cluster").
     */
    private static String reason(String text) {
        Matcher logged = LOGGED.matcher(text);
        String reason = text;
        while (logged.find()) {
            reason = logged.group(1);
        }
        return reason.isEmpty() ? "it says nothing" : reason.substring(0, Math.min(reason.length(), LONGEST));
    }
}
