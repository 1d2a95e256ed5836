package io.kubewright.kubeapi;

import io.kubewright.bundle.RealBundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A real etcd and kube-apiserver, and a controller manager, on loopback ports of this machine; no nodes. The binaries come
 * from the directory that {@code KUBEWRIGHT_TEST_BINARIES} names, or else from the parts of bundles in the cache.
 */
public final class RealApiServer implements AutoCloseable {
    private static final Duration STARTING = Duration.ofMinutes(5);
    private static final String LOOPBACK = "127.0.0.1";
    private static final String ETCD = "etcd";
    private static final String API_SERVER = "kube-apiserver";
    private static final String CONTROLLERS = "kube-controller-manager";

    private final Path directory;
    private final List<Process> processes = new ArrayList<>();
    private final List<String> command;
    private final int etcd;
    private Process server;
    final Pki pki = new Pki(LOOPBACK);
    final InetSocketAddress address;

    private static Optional<Path> program(String name) {
        String named = System.getenv("KUBEWRIGHT_TEST_BINARIES");
        if (named != null) {
            return Optional.of(Path.of(named, name));
        }
        Path parts = Path.of(Optional.ofNullable(System.getenv("KUBEWRIGHT_CACHE"))
                        .orElseGet(() -> Optional.ofNullable(System.getenv("XDG_CACHE_HOME"))
                                        .orElse(System.getProperty("user.home") + "/.cache")
                                + "/kubewright"))
                .resolve("parts");
        if (!Files.isDirectory(parts)) {
            return Optional.empty();
        }
        try (Stream<Path> files =
                Files.find(parts, 3, (path, attributes) -> attributes.isRegularFile() && path.endsWith(name))) {
            return files.filter(Files::isExecutable).findFirst();
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    /** One for a test class. */
    public static RealApiServer start(Path directory) throws IOException, InterruptedException {
        if (program(API_SERVER).isEmpty()
                || program(ETCD).isEmpty()
                || program(CONTROLLERS).isEmpty()) {
            RealBundle.get();
        }
        return new RealApiServer(directory);
    }

    private RealApiServer(Path directory) throws IOException, InterruptedException {
        this.directory = directory;
        etcd = freePort();
        int port = freePort();
        address = new InetSocketAddress(InetAddress.getByName(LOOPBACK), port);
        Path authority = write("ca.crt", pki.authorityPem);
        Path certificate = write("server.crt", pki.server.certificate());
        Path key = write("server.key", pki.server.key());
        Path admin = write("admin.conf", pki.adminConf().replace("192.0.2.1:6443", LOOPBACK + ":" + port));
        start(List.of(
                program(ETCD).orElseThrow().toString(),
                "--data-dir=" + directory.resolve("etcd"),
                "--listen-client-urls=http://" + LOOPBACK + ":" + etcd,
                "--advertise-client-urls=http://" + LOOPBACK + ":" + etcd,
                "--listen-peer-urls=http://" + LOOPBACK + ":" + freePort(),
                "--unsafe-no-fsync"));
        command = List.of(
                program(API_SERVER).orElseThrow().toString(),
                "--etcd-servers=http://" + LOOPBACK + ":" + etcd,
                "--bind-address=" + LOOPBACK,
                "--secure-port=" + port,
                "--client-ca-file=" + authority,
                "--tls-cert-file=" + certificate,
                "--tls-private-key-file=" + key,
                "--service-account-issuer=https://kubernetes.default.svc",
                "--service-account-key-file=" + key,
                "--service-account-signing-key-file=" + key,
                "--service-cluster-ip-range=10.96.0.0/16",
                "--allow-privileged=true",
                "--authorization-mode=Node,RBAC");
        server = start(command);
        boolean ready = false;
        try {
            awaitReady();
            ready = true;
        } finally {
            if (!ready) {
                close();
            }
        }
        start(List.of(
                program(CONTROLLERS).orElseThrow().toString(),
                "--kubeconfig=" + admin,
                "--leader-elect=false",
                "--secure-port=0",
                "--controllers=daemonset-controller,deployment-controller,replicaset-controller,namespace-controller"));
    }

    /** Starts the API server anew, with further flags. */
    public void restart(String... flags) throws IOException, InterruptedException {
        end(server);
        processes.remove(server);
        List<String> longer = new ArrayList<>(command);
        longer.addAll(List.of(flags));
        server = start(longer);
        awaitReady();
    }

    /** The administrator's kubeconfig, which names this server. */
    public Path adminConf() {
        return directory.resolve("admin.conf");
    }

    /** Where etcd answers, without TLS. */
    public String etcd() {
        return "http://" + LOOPBACK + ":" + etcd;
    }

    /** A program of the same make. */
    public Path binary(String name) {
        return program(name).orElseThrow(() -> new IllegalStateException("no program " + name));
    }

    public ClusterApi api() {
        return new FakeHosts("n1").leadingTo(pki.adminConf(), address).api();
    }

    private void awaitReady() throws InterruptedException {
        Instant deadline = Instant.now().plus(STARTING);
        while (true) {
            try (ClusterApi api = api()) {
                if (api.state() instanceof ApiState.Ready) {
                    return;
                }
                if (Instant.now().isAfter(deadline) || processes.stream().anyMatch(each -> !each.isAlive())) {
                    throw new IllegalStateException("no API server: " + api.state() + "; logs are in " + directory);
                }
            }
            Thread.sleep(500);
        }
    }

    private Process start(List<String> words) throws IOException {
        Path log = directory.resolve(Path.of(words.getFirst()).getFileName() + ".log");
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        processes.add(process);
        return process;
    }

    private Path write(String name, String content) throws IOException {
        return Files.write(directory.resolve(name), content.getBytes(StandardCharsets.UTF_8));
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws InterruptedException {
        for (Process process : processes.reversed()) {
            end(process);
        }
    }

    private static void end(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(10, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }
}
