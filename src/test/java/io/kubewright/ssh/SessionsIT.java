package io.kubewright.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kubewright.engine.ScriptResult;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.TargetException.Code;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How sessions end, how many there may be, and tunnels. Against OpenSSH's sshd. */
class SessionsIT {
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    Path directory;

    @BeforeAll
    static void programs() {
        RealSshd.require("/usr/sbin/sshd", "/usr/bin/unshare");
    }

    private SshHosts hosts(SshSettings... settings) throws Exception {
        return new SshHosts(List.of(settings), PasswordSource.NONE, RealSshd.nothing(directory));
    }

    private static ScriptResult run(SshHosts hosts, String script) throws InterruptedException {
        return hosts.get("n1").run(script, SOON, line -> {});
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void fewSessionsAtOnceSlowItDownAndBreakNothing(int most) throws Exception {
        try (RealSshd sshd = RealSshd.start(directory, "MaxSessions " + most);
                SshHosts hosts = hosts(sshd.settings("n1"));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<String>> tasks = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                int number = i;
                tasks.add(() -> run(hosts, "sleep 0.1; echo " + number).stdout().strip());
            }
            List<String> outputs = new ArrayList<>();
            for (Future<String> each : threads.invokeAll(tasks)) {
                outputs.add(each.get());
            }
            assertThat(outputs).containsExactly("0", "1", "2", "3", "4", "5", "6", "7");
            assertThat(sshd.logins()).isOne();
        }
    }

    @Test
    void noSessionIsLeftBehind() throws Exception {
        try (RealSshd sshd = RealSshd.start(directory, "MaxSessions 2");
                SshHosts hosts = hosts(sshd.settings("n1"))) {
            for (int i = 0; i < 12; i++) {
                assertThat(run(hosts, "exit " + i).exitCode()).isEqualTo(i);
            }
        }
    }

    @Test
    void aLostConnectionIsSaidAtOnceAndOpenedAnewNextTime() throws Exception {
        try (RealSshd sshd = RealSshd.start(directory);
                SshHosts hosts = hosts(sshd.settings("n1"));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch begun = new CountDownLatch(1);
            Future<TargetException> lost = threads.submit(() -> catchThrowableOfType(
                    TargetException.class,
                    () -> hosts.get("n1").run("echo begun; sleep 600", SOON, line -> begun.countDown())));
            assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
            sshd.kill();
            assertThat(lost.get(10, TimeUnit.SECONDS).code()).isEqualTo(Code.LOST);
            TargetException refused = catchThrowableOfType(TargetException.class, () -> run(hosts, "true"));
            assertThat(refused.code()).isEqualTo(Code.UNREACHABLE);
            sshd.launch();
            assertThat(run(hosts, "echo again").stdout()).isEqualTo("again\n");
        }
    }

    @Test
    void interruptAndDeadlineEndTheWaitAtOnce() throws Exception {
        try (RealSshd sshd = RealSshd.start(directory);
                SshHosts hosts = hosts(sshd.settings("n1"))) {
            CountDownLatch begun = new CountDownLatch(1);
            CountDownLatch ended = new CountDownLatch(1);
            Thread thread = Thread.ofVirtual().start(() -> {
                try {
                    hosts.get("n1").run("echo begun; sleep 30", SOON, line -> begun.countDown());
                } catch (InterruptedException expected) {
                    ended.countDown();
                }
            });
            assertThat(begun.await(30, TimeUnit.SECONDS)).isTrue();
            thread.interrupt();
            assertThat(ended.await(2, TimeUnit.SECONDS)).isTrue();

            TargetException late = catchThrowableOfType(
                    TargetException.class,
                    () -> hosts.get("n1")
                            .run("while sleep 0.01; do echo without end; done", Duration.ofSeconds(3), line -> {}));
            assertThat(late.code()).isEqualTo(Code.DEADLINE);
            assertThat(late).hasMessageContaining("3 s");
            assertThat(run(hosts, "echo still").stdout()).isEqualTo("still\n");
        }
    }

