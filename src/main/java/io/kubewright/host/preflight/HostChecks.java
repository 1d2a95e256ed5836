package io.kubewright.host.preflight;

import io.kubewright.engine.Finding;
import io.kubewright.engine.Shell;
import io.kubewright.host.ShellFunctions;
import io.kubewright.kubeapi.proof.Asked;
import io.kubewright.kubeapi.proof.Once;
import io.kubewright.kubeapi.proof.Together;
import io.kubewright.kubeapi.proof.Verdict;
import io.kubewright.spec.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** What one look at every host shows. */
final class HostChecks {
    /** Names are waited for 12 s each at most, the disk 20 s. */
    private static final Duration LIMIT = Duration.ofSeconds(90);

    /** etcd's default; its leader is thought dead after ten of them. */
    private static final double HEARTBEAT_MILLIS = 100;

    /** etcd.io, FAQ: the 99th percentile of wal_fsync_duration_seconds of a disk that is fast enough. */
    private static final double ADVISED_MILLIS = 10;

    private static final Set<String> LOOPBACK = Set.of("127.0.0.1", "::1");

    private final Once<Map<Host, Asked<Sight>>> sights;

    HostChecks(PreflightInput input) {
        this.sights = new Once<>(() -> Together.ask(
                input.hosts(),
                LIMIT.plusSeconds(20),
                host -> Sight.parse(input.probe().script(host.name(), script(host, input.names()), LIMIT))));
    }

    private static String script(Host host, Collection<String> names) {
        return "set -- " + Shell.words(names) + "\n"
                + ShellFunctions.of(HostChecks.class, "look.sh")
                + (host.isControlPlane() ? ShellFunctions.of(HostChecks.class, "latency.sh") : "");
    }

    /** What was seen of each host. */
    Map<Host, Asked<Sight>> sights() throws InterruptedException {
        return sights.get();
    }

    List<Finding> identity() throws InterruptedException {
        Map<Host, Asked<Sight>> seen = sights();
        List<Finding> findings = new ArrayList<>();
        seen.forEach((host, asked) -> {
            List<String> wrong = new ArrayList<>();
            twins(seen, host, asked, Sight::hostname, "hostname", "hostnamectl set-hostname gives it another", wrong);
            twins(
                    seen,
                    host,
                    asked,
                    Sight::productUuid,
                    "product UUID",
                    "the hypervisor gives each machine its own; a copied disk image does not matter, a copied machine does",
                    wrong);
            findings.add(judged(
                    host,
                    asked,
                    sight -> Verdict.of(
                            wrong,
                            "hostname " + sight.hostname() + ", product UUID "
                                    + (sight.productUuid().isEmpty() ? "none of its own" : sight.productUuid()))));
        });
        return findings;
    }

    private static void twins(
            Map<Host, Asked<Sight>> seen,
            Host host,
            Asked<Sight> asked,
            Function<Sight, String> identity,
            String what,
            String hint,
            List<String> wrong) {
        String own = asked.answer().map(identity).orElse("");
        Set<String> others = new TreeSet<>();
        seen.forEach((other, theirs) -> theirs.answer()
                .map(identity)
                .filter(each -> !other.equals(host) && !own.isEmpty() && each.equals(own))
                .ifPresent(_ -> others.add(other.name())));
        if (!others.isEmpty()) {
            wrong.add(host.name() + " has the " + what + " " + own + " of " + String.join(", ", others) + ": " + hint);
        }
    }

    List<Finding> names() throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        sights().forEach((host, asked) -> findings.add(judged(host, asked, sight -> judgeNames(host.name(), sight))));
        return findings;
    }

    static Verdict judgeNames(String host, Sight sight) {
        List<String> wrong = new ArrayList<>();
        List<String> right = new ArrayList<>();
        sight.names().forEach((name, addresses) -> {
            if (addresses.isEmpty()) {
                wrong.add(name + " resolves to nothing on " + host
                        + (name.equals(sight.hostname())
                                ? ", and is its own name: a line in /etc/hosts helps, or the package libnss-myhostname"
                                : ": look at /etc/resolv.conf and at the name servers it names"));
            } else if (name.equals("localhost") && addresses.stream().noneMatch(LOOPBACK::contains)) {
                wrong.add("localhost resolves to " + String.join(", ", addresses) + " on " + host
                        + ", where health checks of the control plane do not go: correct /etc/hosts");
            } else {
                right.add(name + " is " + String.join(", ", addresses));
            }
        });
        return Verdict.of(wrong, String.join("; ", right));
    }

    List<Finding> signs() throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        sights().forEach((host, asked) -> findings.add(judged(
                host,
                asked,
                sight -> Verdict.of(
                        sight.signs().stream()
                                .flatMap(line -> Sign.meaning(line).stream())
                                .map(meaning -> host.name() + ": " + meaning)
                                .toList(),
                        sight.signs().size() + " active services looked at"))));
        return findings;
    }

    List<Finding> latency() throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        sights().forEach((host, asked) -> {
            if (host.isControlPlane()) {
                findings.add(judged(
                        host,
                        asked,
                        sight -> sight.latency()
                                .map(latency -> judgeLatency(host.name(), latency))
                                .orElseGet(() -> Verdict.failed("the disk of " + host.name() + " was not measured"))));
            }
        });
        return findings;
    }

    static Verdict judgeLatency(String host, Sight.Latency latency) {
        String said = String.format(
                Locale.ROOT,
                "%d small writes made safe on %s: median %.1f ms, 99th percentile %.1f ms, longest %.1f ms",
                latency.count(),
                host,
                latency.median(),
                latency.p99(),
                latency.maximum());
        if (latency.p99() > HEARTBEAT_MILLIS) {
            return Verdict.failed(
                    said + "; beyond " + (int) HEARTBEAT_MILLIS + " ms etcd misses heartbeats and loses its"
                            + " leader: give /var/lib/etcd a disk that nothing else writes to, an SSD");
        }
        return Verdict.ok(
                latency.p99() > ADVISED_MILLIS
                        ? said + "; etcd's makers advise less than " + (int) ADVISED_MILLIS + " ms"
                        : said);
    }

    /** Of a host that was asked. */
    static <T> Asked<T> of(Map<Host, Asked<T>> answers, Host host) {
        return Objects.requireNonNull(answers.get(host), host.name());
    }

    private static Finding judged(Host host, Asked<Sight> asked, Function<Sight, Verdict> judge) {
        return asked.fold(judge, Verdict::failed).at(host.name(), asked.millis());
    }
}
