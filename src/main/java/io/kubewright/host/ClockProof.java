package io.kubewright.host;

import io.kubewright.engine.Finding;
import io.kubewright.engine.ScriptResult;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.Targets;
import io.kubewright.kubeapi.proof.Asked;
import io.kubewright.kubeapi.proof.Together;
import io.kubewright.kubeapi.proof.Verdict;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads every host's clock over its connection and compares; the way there and back bounds the error. */
final class ClockProof {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int READINGS = 3;

    /** etcd warns from one second on; leases, tokens and certificates suffer later. */
    private static final double ALLOWED_SECONDS = 1.0;

    private ClockProof() {}

    /**
     * One reading.
     *
     * @param offset seconds the host is ahead of this machine
     * @param error seconds the offset may be wrong by
     */
    record Reading(double offset, double error) {}

    static List<Finding> run(List<String> hosts, Targets targets) throws InterruptedException {
        Map<String, Asked<Reading>> readings =
                Together.ask(hosts, LIMIT.plusSeconds(5), host -> quickest(host, targets));
        List<Finding> findings = new ArrayList<>();
        readings.forEach((host, asked) ->
                findings.add(asked.fold(reading -> judge(host, reading, middle(readings)), Verdict::failed)
                        .at(host, asked.millis())));
        return findings;
    }

    private static Reading quickest(String host, Targets targets) throws InterruptedException {
        Optional<Reading> best = Optional.empty();
        for (int number = 0; number < READINGS; number++) {
            long wall = System.currentTimeMillis();
            long begin = System.nanoTime();
            ScriptResult result = targets.get(host).run("exec date +%s.%N\n", LIMIT.dividedBy(READINGS), _ -> {});
            double elapsed = (System.nanoTime() - begin) / 1e9;
            if (result.exitCode() != 0 || !result.stdout().matches("\\d+\\.\\d+\n")) {
                throw new TargetException(
                        host,
                        TargetException.Code.PROTOCOL,
                        "its clock could not be read: " + (result.stdout() + result.stderr()).strip(),
                        "Run date on the host.");
            }
            Reading reading = reading(result.stdout(), wall / 1e3, elapsed);
            if (best.isEmpty() || reading.error() < best.get().error()) {
                best = Optional.of(reading);
            }
        }
        return best.orElseThrow();
    }

    /**
     * @param printed seconds since 1970 with fraction
     * @param begin seconds since 1970 on this machine when the host was asked
     * @param elapsed seconds until it had answered
     */
    static Reading reading(String printed, double begin, double elapsed) {
        double host = new BigDecimal(printed.strip()).doubleValue();
        return new Reading(host - (begin + elapsed / 2), elapsed / 2);
    }

    /** The median, so that one host with a wrong clock shows at that host. */
    private static double middle(Map<String, Asked<Reading>> readings) {
        double[] offsets = readings.values().stream()
                .flatMap(asked -> asked.answer().stream())
                .mapToDouble(Reading::offset)
                .sorted()
                .toArray();
        int half = offsets.length / 2;
        return offsets.length % 2 == 1 ? offsets[half] : (offsets[half - 1] + offsets[half]) / 2;
    }

    static Verdict judge(String host, Reading reading, double middle) {
        double skew = reading.offset() - middle;
        String said = String.format(
                Locale.ROOT, "%+.3f s from the middle of all hosts, to within %.3f s", skew, reading.error());
        return Math.abs(skew) - reading.error() > ALLOWED_SECONDS
                ? Verdict.failed(
                        "the clock of " + host + " is " + said + " (chrony or systemd-timesyncd on " + host + ")")
                : Verdict.ok(said);
    }
}