    @Test
    void endsOfAllKinds() throws Exception {
        try (RealSshd sshd = RealSshd.start(directory);
                SshHosts hosts = hosts(sshd.settings("n1"))) {
            assertThat(run(hosts, "kill -9 $$").exitCode()).isEqualTo(137);
            assertThat(run(hosts, "exec >&- 2>&-; sleep 0.5; exit 5").exitCode())
                    .isEqualTo(5);
            assertThat(run(hosts, "sleep 300 & echo started").stdout()).isEqualTo("started\n");
            assertThat(run(hosts, "if true; then echo never").exitCode()).isEqualTo(2);
            assertThat(run(hosts, "cat; echo $?").stdout()).isEqualTo("0\n");
            assertThat(run(hosts, "# only a comment").exitCode()).isZero();
            assertThat(run(hosts, "cat <<'EOF'\na 'b' \\c $d\nEOF").stdout()).isEqualTo("a 'b' \\c $d\n");
            String large = "x".repeat(3_000_000);
            assertThat(run(hosts, "printf %s " + large + " | wc -c").stdout().strip())
                    .isEqualTo("3000000");
            ScriptResult noisy = run(hosts, "seq 1 20000 >&2");
            assertThat(noisy.stderr()).hasSize(65536).endsWith("\n19999\n20000\n");
        }
    }

    @Test
    void aTunnelCarriesManyConnections() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                RealSshd sshd = RealSshd.start(directory);
                SshHosts hosts = hosts(sshd.settings("n1"));
                ServerSocket echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            threads.submit(() -> {
                while (true) {
                    Socket socket = echo.accept();
                    threads.submit(() -> {
                        try (socket) {
                            return socket.getInputStream().transferTo(socket.getOutputStream());
                        }
                    });
                }
            });
            try (Tunnel tunnel = hosts.get("n1").tunnel("127.0.0.1", echo.getLocalPort(), SOON)) {
                List<Callable<Integer>> tasks = new ArrayList<>();
                for (int i = 0; i < 10; i++) {
                    byte[] sent = ("hello " + i + " ").repeat(20_000).getBytes(StandardCharsets.UTF_8);
                    tasks.add(() -> {
                        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), tunnel.localPort())) {
                            Future<?> sending = threads.submit(() -> {
                                socket.getOutputStream().write(sent);
                                socket.shutdownOutput();
                                return true;
                            });
                            byte[] back = socket.getInputStream().readAllBytes();
                            sending.get();
                            assertThat(back).isEqualTo(sent);
                            return back.length;
                        }
                    });
                }
                for (Future<Integer> each : threads.invokeAll(tasks)) {
                    assertThat(each.get()).isPositive();
                }
            }
        }
    }

    @Test
    void aTunnelToNobodyClosesAtOnce() throws Exception {
        try (RealSshd sshd = RealSshd.start(directory);
                SshHosts hosts = hosts(sshd.settings("n1"));
                Tunnel tunnel = hosts.get("n1").tunnel("127.0.0.1", RealSshd.freePort(), SOON);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), tunnel.localPort());
                InputStream input = socket.getInputStream()) {
            assertThat(input.read()).isEqualTo(-1);
        }
    }

    @Test
    void theHostsKeyIsAskedForInAKnownType() throws Exception {
        try (RealSshd sshd = RealSshd.start(directory)) {
            Path known = Files.writeString(
                    directory.resolve("only_ecdsa"),
                    "[127.0.0.1]:" + sshd.port() + " " + Files.readString(directory.resolve("host_ecdsa.pub")));
            RealSshd.run("ssh-keygen", "-q", "-H", "-f", known.toString());
            assertThat(Files.readString(known)).startsWith("|1|");
            SshSettings settings = sshd.settings("n1");
            try (SshHosts hosts = hosts(new SshSettings(
                    "n1",
                    settings.address(),
                    settings.port(),
                    settings.user(),
                    settings.become(),
                    settings.identityFile(),
                    settings.jump(),
                    java.util.Optional.of(known),
                    settings.connectTimeout()))) {
                assertThat(run(hosts, "echo known").stdout()).isEqualTo("known\n");
            }
        }
    }
}
