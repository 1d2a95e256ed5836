package io.kubewright.kube;

import io.kubewright.engine.Finding;
import io.kubewright.engine.ScriptResult;
import io.kubewright.engine.Shell;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.Targets;
import io.kubewright.kubeapi.proof.Together;
import io.kubewright.kubeapi.proof.Verdict;
import io.kubewright.spec.Host;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** A request that nobody else makes is made to each API server, and looked for in its audit log. */
final class AuditProof {
    private static final Duration LIMIT = Duration.ofSeconds(40);

    /** The log is written before the answer goes out; the wait is for a busy disk. */
    private static final String SCRIPT = """
            {
            set -eu
            name=%s
            server=%s
            log=%s
            kubectl --kubeconfig /etc/kubernetes/admin.conf --server "$server" --request-timeout 10s \\
                get --raw "/api/v1/namespaces/default/configmaps/$name" >/dev/null 2>&1 || :
            for each in 1 2 3 4 5 6 7 8 9 10; do
                if [ -f "$log" ] && line=$(tail -n 5000 "$log" | grep -F -- "$name" | tail -n 1) && [ -n "$line" ]; then
                    echo "told $(printf '%%s' "$line" | sed -n 's/.*"level":"\\([A-Za-z]*\\)".*/\\1/p')"
                    exit 0
                fi
                sleep 0.5
            done
            if [ -s "$log" ]; then echo written; elif [ -e "$log" ]; then echo empty; else echo none; fi
            } </dev/null
            """;

    private AuditProof() {}

    static List<Finding> run(List<Host> controlPlanes, Audit audit, Targets targets) throws InterruptedException {
        byte[] random = new byte[8];
        new SecureRandom().nextBytes(random);
        String name = "kubewright-proof-" + HexFormat.of().formatHex(random);
        List<Finding> findings = new ArrayList<>();
        Together.ask(controlPlanes, LIMIT.plusSeconds(5), host -> ask(host, name, targets))
                .forEach((host, asked) ->
                        findings.add(asked.fold(said -> judge(host.name(), audit, said), Verdict::failed)
                                .at(host.name(), asked.millis())));
        return findings;
    }

    private static String ask(Host host, String name, Targets targets) throws InterruptedException {
        ScriptResult result = targets.get(host.name()).run(script(host, name), LIMIT, _ -> {});
        if (result.exitCode() != 0) {
            throw new TargetException(
                    host.name(),
                    TargetException.Code.PROTOCOL,
                    "its audit log could not be looked at: " + result.stderr().strip(),
                    "Run it again.");
        }
        return result.stdout().strip();
    }

    static String script(Host host, String name) {
        return SCRIPT.formatted(
                Shell.quote(name),
                Shell.quote("https://" + Node.authority(host) + ":" + EndpointSection.API_PORT),
                Shell.quote(NodeSettings.AUDIT_LOG));
    }

    /** @param said {@code told LEVEL} of our request, or the state of the log: {@code written}, {@code empty}, {@code none} */
    static Verdict judge(String host, Audit audit, String said) {
        String log = NodeSettings.AUDIT_LOG + " on " + host;
        if (said.startsWith("told")) {
            return Verdict.ok(log + " tells of a request just made" + said.replaceFirst("told *", ", at level "));
        }
        boolean own = audit instanceof Audit.PolicyFile;
        return switch (said) {
            case "written" ->
                own
                        ? Verdict.ok(log + " is written; the file's own policy leaves out the request of this proof")
                        : Verdict.failed(log + " does not tell of a request that was just made");
            case "empty" ->
                Verdict.failed(log + " is empty" + (own ? ": the file's own policy lets nothing through" : ""));
            default -> Verdict.failed("kube-apiserver on " + host + " writes no audit log: " + log + " is not there");
        };
    }
}
