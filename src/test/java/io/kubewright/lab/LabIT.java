package io.kubewright.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.kubewright.bundle.RealBundle;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real lab of two hosts, from the command line, as root. A machine holds one lab, so none may stand.
 *
 * <p>{@code -Dkubewright.lab.kills=10} runs the whole set of kills, {@code -Dkubewright.lab.seed=N} repeats a run.
 */
@Order(1)
class LabIT {
    private static final int KILLS = Integer.getInteger("kubewright.lab.kills", 2);
    private static final long SEED = Long.getLong("kubewright.lab.seed", System.nanoTime());
    /** Milliseconds in which most of it happens. */
    private static final long MAKING_A_CLUSTER = 90_000;

    private static final String FOREIGN_SPACE = "foreign-to-lab";
    private static final String FOREIGN_BRIDGE = "foreignbr0";

    @TempDir
    private Path temporary;

    private record Ended(int code, String out, String err) {}

    /** Not within a run that is killed: what it compiles would go on beside the next one. */
    @BeforeAll
    static void theBundleIsThere() throws InterruptedException {
        RealBundle.get();
    }

    @BeforeEach
    void needsAMachineWithoutALab() throws Exception {
        String reason = null;
        if (!Files.isWritable(Path.of("/proc/sys/kernel/panic"))) {
            reason = "the lab needs root";
        } else if (Files.exists(StateDirectory.DEFAULT.root())) {
            reason = "a lab stands on this machine: kubewright lab down";
        }
        if (reason != null) {
            if ("true".equals(System.getenv("CI"))) {
                fail(reason);
            }
            abort(reason);
        }
        Files.writeString(file(), """
                apiVersion: kubewright.io/v1
                kind: Cluster
                metadata: {name: lab-it}
                bundle: source
                acceptUntested: [calico]
                hosts:
                  - {name: t1, address: 10.79.0.11, roles: [control-plane]}
                  - {name: t2, address: 10.79.0.12, roles: [worker]}
                endpoint:
                  vip: 10.79.0.200
                  names: [api.corp.local]
                """);
        Command.of("ip", "netns", "add", FOREIGN_SPACE).run();
        Command.of("ip", "link", "add", FOREIGN_BRIDGE, "type", "bridge").run();
        Command.of("ip", "-n", FOREIGN_SPACE, "link", "add", "kept0", "type", "bridge")
                .run();
    }

    @AfterEach
    void takesItsOwnAway() throws Exception {
        if (Files.exists(file())) {
            run("", "lab", "down");
            Command.of("ip", "netns", "del", FOREIGN_SPACE).result();
            Command.of("ip", "link", "del", FOREIGN_BRIDGE).result();
        }
    }

    private Path file() {
        return temporary.resolve("cluster.yaml");
    }

    @Test
    void livesAndLeavesNothing() throws Exception {
        Map<String, Object> before = snapshot();

        assertThat(up().code()).isZero();
        assertThat(run("", "lab", "status", "--json").out())
                .contains("\"standing\":true", "\"name\":\"t1\"", "\"name\":\"t2\"", "\"login\":true");
        passesStreamsAndExitStatusThrough();
        answersNamesAtOnce();
        LabOverlay overlay = Lab.standing().orElseThrow();
        assertThat(ssh("t1", "cat " + LabOverlay.ID_FILE).out().strip()).isEqualTo(overlay.id());
        assertThat(Files.getPosixFilePermissions(StateDirectory.DEFAULT.root())).hasSize(3);

        String boot = ssh("t1", "cat /proc/sys/kernel/random/boot_id").out();
        assertThat(up().code()).isZero();
        assertThat(ssh("t1", "cat /proc/sys/kernel/random/boot_id").out())
                .as("a second up changes nothing")
                .isEqualTo(boot);
        Files.writeString(
                temporary.resolve("other.yaml"), Files.readString(file()).replace("10.79.0.12", "10.79.0.13"));
        Ended other = run(
                "",
                "lab",
                "up",
                "--hosts-only",
                "-f",
                temporary.resolve("other.yaml").toString());
        assertThat(other.code()).as(other.err()).isEqualTo(3);

        ssh("t1", "echo kept >/root/kept; sync");
        assertThat(run("", "lab", "reboot", "t1").code()).isZero();
        assertThat(ssh("t1", "cat /proc/sys/kernel/random/boot_id").out()).isNotEqualTo(boot);
        assertThat(ssh("t1", "cat /root/kept").out()).isEqualTo("kept\n");

        assertThat(run("", "lab", "cut", "t2").code()).isZero();
        assertThat(run("", "lab", "status", "--json").out()).contains("\"power\":\"off\"");
        assertThat(ssh("t2", "true").code()).isEqualTo(255);
        assertThat(run("", "lab", "start", "t2").code()).isZero();
        assertThat(ssh("t2", "hostname").out()).isEqualTo("t2\n");

        Cgroups.kill(Cgroups.ofThisMachine().sweep());
        assertThat(run("", "lab", "status", "--json").out()).doesNotContain("\"power\":\"on\"");
        assertThat(up().code()).as("all that ran was killed from outside").isZero();
        assertThat(ssh("t1", "cat /root/kept").out()).isEqualTo("kept\n");
        assertThat(ssh("t2", "getent hosts t1").out()).startsWith("10.79.0.11");

        ssh("t1", "echo 1 >/proc/sys/vm/overcommit_memory");
        assertThat(run("", "lab", "down").code()).isZero();
        assertThat(snapshot()).isEqualTo(before);
    }

