package io.kubewright.cli;

import static io.kubewright.cli.RealCluster.FILE;
import static io.kubewright.cli.RealCluster.HOSTS;
import static io.kubewright.cli.RealCluster.kubewright;
import static io.kubewright.cli.RealCluster.on;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.engine.Journal;
import io.kubewright.engine.StepId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * An installation that is killed again and again, and whose hosts lose power: each rerun goes on, and the end is the same.
 * {@code -Dkubewright.apply.kills=30} and {@code -Dkubewright.apply.cuts=5} do the whole sets; a run does a sample by
 * {@code -Dkubewright.apply.seed}, which is printed.
 */
@ExtendWith(RealCluster.class)
@Order(Integer.MAX_VALUE)
class InterruptedIT {
    /** An installation takes about this long when nobody disturbs it. */
    private static final int INSTALLATION_SECONDS = 230;

    private static final long SEED = Long.getLong("kubewright.apply.seed", System.nanoTime());

    private final Random random = new Random(SEED);

    @TempDir
    private Path temporary;

    @Test
    void killedAtAnyMomentARerunGoesOnToTheSameEnd() throws Exception {
        int kills = Integer.getInteger("kubewright.apply.kills", 3);
        System.out.println("kubewright.apply.seed=" + SEED + ", kills " + kills);
        for (int left = kills; left > 0; ) {
            bare();
            // As many in one installation as leave it time to get on.
            int here = Math.min(left, 10);
            int longest = 2 * INSTALLATION_SECONDS / (here + 1);
            boolean ended = false;
            for (int kill = 1; kill <= here && !ended; kill++) {
                int millis = 1000 + random.nextInt(longest * 1000);
                Optional<Integer> code = interrupted(millis, () -> {});
                ended = code.isPresent();
                code.ifPresent(each -> assertThat(each).isZero());
                left -= ended ? 0 : 1;
                System.out.println("| kill | " + (millis / 1000) + " s | "
                        + (ended ? "was at its end before" : lastBegun().orElse("before its first step")) + " |");
            }
            toTheSameEnd();
        }
    }

    @Test
    void powerLostInTheMiddleARerunGoesOnToTheSameEnd() throws Exception {
        int cuts = Integer.getInteger("kubewright.apply.cuts", 1);
        List<String> hosts = new ArrayList<>(HOSTS);
        java.util.Collections.shuffle(hosts, random);
        System.out.println("kubewright.apply.seed=" + SEED + ", cuts " + cuts);
        for (String host : hosts.subList(0, Math.min(cuts, hosts.size()))) {
            bare();
            int millis = 5000 + random.nextInt(INSTALLATION_SECONDS * 1000 * 3 / 4);
            Optional<Integer> code = interrupted(
                    millis, () -> RealCluster.program("lab", "cut", host).done());
            System.out.println("| power of " + host + " | " + (millis / 1000) + " s | "
                    + lastBegun().orElse("before its first step") + " |");
            assertThat(code).as("killed a while after the cut, or it failed").isNotEqualTo(Optional.of(0));
            RealCluster.program("lab", "start", host).done();
            toTheSameEnd();
        }
    }

    private interface Blow {
        void strike() throws Exception;
    }

    /** Applies, strikes after so long, and kills it; its exit code when it came to its end before. */
    private Optional<Integer> interrupted(int millis, Blow blow) throws Exception {
        Path out = Files.createTempFile(temporary, "apply", ".log");
        Process apply = RealCluster.builder("apply", "--yes", "-f", FILE)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            if (apply.waitFor(millis, TimeUnit.MILLISECONDS)) {
                assertThat(apply.exitValue()).as("%s", Files.readString(out)).isZero();
                return Optional.of(0);
            }
            blow.strike();
            return Optional.empty();
        } finally {
            apply.destroyForcibly().waitFor();
        }
    }

    /** The step that the journal names last. */
    private static Optional<String> lastBegun() {
        return Journal.read(Journal.place("lab")).entries().stream()
                .filter(entry -> entry.event().equals("begin"))
                .flatMap(entry -> entry.step().stream())
                .map(StepId::toString)
                .reduce((_, last) -> last);
    }

    private static void bare() {
        kubewright("reset", "--yes", "-f", FILE).done();
    }

    private static void toTheSameEnd() throws Exception {
        RealCluster.Result apply = kubewright("apply", "--yes", "-f", FILE);
        assertThat(apply.code()).as("%s%n%s", apply.out(), apply.err()).isZero();
        RealCluster.Result plan = kubewright("plan", "-f", FILE);
        assertThat(plan.code()).as("%s%n%s", plan.out(), plan.err()).isZero();
        kubewright("journal", "verify", "-f", FILE).done();
        for (String host : HOSTS) {
            assertThat(overlaps(
                            on(host, "cat /var/lib/kubewright/journal").done().out()))
                    .as("two scripts at once on " + host)
                    .isEmpty();
        }
        RealCluster.awaitGreen();
    }

    /** Steps of a host's journal that began while another run's step had not ended. */
    static List<String> overlaps(String journal) {
        List<String> overlaps = new ArrayList<>();
        Optional<String[]> open = Optional.empty();
        for (String line : journal.lines().toList()) {
            // time, run, plan, step, event
            String[] words = line.split(" ");
            boolean begins = words[4].equals("begin");
            if (open.isPresent()) {
                String[] begun = open.get();
                boolean sameRun = words[1].equals(begun[1]);
                // A script that lost its power never ended its step; the next run begins that very step anew, or looks.
                if (!begins && !(sameRun && words[3].equals(begun[3]))) {
                    overlaps.add(String.join(" ", begun) + " / " + line);
                }
            }
            open = begins ? Optional.of(words) : Optional.empty();
        }
        return overlaps;
    }
}
