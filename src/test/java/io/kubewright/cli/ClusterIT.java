package io.kubewright.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The whole way on five real hosts: from nothing to a proven cluster, and what must hold of it. One cluster for all of it;
 * a lab that stands already is taken over and left standing.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterIT {
    private static final String FILE = "examples/lab.yaml";
    private static final List<String> HOSTS = List.of("n1", "n2", "n3", "n4", "n5");
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static boolean ours;

    private record Result(int code, String out, String err) {
        JsonNode json() {
            return JSON.readTree(out);
        }
    }

    private static Result kubewright(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = Terminal.plain(
                new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
        int code = Main.execute(terminal, new Clusters(), arguments);
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** A command on a host, in a process of its own since the lab hands on standard streams. */
    private static String on(String host, String command) throws IOException, InterruptedException {
        return program("lab", "ssh", host, "--", command);
    }

    private static String program(String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "io.kubewright.cli.Main"));
        line.addAll(List.of(arguments));
        Path errors = Files.createTempFile("kubewright", "err");
        try {
            Process process =
                    new ProcessBuilder(line).redirectError(errors.toFile()).start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor())
                    .as("%s%n%s%n%s", line.subList(5, line.size()), out, Files.readString(errors))
                    .isZero();
            return out;
        } finally {
            Files.delete(errors);
        }
    }

    @BeforeAll
    static void aClusterFromOneCommand() {
        boolean root = "root".equals(System.getProperty("user.name"))
                && System.getProperty("os.name").equals("Linux");
        if (!"true".equals(System.getenv("CI"))) {
            assumeTrue(root, "the lab needs root on Linux");
        }
        ours = !kubewright("lab", "status", "--json").json().path("standing").asBoolean();
        Result up = kubewright("lab", "up", "-f", FILE);
        System.out.println(up.out());
        assertThat(up.code()).as("%s%n%s", up.out(), up.err()).isZero();
        assertThat(up.out()).contains("Cluster lab: 3 control planes, 2 workers", "findings hold");
    }

    @AfterAll
    static void nothingIsLeft() {
        if (ours) {
            assertThat(kubewright("lab", "down").code()).isZero();
            assertThat(kubewright("lab", "status", "--json")
                            .json()
                            .path("phase")
                            .asString())
                    .isEqualTo("none");
        }
    }

    @Test
    @Order(1)
    void everyProofHolds() {
        Result verify = kubewright("verify", "--json", "-f", FILE);

        JsonNode document = verify.json();
        List<String> red = new ArrayList<>();
        document.path("proofs").forEach(proof -> {
            if (!proof.path("ok").asBoolean()) {
                red.add(proof.toString());
            }
        });
        assertThat(red).isEmpty();
        assertThat(verify.code()).isZero();
        assertThat(document.path("ok").asBoolean()).isTrue();
        assertThat(document.path("proofs").size()).isGreaterThanOrEqualTo(30);
        for (String from : HOSTS) {
            for (String to : HOSTS) {
                if (!from.equals(to)) {
                    assertThat(document.path("proofs"))
                            .as("pod to pod %s>%s", from, to)
                            .anySatisfy(proof -> {
                                assertThat(proof.path("path").asString()).isEqualTo("proof/network/pod-to-pod");
                                assertThat(proof.path("target").asString()).isEqualTo(from + ">" + to);
                            });
                }
            }
        }
    }

    @Test
    @Order(2)
    void thereIsNothingLeftToDo() {
        Result plan = kubewright("plan", "--json", "-f", FILE);

        assertThat(plan.code()).as("%s", plan.out()).isZero();
        JsonNode summary = plan.json().path("summary");
        for (String action : List.of("create", "change", "replace", "remove", "deferred")) {
            assertThat(summary.path(action).asInt()).as(action).isZero();
        }
        assertThat(summary.path("same").asInt()).isGreaterThan(80);
        assertThat(kubewright("plan", "-f", FILE).out()).contains("0 to change");
    }

    @Test
    @Order(3)
    void aSecondApplyChangesNothing() throws Exception {
        Map<String, String> before = new LinkedHashMap<>();
        Map<String, Integer> logins = new TreeMap<>();
        for (String host : HOSTS) {
            before.put(host, files(host));
            logins.put(host, logins(host));
        }
        Map<String, String> versions = versions();

        Result apply = kubewright("apply", "--yes", "-f", FILE);

        assertThat(apply.code()).as("%s", apply.err()).isZero();
        assertThat(versions()).isEqualTo(versions);
        for (String host : HOSTS) {
            // The second count sees its own login too.
            assertThat(logins(host) - logins.get(host) - 1)
                    .as("SSH sessions of apply on %s", host)
                    .isEqualTo(1);
            assertThat(files(host)).as("files of %s", host).isEqualTo(before.get(host));
        }
    }

    /** Paths, change times and sizes of all files that only we would change. */
    private static String files(String host) throws IOException, InterruptedException {
        return on(
                host,
                "find /etc /usr /opt /root /home /boot /srv /var/lib/kubewright /var/lib/kubelet/config.yaml"
                        + " -xdev \\( -path /var/lib/kubewright/lock -o -path /var/lib/kubewright/lock.owner \\) -prune"
                        + " -o -type f -printf '%p %C@ %s\\n' | sort");
    }

    private static int logins(String host) throws IOException, InterruptedException {
        return Integer.parseInt(on(host, "journalctl -q -u ssh -o cat | grep -c 'Accepted publickey' || :")
                .strip());
    }

    /** resourceVersion of every object that is ours. */
    private static Map<String, String> versions() throws IOException, InterruptedException {
        String kinds = "customresourcedefinitions,clusterroles,clusterrolebindings,ippools.crd.projectcalico.org";
        String namespaced = "configmaps,serviceaccounts,poddisruptionbudgets,roles,rolebindings";
        Map<String, String> versions = new TreeMap<>();
        for (String which : List.of(kinds, namespaced)) {
            program(
                            "lab",
                            "kubectl",
                            "--",
                            "get",
                            which,
                            "-A",
                            "-l",
                            "app.kubernetes.io/managed-by=kubewright",
                            "-o",
                            "jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.resourceVersion}{\"\\n\"}{end}")
                    .lines()
                    .forEach(line -> versions.put(line.split(" ")[0], line.split(" ")[1]));
        }
        assertThat(versions).hasSizeGreaterThan(20);
        return versions;
    }

    @Test
    @Order(4)
    void eachStepAndProofIsExplained() {
        TreeSet<String> unexplained = new TreeSet<>();
        kubewright("plan", "--json", "-f", FILE).json().path("steps").forEach(step -> {
            if (step.path("why").asString().isBlank()) {
                unexplained.add(step.path("path").asString());
            }
        });
        assertThat(unexplained).isEmpty();
    }
}
