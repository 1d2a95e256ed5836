package io.kubewright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.bundle.RealBundle;
import io.kubewright.cli.RealCluster.Result;
import io.kubewright.engine.Journal;
import io.kubewright.lab.Lab;
import io.kubewright.lab.LabOverlay;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Hosts of a lab of their own with nothing on them, and the file about them. A machine holds one lab, so none may stand. */
final class BareHosts implements AutoCloseable {
    private final String cluster;
    private final String file;
    private final List<String> names;
    private final LabOverlay lab;

    private BareHosts(String cluster, String file, List<String> names, LabOverlay lab) {
        this.cluster = cluster;
        this.file = file;
        this.names = names;
        this.lab = lab;
    }

    /** The first one is a control plane, the others are workers. */
    static BareHosts up(Path directory, String cluster, int count) throws IOException, InterruptedException {
        RealCluster.requireRoot();
        if (Lab.standing().isPresent()) {
            RealCluster.cannot("a lab stands on this machine: kubewright lab down");
        }
        RealBundle.get();
        List<String> names =
                IntStream.rangeClosed(1, count).mapToObj(number -> "h" + number).toList();
        String hosts = names.stream()
                .map(name -> "  - {name: %s, address: %s, roles: [%s]}%n"
                        .formatted(name, address(name), name.equals("h1") ? "control-plane" : "worker"))
                .collect(Collectors.joining());
        String file = Files.writeString(directory.resolve("cluster.yaml"), """
                        apiVersion: kubewright.io/v1
                        kind: Cluster
                        metadata: {name: %s}
                        bundle: source
                        acceptUntested: [calico]
                        hosts:
                        %sendpoint:
                          vip: 10.76.0.200
                        """.formatted(cluster, hosts))
                .toString();
        Files.deleteIfExists(Journal.place(cluster));
        RealCluster.kubewright("lab", "up", "--hosts-only", "-f", file).done();
        return new BareHosts(cluster, file, names, Lab.standing().orElseThrow());
    }

    private static String address(String name) {
        return "10.76.0.1" + name.substring(1);
    }

    String file() {
        return file;
    }

    List<String> names() {
        return names;
    }

    LabOverlay lab() {
        return lab;
    }

    Path journal() {
        return Journal.place(cluster);
    }

    /** A command about these hosts, within this process. */
    Result kubewright(String... arguments) {
        return RealCluster.kubewright(about(arguments));
    }

    /** The same in a process of its own. */
    ProcessBuilder builder(String... arguments) {
        return RealCluster.builder(about(arguments)).redirectErrorStream(true);
    }

    private String[] about(String... arguments) {
        return Stream.concat(Stream.of(arguments), Stream.of("-f", file)).toArray(String[]::new);
    }

    /** What a script says on a host, as root. */
    String told(String host, String script) throws IOException, InterruptedException {
        Process ssh = new ProcessBuilder(
                        "ssh",
                        "-F",
                        "none",
                        "-i",
                        lab.identityFile().toString(),
                        "-o",
                        "IdentitiesOnly=yes",
                        "-o",
                        "UserKnownHostsFile=" + lab.knownHosts(),
                        "-o",
                        "LogLevel=ERROR",
                        lab.user() + "@" + address(host),
                        "exec sudo -n sh -s")
                .redirectErrorStream(true)
                .start();
        ssh.getOutputStream().write(script.getBytes(StandardCharsets.UTF_8));
        ssh.getOutputStream().close();
        String out = new String(ssh.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(ssh.waitFor()).as("%s: %s%n%s", host, script, out).isZero();
        return out.strip();
    }

    /** One thing done on each of them. */
    interface Look<T> {
        T at(String host) throws IOException, InterruptedException;
    }

    /** Does it on all of them at once. */
    <T> Map<String, T> each(Look<T> look) throws InterruptedException {
        Map<String, T> all = new LinkedHashMap<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<T>> tasks = new ArrayList<>();
            names.forEach(name -> tasks.add(() -> look.at(name)));
            List<Future<T>> futures = threads.invokeAll(tasks);
            for (int i = 0; i < futures.size(); i++) {
                all.put(names.get(i), futures.get(i).get());
            }
            return all;
        } catch (ExecutionException e) {
            throw new AssertionError(e.getCause());
        }
    }

    @Override
    public void close() throws IOException {
        RealCluster.kubewright("lab", "down").done();
        Files.deleteIfExists(journal());
    }
}
