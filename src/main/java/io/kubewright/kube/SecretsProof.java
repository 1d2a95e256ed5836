package io.kubewright.kube;

import io.kubewright.engine.Finding;
import io.kubewright.engine.ScriptResult;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.Targets;
import io.kubewright.kubeapi.proof.Timer;
import io.kubewright.kubeapi.proof.Verdict;
import io.kubewright.spec.Host;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * Whether Secrets lie in etcd as somebody would find them who has its disk: read by etcdctl past every API server. Their
 * values do not leave the host, their names do.
 */
final class SecretsProof {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int NAMED = 5;

    private static final String SCRIPT = """
            {
            set -eu
            directory=$(mktemp -d /run/kubewright-proof.XXXXXX)
            trap 'rm -rf "$directory"' EXIT
            """ + Templates.text("etcd.sh") + Templates.text("secrets.sh") + """
            secrets >"$directory/secrets"
            cat "$directory/secrets"
            echo "== end"
            } </dev/null
            """;

    private SecretsProof() {}

    /** One member is enough, because they hold the same; the first that answers. */
    static List<Finding> run(List<Host> controlPlanes, Targets targets) throws InterruptedException {
        Timer timer = new Timer();
        List<String> silent = new ArrayList<>();
        for (Host host : controlPlanes) {
            try {
                ScriptResult result = targets.get(host.name()).run(SCRIPT, LIMIT, _ -> {});
                if (result.exitCode() == 0 && result.stdout().endsWith("== end\n")) {
                    return List.of(timer.finding("cluster", judge(host.name(), result.stdout())));
                }
                silent.add(host.name() + ": " + result.stderr().strip());
            } catch (TargetException e) {
                silent.add(host.name() + ": " + e.getMessage());
            }
        }
        return List.of(timer.finding(
                "cluster", Verdict.failed("no member of etcd says what it holds: " + String.join("; ", silent))));
    }

    /** @param output lines of a key in base64 and {@code encrypted} or {@code readable} */
    static Verdict judge(String host, String output) {
        List<String> readable = new ArrayList<>();
        int encrypted = 0;
        for (String line : output.lines().toList()) {
            if (line.endsWith(" encrypted")) {
                encrypted++;
            } else if (line.endsWith(" readable")) {
                readable.add(name(line.substring(0, line.indexOf(' '))));
            }
        }
        if (readable.isEmpty()) {
            return Verdict.ok("all " + encrypted + " Secrets in etcd on " + host + " are encrypted");
        }
        String names = String.join(", ", readable.subList(0, Math.min(NAMED, readable.size())));
        return Verdict.failed(readable.size() + " of " + (readable.size() + encrypted)
                + " Secrets are plain text in etcd on " + host + ": " + names + (readable.size() > NAMED ? ", …" : ""));
    }

    private static String name(String key) {
        return new String(Base64.getDecoder().decode(key), StandardCharsets.UTF_8)
                .replaceFirst("^/registry/secrets/", "");
    }
}
