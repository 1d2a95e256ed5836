package io.kubewright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.cli.RealCluster.Result;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The tool is killed, and connections are cut, at every step of the host layer: while the step is held at a certain place of
 * its script, so that each blow hits. As many hosts as there are steps, each held at another one. The rerun is given at once
 * and waits for the scripts that still act. A machine holds one lab, so none may stand.
 *
 * <p>{@code -Dkubewright.host.kills=all} does every step at every moment; a run does one blow to each step, by
 * {@code -Dkubewright.host.seed}, which is printed.
 */
@Order(4)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HostStepsIT {
    /** Where each step is held in its middle; a step that is not here has no kill. */
    private static final Map<String, Stop> MIDDLES = Map.of(
            "host/packages", new Stop("dpkg", "--unpack"),
            "host/modules", new Stop("sync", "/etc/modules-load.d/.kubewright.conf.kw-new"),
            "host/sysctl", new Stop("sync", "/etc/sysctl.d/.99-zz-kubewright.conf.kw-new"),
            "host/swap", new Stop("sync", "/etc/.fstab.kw-new"));

    private static final List<String> STEPS = MIDDLES.keySet().stream().sorted().toList();
    private static final Duration LONGEST = Duration.ofMinutes(3);
    private static final long SEED = Long.getLong("kubewright.host.seed", System.nanoTime());
    private static final String WAITS = ": waiting for the script of run ";

    @TempDir
    private static Path temporary;

    private static @Nullable BareHosts raised;
    private static Map<String, Traces> bare = Map.of();

    private final Random random = new Random(SEED);

    /** How far a step is when it is struck. */
    enum Moment {
        BEGUN,
        MIDDLE,
        CHANGED,
        TAKEN_BACK;

        Stop stop(String step, String host) {
            String record = "steps/" + step.replace('/', '=') + "/";
            return switch (this) {
                case BEGUN -> new Stop("sync", record + "begun");
                case MIDDLE -> Optional.ofNullable(MIDDLES.get(step)).orElseThrow();
                case CHANGED -> new Stop("sync", record + "desired.new");
                case TAKEN_BACK -> new Stop("sync", "/var/lib/kubewright/journal", " " + step + "@" + host + " begin");
            };
        }

        @Override
        public String toString() {
            return switch (this) {
                case BEGUN -> "begun, nothing changed";
                case MIDDLE -> "in its middle";
                case CHANGED -> "changed, not yet confirmed";
                case TAKEN_BACK -> "being taken back";
            };
        }
    }

    enum Blow {
        KILL,
        CUT
    }

    /** What befalls a step of a host. */
    private record Strike(String host, String step, Moment moment, Blow blow) {}

    @BeforeAll
    static void raise() throws Exception {
        BareHosts hosts = BareHosts.up(temporary, "host-steps", STEPS.size());
        raised = hosts;
        hosts.each(host -> hosts.told(host, resource("held.sh") + "echo '/dev/kw none swap sw 0 0' >>/etc/fstab\n"));
        bare = hosts.each(HostStepsIT::traces);
    }

    @AfterAll
    static void lower() throws Exception {
        if (raised != null) {
            raised.close();
        }
    }

    private static BareHosts hosts() {
        return Optional.ofNullable(raised).orElseThrow();
    }

    private static String resource(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(HostStepsIT.class.getResourceAsStream(name), name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static Traces traces(String host) throws IOException, InterruptedException {
        return new Traces(hosts().told(host, resource("traces.sh")));
    }

    @Test
    @Order(1)
    void everyStepHasItsKill() {
        Set<String> paths = hosts().kubewright("plan", "--json", "--only", "host")
                .json()
                .path("steps")
                .valueStream()
                .filter(step -> !step.path("action").asString().equals("same"))
                .map(step -> step.path("path").asString())
                .filter(path -> path.startsWith("host/"))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(paths).as("steps of the host layer").isEqualTo(new TreeSet<>(STEPS));
    }

    /** The look is a script too; there is nothing to go on with. */
    @Test
    @Order(2)
    void aConnectionThatIsCutWhileItLooksTouchesNothing() throws Exception {
        String host = hosts().names().getFirst();
        hold(host, new Stop("dpkg-query", "-W"));
        Path out = temporary.resolve("look");
        Process apply = start(out, "apply");
        awaitHeld(host);
        hosts().told(host, resource("cut.sh"));

        assertThat(apply.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(apply.exitValue()).as(Files.readString(out)).isEqualTo(1);
        assertThat(Files.readString(out)).contains("nothing was touched", host);
        release(host);
        hosts().each(each -> hosts().told(
                        each,
                        RealCluster.within(
                                10, "[ -z \"$(ls -d /var/lib/kubewright /run/kubewright.* 2>/dev/null)\" ]")));
    }

    @Test
    @Order(3)
    void whateverStepIsStruckTheRerunConverges() throws Exception {
        List<List<Strike>> rounds =
                System.getProperty("kubewright.host.kills", "sample").equals("all") ? all() : sample();
        System.out.println("kubewright.host.seed=" + SEED + ": " + rounds.size() + " rounds");
        int converged = 0;
        for (List<Strike> round : rounds) {
            boolean back = round.getFirst().moment() == Moment.TAKEN_BACK;
            if (back) {
                hosts().kubewright("apply", "--yes", "--only", "host").done();
            }
            strike(round, back ? "undo" : "apply");
            if (!back) {
                assertThat(hosts().kubewright("plan", "--only", "host").done().out())
                        .contains("0 to change");
            }
            isInOrder();
            if (!back) {
                hosts().kubewright("undo", "--yes", "--only", "host").done();
            }
            assertThat(hosts().each(host -> traces(host).against(bare(host))))
                    .as("left after the undo")
                    .allSatisfy((_, left) -> assertThat(left)
                            // Our own records go with a reset.
                            .filteredOn(line -> !line.contains(" /var/lib/kubewright"))
                            .isEmpty());
            converged += round.size();
        }
        System.out.println(STEPS.size() + " steps, " + converged + " blows, " + converged + " converged");
    }

    private static Traces bare(String host) {
        return Optional.ofNullable(bare.get(host)).orElseThrow();
    }

    /** Each step once, two of them by a cut. */
    private List<List<Strike>> sample() {
        List<Moment> moments = List.of(Moment.BEGUN, Moment.MIDDLE, Moment.CHANGED);
        List<String> steps = new ArrayList<>(STEPS);
        Collections.shuffle(steps, random);
        List<Strike> round = new ArrayList<>();
        for (int i = 0; i < steps.size(); i++) {
            round.add(new Strike(
                    hosts().names().get(i),
                    steps.get(i),
                    moments.get(random.nextInt(moments.size())),
                    i < 2 ? Blow.CUT : Blow.KILL));
        }
        return List.of(round);
    }

    private List<List<Strike>> all() {
        List<List<Strike>> rounds = new ArrayList<>();
        for (Moment moment : Moment.values()) {
            for (Blow blow : Blow.values()) {
                List<String> steps = new ArrayList<>(STEPS);
                Collections.rotate(steps, rounds.size());
                List<Strike> round = new ArrayList<>();
                for (int i = 0; i < steps.size(); i++) {
                    round.add(new Strike(hosts().names().get(i), steps.get(i), moment, blow));
                }
                rounds.add(round);
            }
        }
        return rounds;
    }

    /** Holds each host at its step, strikes, runs the command again at once, lets the hosts go. */
    private static void strike(List<Strike> round, String command) throws Exception {
        Map<String, Strike> byHost = new LinkedHashMap<>();
        round.forEach(strike -> byHost.put(strike.host(), strike));
        hosts().each(host -> {
            Strike strike = Objects.requireNonNull(byHost.get(host));
            return hold(host, strike.moment().stop(strike.step(), host));
        });
        Path first = Files.createTempFile(temporary, command, ".first");
        Process struck = start(first, command);
        try {
            hosts().each(HostStepsIT::awaitHeld);
            // Begun and not done, by the host's own record.
            hosts().each(host -> {
                String step = Objects.requireNonNull(byHost.get(host)).step();
                assertThat(hosts().told(host, "tail -n 1 /var/lib/kubewright/journal"))
                        .matches(".* " + step + "@" + host + " begin(-undo)?");
                return host;
            });
            for (Strike strike : round) {
                if (strike.blow() == Blow.CUT) {
                    hosts().told(strike.host(), resource("cut.sh"));
                }
            }
            if (round.stream().allMatch(strike -> strike.blow() == Blow.CUT)) {
                assertThat(struck.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                assertThat(struck.exitValue()).as(Files.readString(first)).isEqualTo(1);
            }
        } finally {
            struck.destroyForcibly().waitFor();
        }

        Path second = Files.createTempFile(temporary, command, ".second");
        long start = System.nanoTime();
        Process rerun = start(second, command);
        try {
            for (String host : hosts().names()) {
                while (rerun.isAlive()
                        && !Files.readString(second).contains(host + WAITS)
                        && System.nanoTime() - start < LONGEST.toNanos()) {
                    Thread.sleep(50);
                }
                assertThat(Files.readString(second)).contains(host + WAITS);
            }
            hosts().each(HostStepsIT::release);
            assertThat(rerun.waitFor(LONGEST.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } finally {
            rerun.destroyForcibly().waitFor();
        }
        assertThat(rerun.exitValue()).as(Files.readString(second)).isZero();
        for (Strike strike : round) {
            System.out.println("| " + (strike.blow() == Blow.KILL ? "kill" : "cut") + " | `" + strike.step() + "@"
                    + strike.host() + "` | " + strike.moment() + " | the rerun waited, then converged |");
        }
    }

    private static String hold(String host, Stop stop) throws IOException, InterruptedException {
        return hosts().told(
                        host,
                        "rm -f /run/held/reached; cat >/run/held/at.new <<'AT'\n" + stop.file()
                                + "AT\nmv /run/held/at.new /run/held/at\n");
    }

    private static String awaitHeld(String host) throws IOException, InterruptedException {
        return hosts().told(
                        host,
                        RealCluster.within((int) LONGEST.toSeconds(), "[ -e /run/held/reached ]")
                                .replace("sleep 1", "sleep 0.2"));
    }

    private static String release(String host) throws IOException, InterruptedException {
        return hosts().told(host, "rm -f /run/held/at");
    }

    private static Process start(Path out, String command) throws IOException {
        return hosts().builder(command, "--yes", "--only", "host")
                .redirectOutput(out.toFile())
                .start();
    }

    private static void isInOrder() throws Exception {
        Result journal = hosts().kubewright("journal", "verify");
        assertThat(journal.code()).as(journal.out()).isZero();
        assertThat(hosts().each(host -> InterruptedIT.overlaps(hosts().told(host, "cat /var/lib/kubewright/journal"))))
                .as("two scripts at once")
                .allSatisfy((_, overlaps) -> assertThat(overlaps).isEmpty());
    }
}