    private void passesStreamsAndExitStatusThrough() throws Exception {
        Ended ended = run("a\u0000b\n\n c", "lab", "ssh", "t1", "--", "cat; echo two >&2;", "exit", "37");

        assertThat(ended.code()).isEqualTo(37);
        assertThat(ended.out()).isEqualTo("a\u0000b\n\n c");
        assertThat(ended.err()).isEqualTo("two\n");
        assertThat(ssh("t2", "id -u").out()).isEqualTo("0\n");
    }

    private void answersNamesAtOnce() throws Exception {
        long begin = System.nanoTime();
        assertThat(ssh("t1", "getent hosts t2").out()).startsWith("10.79.0.12");
        assertThat(ssh("t1", "getent hosts api.corp.local").out()).startsWith("10.79.0.200");
        assertThat(ssh("t1", "getent hosts nowhere.invalid").code()).isEqualTo(2);
        assertThat(TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin)).isLessThan(30);
    }

    @Test
    void goesAwayAfterAKillAtAnyMoment() throws Exception {
        Map<String, Object> before = snapshot();
        long begin = System.nanoTime();
        assertThat(up().code()).isZero();
        long millis = (System.nanoTime() - begin) / 1_000_000;
        assertThat(run("", "lab", "down").code()).isZero();
        assertThat(snapshot()).isEqualTo(before);

        SplittableRandom random = new SplittableRandom(SEED);
        for (int kill = 0; kill < KILLS; kill++) {
            // One while hosts come up, one while a cluster is made of them, and so on.
            boolean hosts = kill % 2 == 0;
            long moment = hosts ? random.nextLong(millis) : millis + random.nextLong(MAKING_A_CLUSTER);
            String which = "seed " + SEED + ", kill " + kill + " after " + moment + " ms, hosts take " + millis;
            System.out.println(which);
            Process process = hosts
                    ? start("lab", "up", "--hosts-only", "-f", file().toString())
                    : start("lab", "up", "-f", file().toString());
            process.waitFor(moment, TimeUnit.MILLISECONDS);
            process.destroyForcibly().waitFor();
            Ended down = run("", "lab", "down");
            assertThat(down.code()).as(which + ": " + down.err()).isZero();
            assertThat(snapshot()).as(which).isEqualTo(before);
        }
    }

    private Ended up() throws Exception {
        return run("", "lab", "up", "--hosts-only", "-f", file().toString());
    }

    private Ended ssh(String host, String command) throws Exception {
        return run("", "lab", "ssh", host, "--", command);
    }

    private Process start(String... words) throws IOException {
        List<String> all = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "io.kubewright.cli.Main"));
        all.addAll(List.of(words));
        return new ProcessBuilder(all)
                .directory(temporary.toFile())
                .redirectOutput(temporary.resolve("out").toFile())
                .redirectError(temporary.resolve("err").toFile())
                .start();
    }

    private Ended run(String input, String... words) throws Exception {
        Process process = start(words);
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            assertThat(input)
                    .as("a command that reads nothing was given something")
                    .isEmpty();
        }
        assertThat(process.waitFor(20, TimeUnit.MINUTES))
                .as(String.join(" ", words))
                .isTrue();
        return new Ended(
                process.exitValue(),
                Files.readString(temporary.resolve("out")),
                Files.readString(temporary.resolve("err")));
    }

    /** All that a lab could leave behind, and all that it must not touch. */
    private static Map<String, Object> snapshot() {
        Map<String, Object> all = new TreeMap<>();
        all.put("state", Files.exists(StateDirectory.DEFAULT.root()));
        all.put("nspawn", Files.exists(Path.of("/run/systemd/nspawn")));
        all.put("namespaces", sorted(Command.of("ip", "netns", "list").run().replaceAll(" \\(id: \\d+\\)", "")));
        all.put("links", sorted(Command.of("ip", "-brief", "link").run()));
        all.put(
                "foreign links",
                sorted(Command.of("ip", "-n", FOREIGN_SPACE, "-brief", "link").run()));
        all.put("addresses", sorted(Command.of("ip", "-brief", "address").run()));
        all.put(
                "routes",
                sorted(Command.of("ip", "route", "show", "table", "all").run()));
        all.put(
                "mounts",
                sorted(Command.of("cut", "-d", " ", "-f", "5", "/proc/self/mountinfo")
                        .run()));
        // Those of others come and go with their sessions.
        all.put(
                "cgroups",
                sorted(Command.of("find", "/sys/fs/cgroup", "-type", "d", "-path", "*" + LabNetwork.NAMES + "*")
                        .run()));
        all.put("settings", SharedSettings.ofThisMachine().values());
        all.put(
                "processes",
                ProcessHandle.allProcesses()
                        .map(LabIT::words)
                        .filter(words -> words.contains(LabNetwork.NAMES)
                                || words.contains(StateDirectory.DEFAULT.root().toString())
                                || words.contains("systemd-nspawn"))
                        .sorted()
                        .toList());
        return all;
    }

    private static List<String> sorted(String lines) {
        return lines.lines().sorted().toList();
    }

    private static String words(ProcessHandle process) {
        try {
            return Objects.requireNonNull(Files.readString(Path.of("/proc/" + process.pid() + "/cmdline")))
                    .replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }
}
