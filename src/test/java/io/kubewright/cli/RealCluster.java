package io.kubewright.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import io.kubewright.bundle.RealBundle;
import io.kubewright.lab.Lab;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The cluster of {@code examples/lab.yaml} on five real hosts, made by {@code lab up}: one for all test classes of a run. A
 * lab that stands already is taken over and left standing.
 */
final class RealCluster implements BeforeAllCallback {
    static final String FILE = "examples/lab.yaml";
    static final List<String> HOSTS = List.of("n1", "n2", "n3", "n4", "n5");
    static final List<String> CONTROL_PLANES = HOSTS.subList(0, 3);
    static final List<String> WORKERS = HOSTS.subList(3, 5);

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final Duration RESTING = Duration.ofSeconds(90);
    /** Runnable threads for each processor. */
    private static final int CALM = 6;

    private static final Duration SETTLING = Duration.ofMinutes(6);

    /** How a command ended. */
    record Result(int code, String out, String err) {
        JsonNode json() {
            return JSON.readTree(out);
        }

        Result done() {
            assertThat(code).as("%s%n%s", out, err).isZero();
            return this;
        }
    }

    /**
     * Taken down when the last test class has ended.
     *
     * @param bare traces of the hosts before anything was done to them, by name
     * @param plan the very first one, for bare hosts
     */
    private record Standing(boolean ours, Map<String, Traces> bare, String plan, Result up) implements AutoCloseable {
        static Standing raise() {
            boolean ours = Lab.standing().isEmpty();
            Map<String, Traces> bare = new TreeMap<>();
            String plan = "";
            try {
                if (ours) {
                    RealBundle.get();
                    kubewright("lab", "up", "--hosts-only", "-f", FILE).done();
                    for (String host : HOSTS) {
                        bare.put(host, Traces.of(host));
                    }
                    plan = kubewright("plan", "--json", "-f", FILE).out();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
            Result up = kubewright("lab", "up", "-f", FILE);
            System.out.println(up.out());
            return new Standing(ours, bare, plan, up);
        }

        @Override
        public void close() {
            if (ours) {
                kubewright("lab", "down").done();
                assertThat(kubewright("lab", "status", "--json")
                                .json()
                                .path("phase")
                                .asString())
                        .isEqualTo("none");
            }
        }
    }

    private static final Set<String> proofs = new TreeSet<>();

    private static Standing standing = new Standing(false, Map.of(), "", new Result(-1, "", ""));

    /** What {@code lab up} said. */
    static Result up() {
        return standing.up();
    }

    /** A host before anything was done to it. */
    static Traces bare(String host) {
        requireOurs();
        return Optional.ofNullable(standing.bare().get(host)).orElseThrow();
    }

    /** The plan for the bare hosts. */
    static JsonNode firstPlan() {
        requireOurs();
        return JSON.readTree(standing.plan());
    }

    private static void requireOurs() {
        if (!standing.ours()) {
            cannot("the lab stood already: how its hosts were before is not known");
        }
    }

    /** What a test needs is not here: a failure where nobody looks on, told otherwise. */
    static void cannot(String reason) {
        if ("true".equals(System.getenv("CI"))) {
            fail(reason);
        }
        abort(reason);
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        requireRoot();
        standing = context.getRoot()
                .getStore(ExtensionContext.Namespace.GLOBAL)
                .computeIfAbsent(Standing.class, _ -> Standing.raise(), Standing.class);
        standing.up().done();
        rest();
    }

    /** What the tests before did to the cluster is not what the next ones are about: it gets a while to come to rest. */
    private static void rest() {
        long end = System.nanoTime() + RESTING.toNanos();
        try {
            while (System.nanoTime() < end
                    && Double.parseDouble(
                                    Files.readString(Path.of("/proc/loadavg")).split(" ")[0])
                            > CALM * Runtime.getRuntime().availableProcessors()) {
                Thread.sleep(2000);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    static void requireRoot() {
        if (!"root".equals(System.getProperty("user.name"))) {
            cannot("the lab needs root on Linux");
        }
    }

    /** A command within this process. */
    static Result kubewright(String... arguments) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        Terminal terminal = Terminal.plain(
                new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8));
        int code = Main.execute(terminal, new Clusters(), arguments);
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** A command on a host, in a process of its own since {@code lab ssh} hands on standard streams. */
    static Result on(String host, String command) throws IOException, InterruptedException {
        return program("lab", "ssh", host, "--", command);
    }

    /** The cluster's kubectl, at the first API server that answers. */
    static Result kubectl(String... arguments) throws IOException, InterruptedException {
        return program(Stream.concat(Stream.of("lab", "kubectl", "--"), Stream.of(arguments))
                .toArray(String[]::new));
    }

    /** A command that ends well as soon as the condition, a shell command too, holds, and badly after so many seconds. */
    static String within(int seconds, String condition) {
        return "for second in $(seq %d); do if %s; then exit 0; fi; sleep 1; done; exit 1"
                .formatted(seconds, condition);
    }

    /** A command for a process of its own. */
    static ProcessBuilder builder(String... arguments) {
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin/java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                "io.kubewright.cli.Main"));
        line.addAll(List.of(arguments));
        return new ProcessBuilder(line);
    }

    /** A command in a process of its own. */
    static Result program(String... arguments) throws IOException, InterruptedException {
        Path errors = Files.createTempFile("kubewright", "err");
        try {
            Process process = builder(arguments).redirectError(errors.toFile()).start();
            process.getOutputStream().close();
            String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Result(process.waitFor(), out, Files.readString(errors));
        } finally {
            Files.delete(errors);
        }
    }

    /** Paths of all proofs that the last look had; not every file asks for every one. */
    static Set<String> proofs() {
        return Set.copyOf(proofs);
    }

    /** Evidence of what does not hold, by {@code path@target}. */
    static Map<String, String> red() {
        Result verify = kubewright("verify", "--json", "-f", FILE);
        Map<String, String> red = red(verify);
        proofs.clear();
        verify.json()
                .path("proofs")
                .forEach(proof -> proofs.add(proof.path("path").asString()));
        assertThat(verify.json().path("proofs").size()).as(verify.err()).isGreaterThanOrEqualTo(30);
        return red;
    }

    private static Map<String, String> red(Result verify) {
        Map<String, String> red = new TreeMap<>();
        for (JsonNode proof : verify.json().path("proofs")) {
            if (!proof.path("ok").asBoolean()) {
                red.put(
                        proof.path("path").asString() + "@"
                                + proof.path("target").asString(),
                        proof.path("evidence").asString());
            }
        }
        assertThat(verify.code()).as(verify.err()).isEqualTo(red.isEmpty() ? 0 : 2);
        assertThat(verify.json().path("ok").asBoolean()).isEqualTo(red.isEmpty());
        return red;
    }

    /**
     * Nodes and what runs on them need some time to come back after a cure. Only what is red is looked at again, until a whole
     * look has all of it green, and with pauses: looking, above all at everything, keeps a small machine from coming to rest.
     */
    static void awaitGreen() throws IOException, InterruptedException {
        rest();
        long deadline = System.nanoTime() + SETTLING.toNanos();
        Map<String, String> red = red();
        while (!red.isEmpty() && System.nanoTime() < deadline) {
            Thread.sleep(10_000);
            rest();
            List<String> again = new ArrayList<>(List.of("verify", "--json", "-f", FILE));
            red.keySet().stream()
                    .map(each -> each.substring(0, each.indexOf('@')))
                    .distinct()
                    .forEach(path -> again.addAll(List.of("--only", path)));
            red = red(kubewright(again.toArray(String[]::new)));
            if (red.isEmpty()) {
                red = red();
            }
        }
        if (!red.isEmpty()) {
            fail(red + "\n" + controlPlanes());
        }
    }

    /** What the control planes' own hosts know when the cluster does not come to rest. */
    static String controlPlanes() throws IOException, InterruptedException {
        StringBuilder said = new StringBuilder();
        for (String host : CONTROL_PLANES) {
            Result result = on(host, """
                    cut -d ' ' -f 1-3 /proc/loadavg
                    timeout 20 kubectl --kubeconfig /etc/kubernetes/admin.conf --server https://localhost:6443 \
                        get --raw '/readyz?verbose' 2>&1 | grep -v '^.+]'
                    crictl ps -a --label io.kubernetes.pod.namespace=kube-system | grep -v calico
                    for container in $(crictl ps -q --name '^kube-apiserver$'); do
                        crictl logs --tail 15 "$container" 2>&1
                    done
                    journalctl -q -u kubelet --since -3min | grep -E 'kube-apiserver|etcd' | tail -n 15
                    """);
            said.append(host + ":\n" + result.out() + result.err());
        }
        return said.toString();
    }
}
