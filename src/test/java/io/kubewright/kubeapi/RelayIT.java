package io.kubewright.kubeapi;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.engine.Progress;
import io.kubewright.ssh.RealSshd;
import io.kubewright.ssh.SshHosts;
import io.kubewright.ssh.Tunnel;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The way to the API through OpenSSH's sshd where it forbids forwarding and allows two sessions. */
class RelayIT {
    private static final Pki PKI = new Pki("127.0.0.1");
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private Path directory;

    @BeforeAll
    static void programs() {
        RealSshd.require("/usr/sbin/sshd", "/usr/bin/unshare", "/bin/bash");
    }

    /** The API on a loopback port of the host, which here is this machine. */
    private static ClusterApi api(SshHosts hosts, InetSocketAddress server) {
        FakeHosts credentials = new FakeHosts("n1").leadingTo(PKI.adminConf(), server);
        return new ClusterApi(credentials, List.of("n1"), (controlPlane, port, deadline) -> {
            Tunnel tunnel = hosts.get(controlPlane).tunnel("127.0.0.1", server.getPort(), deadline);
            return new ApiRoute() {
                @Override
                public InetSocketAddress entrance() {
                    return new InetSocketAddress("127.0.0.1", tunnel.localPort());
                }

                @Override
                public void close() {
                    tunnel.close();
                }
            };
        });
    }

    @Test
    void readsWatchesAndScriptsGoOnSideBySide() throws Exception {
        try (FakeApiServer server = new FakeApiServer(PKI);
                RealSshd sshd = RealSshd.start(directory, "AllowTcpForwarding no", "MaxSessions 2");
                SshHosts hosts = RealSshd.hosts(directory, sshd.settings("n1"));
                ClusterApi api = api(hosts, server.address());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            assertThat(api.state()).isInstanceOf(ApiState.Ready.class);
            String large = "x".repeat(400_000);
            List<Future<Optional<KubeObject>>> watches = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                ObjectRef map = ObjectRef.of("v1", "ConfigMap", "default", "m" + i);
                server.put(KubeObject.of(map).with("no", "data", "done"));
                Condition done = Conditions.present(found ->
                        found.at("data", "done").text("").equals("yes") ? Optional.empty() : Optional.of("not done"));
                watches.add(threads.submit(() -> api.client().await(map, done, SOON, Progress.NONE)));
            }
            Awaitility.await().atMost(SOON).until(() -> server.watching() == 4);
            List<Callable<String>> tasks = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                tasks.add(
                        () -> hosts.get("n1").run("echo here", SOON, line -> {}).stdout());
            }
            for (Future<String> each : threads.invokeAll(tasks)) {
                assertThat(each.get()).isEqualTo("here\n");
            }
            for (int i = 0; i < 4; i++) {
                server.put(KubeObject.of(ObjectRef.of("v1", "ConfigMap", "default", "m" + i))
                        .with("yes", "data", "done")
                        .with(large, "data", "large"));
            }
            for (Future<Optional<KubeObject>> watch : watches) {
                assertThat(watch.get().orElseThrow().at("data", "large").text(""))
                        .isEqualTo(large);
            }
        }
    }

    @Test
    void aCommandInAPodGivesAllOfItsOutput() throws Exception {
        byte[] output = new byte[300_000];
        Arrays.fill(output, (byte) 'y');
        try (FakeExec server = new FakeExec(PKI, output);
                RealSshd sshd = RealSshd.start(directory, "AllowTcpForwarding no", "MaxSessions 2");
                SshHosts hosts = RealSshd.hosts(directory, sshd.settings("n1"));
                ClusterApi api = api(hosts, server.address())) {
            for (int i = 0; i < 3; i++) {
                ExecResult result = api.client().exec("default", "p", List.of("yes"), SOON);
                assertThat(result.exitCode()).isZero();
                assertThat(result.stdout()).isEqualTo("y".repeat(output.length));
            }
        }
    }
}
