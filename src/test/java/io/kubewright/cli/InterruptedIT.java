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
import java.util.Collections;
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

    /** What befalls an installation. */
    private sealed interface Blow {
        /** The tool is killed. */
        record Kill() implements Blow {
            @Override
            public String toString() {
                return "kill";
            }
        }

        /** A host loses its power, and the tool with it. */
        record Cut(String host) implements Blow {
            @Override
            public String toString() {
                return "power of " + host;
            }
        }
    }

    @Test
    void whateverBefallsItARerunGoesOnToTheSameEnd() throws Exception {
        List<Blow> blows = blows();
        System.out.println("kubewright.apply.seed=" + SEED + ": " + blows.size() + " blows");
        while (!blows.isEmpty()) {
            kubewright("reset", "--yes", "-f", FILE).done();
            // As many in one installation as leave it time to get on.
            int here = Math.min(blows.size(), 10);
            boolean ended = false;
            for (int blow = 0; blow < here && !ended; blow++) {
                ended = strike(blows, 2 * INSTALLATION_SECONDS / (here + 1));
            }
            toTheSameEnd();
        }
    }

    private List<Blow> blows() {
        List<Blow> blows = new ArrayList<>();
        for (int kill = 0; kill < Integer.getInteger("kubewright.apply.kills", 2); kill++) {
            blows.add(new Blow.Kill());
        }
        List<String> hosts = new ArrayList<>(HOSTS);
        Collections.shuffle(hosts, random);
        hosts.stream()
                .limit(Integer.getInteger("kubewright.apply.cuts", 1))
                .map(Blow.Cut::new)
                .forEach(blows::add);
        Collections.shuffle(blows, random);
        return blows;
    }

    /** Applies and strikes with the first of the blows; whether it came to its end before, which spares the blow. */
    private boolean strike(List<Blow> blows, int longestSeconds) throws Exception {
        int millis = 1000 + random.nextInt(longestSeconds * 1000);
        Path out = Files.createTempFile(temporary, "apply", ".log");
        Process apply = RealCluster.builder("apply", "--yes", "-f", FILE)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            if (apply.waitFor(millis, TimeUnit.MILLISECONDS)) {
                assertThat(apply.exitValue()).as("%s", Files.readString(out)).isZero();
                return true;
            }
            switch (blows.getFirst()) {
                case Blow.Kill _ -> {}
                case Blow.Cut(String host) ->
                    RealCluster.program("lab", "cut", host).done();
            }
        } finally {
            apply.destroyForcibly().waitFor();
        }
        Blow blow = blows.removeFirst();
        System.out.println(
                "| " + blow + " | " + millis / 1000 + " s | " + lastBegun().orElse("before its first step") + " |");
        if (blow instanceof Blow.Cut(String host)) {
            RealCluster.program("lab", "start", host).done();
        }
        return false;
    }

    /** The step that the journal names last. */
    private static Optional<String> lastBegun() {
        return Journal.read(Journal.place("lab")).entries().stream()
                .filter(entry -> entry.event().equals("begin"))
                .flatMap(entry -> entry.step().stream())
                .map(StepId::toString)
                .reduce((_, last) -> last);
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
