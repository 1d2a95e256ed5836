package io.kubewright.cli;

import static io.kubewright.cli.RealCluster.FILE;
import static io.kubewright.cli.RealCluster.HOSTS;
import static io.kubewright.cli.RealCluster.kubewright;
import static io.kubewright.cli.RealCluster.on;
import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.engine.Journal;
import io.kubewright.engine.StepId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
    private static final Pattern TO_DO = Pattern.compile("^apply \\S+: (\\d+) to do$", Pattern.MULTILINE);
    private static final Pattern DONE = Pattern.compile("^\\[\\S+] \\S+ done", Pattern.MULTILINE);
    private static final Duration LONGEST = Duration.ofMinutes(15);

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
            // Shares of the steps of the whole installation: it is struck at its beginning, in its middle and at its
            // end.
            List<Double> moments = random.doubles(here).sorted().boxed().toList();
            // About as many as there are; the first apply tells exactly.
            int steps = 100;
            int done = 0;
            for (double moment : moments) {
                Struck struck = strike(blows, (int) (moment * steps) - done);
                if (struck.ended()) {
                    break;
                }
                steps = Math.max(steps, done + struck.toDo());
                done += struck.done();
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

    /**
     * An apply that was struck, or came to its end before.
     *
     * @param toDo steps that it had to do
     * @param done steps that it came through with
     */
    private record Struck(boolean ended, int toDo, int done) {}

    /** Applies and strikes with the first of the blows when so many steps are done. */
    private Struck strike(List<Blow> blows, int steps) throws Exception {
        int millis = random.nextInt(4000);
        long start = System.nanoTime();
        Instant began = Instant.now();
        Path out = Files.createTempFile(temporary, "apply", ".log");
        Process apply = RealCluster.builder("apply", "--yes", "-f", FILE)
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            while (apply.isAlive() && done(out) < steps && System.nanoTime() - start < LONGEST.toNanos()) {
                Thread.sleep(100);
            }
            if (apply.waitFor(millis, TimeUnit.MILLISECONDS)) {
                assertThat(apply.exitValue()).as("%s", Files.readString(out)).isZero();
                return new Struck(true, toDo(out), done(out));
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
                "| " + blow + " | " + (System.nanoTime() - start) / 1_000_000_000 + " s | " + where(began) + " |");
        if (blow instanceof Blow.Cut(String host)) {
            RealCluster.program("lab", "start", host).done();
        }
        return new Struck(false, toDo(out), done(out));
    }

    private static int toDo(Path out) throws IOException {
        Matcher found = TO_DO.matcher(Files.readString(out));
        return found.find() ? Integer.parseInt(found.group(1)) : 0;
    }

    private static int done(Path out) throws IOException {
        return (int) DONE.matcher(Files.readString(out)).results().count();
    }

    /** Where the run that the journal names last was, if it began after the given moment. */
    private static String where(Instant start) {
        List<Journal.Entry> entries = Journal.read(Journal.place("lab")).entries();
        List<Journal.Entry> run = entries.stream()
                .filter(entry -> entry.run().equals(entries.getLast().run())
                        && entry.when().isAfter(start))
                .toList();
        Set<String> open = new LinkedHashSet<>();
        String last = "its start";
        for (Journal.Entry entry : run) {
            String step = entry.step().map(StepId::toString).orElse(last);
            if (entry.event().equals("begin")) {
                open.add(step);
            } else {
                open.remove(step);
            }
            last = step;
        }
        if (run.isEmpty()) {
            return "while it looked, before its first step";
        }
        return open.isEmpty() ? "between two steps, after " + last : "in " + String.join(", ", open);
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
