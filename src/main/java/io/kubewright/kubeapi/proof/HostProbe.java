package io.kubewright.kubeapi.proof;

import io.kubewright.engine.Blob;
import io.kubewright.engine.ScriptResult;
import io.kubewright.engine.Shell;
import io.kubewright.engine.Target;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.Targets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** The probe binary on hosts: sent when a host lacks it, kept in the host's blob store. */
public final class HostProbe {
    private static final String STATE = "/var/lib/kubewright";
    private static final String BLOBS = STATE + "/blobs/";
    private static final int LACKING = 97;
    private static final Duration UPLOAD = Duration.ofSeconds(60);
    private static final Duration MARGIN = Duration.ofSeconds(45);

    private final Targets targets;
    private final Map<String, Blob> binaries;
    private final Set<String> brought = ConcurrentHashMap.newKeySet();

    /** @param binaries by the machine that {@code uname -m} names, such as {@code x86_64} */
    public HostProbe(Targets targets, Map<String, Blob> binaries) {
        this.targets = targets;
        this.binaries = new TreeMap<>(binaries);
    }

    /** Carries out tasks from a host's own network; the outcomes by id. */
    public Map<String, Outcome> run(String host, Collection<Task> tasks) throws InterruptedException {
        String output = script(host, "\"$probe\" " + ProbeText.arguments(tasks), ProbeText.limit(tasks));
        return ProbeText.decode(output);
    }

    /**
     * Runs a fragment on a host in which {@code $probe} is the probe and {@code $work} an empty directory that goes when
     * the fragment ends.
     *
     * @param limit how long the fragment may take, starting up not counted
     * @return what it printed
     * @throws TargetException when the host could not be reached or the fragment failed
     */
    public String script(String host, String fragment, Duration limit) throws InterruptedException {
        return script(host, fragment, limit, _ -> {});
    }

    /**
     * As {@link #script(String, String, Duration)}.
     *
     * @param onLine gets each line as it is printed
     */
    public String script(String host, String fragment, Duration limit, Consumer<String> onLine)
            throws InterruptedException {
        Target target = targets.get(host);
        String script = """
                {
                set -eu
                machine=$(uname -m)
                case $machine in
                %s
                *) echo "the bundle holds no probe for $machine" >&2; exit 1 ;;
                esac
                [ -f "$blob" ] || { echo "$machine"; exit %d; }
                # Another probe's directory may go while it is looked at.
                find /var/lib/kubewright -maxdepth 1 -name 'proof.*' -mmin +60 -exec rm -rf {} + 2>/dev/null || :
                work=$(mktemp -d /var/lib/kubewright/proof.XXXXXX)
                trap 'rm -rf "$work"' EXIT
                trap 'exit 130' HUP INT TERM
                probe=$work/probe
                install -m 0700 "$blob" "$probe"
                %s
                } </dev/null
                """.formatted(choices(), LACKING, fragment);
        ScriptResult result = target.run(script, limit.plus(MARGIN), onLine);
        if (result.exitCode() == LACKING) {
            Blob binary =
                    Optional.ofNullable(binaries.get(result.stdout().strip())).orElseThrow();
            target.upload(binary.source(), binary.sha256(), BLOBS + binary.sha256(), UPLOAD, _ -> {});
            brought.add(host);
            result = target.run(script, limit.plus(MARGIN), onLine);
        }
        if (result.exitCode() != 0) {
            throw failed(host, result);
        }
        return result.stdout();
    }

    /**
     * Takes the binary away again from the hosts that it was sent to, with the directories that are empty then. A host that
     * does not answer keeps it.
     *
     * @param failed gets a line for each host that keeps it
     */
    public void forget(Consumer<String> failed) throws InterruptedException {
        String script = binaries.values().stream()
                        .map(binary -> "rm -f " + BLOBS + binary.sha256() + "\n")
                        .collect(Collectors.joining())
                + "rmdir --ignore-fail-on-non-empty " + BLOBS + " "
                + STATE + "\n";
        Map<String, Asked<ScriptResult>> asked = Together.ask(
                List.copyOf(brought), MARGIN, host -> targets.get(host).run(script, MARGIN, _ -> {}));
        asked.forEach((host, answer) -> answer.fold(_ -> brought.remove(host), reason -> {
            failed.accept("the probe stays in " + BLOBS + " of " + host + ": " + reason);
            return false;
        }));
    }

    private String choices() {
        StringBuilder text = new StringBuilder();
        binaries.forEach((machine, binary) -> text.append(Shell.quote(machine))
                .append(") blob=")
                .append(BLOBS)
                .append(binary.sha256())
                .append(" ;;\n"));
        return text.toString().strip();
    }

    static TargetException failed(String host, ScriptResult result) {
        String said = (result.stderr() + "\n" + result.stdout()).strip().replaceAll("\\s+", " ");
        return new TargetException(
                host,
                TargetException.Code.PROTOCOL,
                "the probe ended with " + result.exitCode() + ": " + said.substring(0, Math.min(said.length(), 400)),
                "Run it again; if it stays, look at the host's disk and memory.");
    }
}
