package io.kubewright.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kubewright.engine.HostFacts;
import io.kubewright.engine.Inspection;
import io.kubewright.engine.ScriptResult;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.TargetException.Code;
import io.kubewright.ssh.SshSettings.Become;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Servers as their owners set them up; docs/reference/servers.md lists them. Against OpenSSH's sshd. */
class ServersIT {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String NO_FORWARDING = "AllowTcpForwarding no";

    private static final RealSshd.Account BASH =
            new RealSshd.Account("kwbash", "/bin/bash", "one", List.of("kwbash ALL=(ALL:ALL) NOPASSWD: ALL"));
    private static final RealSshd.Account CSH = new RealSshd.Account("kwcsh", "/bin/csh", "two", List.of());
    private static final RealSshd.Account FISH = new RealSshd.Account("kwfish", "/usr/bin/fish", "three", List.of());

    @TempDir
    Path directory;

    @BeforeAll
    static void programs() {
        RealSshd.require(
                "/usr/sbin/sshd",
                "/usr/bin/unshare",
                "/usr/bin/sudo",
                "/usr/bin/perl",
                "/bin/bash",
                "/bin/csh",
                "/usr/bin/fish");
    }

    private SshHosts hosts(SshSettings... settings) throws Exception {
        return RealSshd.hosts(directory, settings);
    }

    /** Sends back what it gets, until the client has no more. */
    private static ServerSocket echo(ExecutorService threads) throws Exception {
        ServerSocket echo = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
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
        return echo;
    }

    private static byte[] random(int length, int seed) {
        byte[] bytes = new byte[length];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static boolean comesBack(Tunnel tunnel, byte[] sent, ExecutorService threads) throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), tunnel.localPort())) {
            Future<?> sending = threads.submit(() -> {
                socket.getOutputStream().write(sent);
                return true;
            });
            byte[] back = socket.getInputStream().readNBytes(sent.length);
            sending.get();
            assertThat(back).isEqualTo(sent);
            return true;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"kwbash", "kwcsh", "kwfish"})
    void aRelayCarriesWhatAForbiddenForwardingWould(String user) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                RealSshd sshd = RealSshd.start(directory, List.of(BASH, CSH, FISH), NO_FORWARDING, "MaxSessions 2");
                SshHosts hosts = hosts(sshd.settings("n1", user, Become.NONE));
                ServerSocket echo = echo(threads)) {
            Files.writeString(sshd.home("kwbash").resolve(".bashrc"), "echo Welcome; printf 'no line feed'\n");
            Files.writeString(sshd.home("kwcsh").resolve(".cshrc"), "echo Welcome\n");
            try (Tunnel tunnel = hosts.get("n1").tunnel("127.0.0.1", echo.getLocalPort(), SOON)) {
                List<Callable<Boolean>> tasks = new ArrayList<>();
                for (int i = 0; i < 7; i++) {
                    byte[] sent = random(300_000, i);
                    tasks.add(() -> comesBack(tunnel, sent, threads));
                }
                for (Future<Boolean> each : threads.invokeAll(tasks)) {
                    assertThat(each.get()).isTrue();
                }
            }
        }
    }

    @Test
    void relaysHoldNoSessionThatAScriptNeeds() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                RealSshd sshd = RealSshd.start(directory, NO_FORWARDING, "MaxSessions 1");
                SshHosts hosts = hosts(sshd.settings("n1"));
                ServerSocket echo = echo(threads);
                Tunnel tunnel = hosts.get("n1").tunnel("127.0.0.1", echo.getLocalPort(), SOON);
                Socket one = new Socket(InetAddress.getLoopbackAddress(), tunnel.localPort());
                Socket two = new Socket(InetAddress.getLoopbackAddress(), tunnel.localPort())) {
            for (Socket socket : List.of(one, two)) {
                socket.getOutputStream().write(7);
                assertThat(socket.getInputStream().read()).isEqualTo(7);
            }
            assertThat(hosts.get("n1").run("echo here", SOON, line -> {}).stdout())
                    .isEqualTo("here\n");
            // Scripts, one for each relay, and one more while the tunnel's first try is still closing.
            assertThat(sshd.logins()).isBetween(3L, 4L);
        }
    }

    @Test
    void aRelayEndsWhenEitherEndDoesAndLeavesNothingBehind() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                RealSshd sshd = RealSshd.start(directory, NO_FORWARDING);
                SshHosts hosts = hosts(sshd.settings("n1"));
                ServerSocket farewell = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            byte[] last = random(200_000, 9);
            Future<Integer> far = threads.submit(() -> {
                try (Socket tried = farewell.accept();
                        Socket first = farewell.accept()) {
                    first.getOutputStream().write(last);
                }
                try (Socket second = farewell.accept()) {
                    return second.getInputStream().read();
                }
            });
            try (Tunnel tunnel = hosts.get("n1").tunnel("127.0.0.1", farewell.getLocalPort(), SOON)) {
                try (Socket near = new Socket(InetAddress.getLoopbackAddress(), tunnel.localPort())) {
                    assertThat(near.getInputStream().readAllBytes()).isEqualTo(last);
                }
                new Socket(InetAddress.getLoopbackAddress(), tunnel.localPort()).close();
                assertThat(far.get()).as("the far end sees the end").isEqualTo(-1);
                String left = "ps -eo args | grep -c '[r]elay 127.0.0.1 " + farewell.getLocalPort() + "' || :";
                org.awaitility.Awaitility.await()
                        .atMost(SOON)
                        .until(() -> hosts.get("n1")
                                .run(left, SOON, line -> {})
                                .stdout()
                                .equals("0\n"));
            }
        }
    }

    @Test
    void aRelayToNobodyClosesAndOneThatCannotRunIsAnError() throws Exception {
        try (RealSshd sshd = RealSshd.start(directory, NO_FORWARDING);
                SshHosts hosts = hosts(sshd.settings("n1"));
                Tunnel tunnel = hosts.get("n1").tunnel("127.0.0.1", RealSshd.freePort(), SOON);
                Socket socket = new Socket(InetAddress.getLoopbackAddress(), tunnel.localPort());
                InputStream input = socket.getInputStream()) {
            assertThat(input.read()).isEqualTo(-1);
        }
        try (RealSshd sshd = RealSshd.start(
                        directory, List.of(CSH), List.of("mount --bind /bin/false /bin/bash"), NO_FORWARDING);
                SshHosts hosts = hosts(sshd.settings("n1", "kwcsh", Become.NONE))) {
            TargetException none = catchThrowableOfType(
                    TargetException.class, () -> hosts.get("n1").tunnel("127.0.0.1", 6443, SOON));
            assertThat(none.code()).isEqualTo(Code.PROTOCOL);
            assertThat(none).hasMessageContaining("forbids forwarding").hasMessageContaining("exit 1");
            assertThat(none.hint()).contains("AllowTcpForwarding", "bash");
        }
    }

    @Test
    void whereRootMayNotLogInAUserWithSudoDoes() throws Exception {
        try (RealSshd sshd = RealSshd.start(directory, List.of(BASH), "PermitRootLogin no");
                SshHosts hosts = hosts(sshd.settings("n1"), sshd.settings("n2", "kwbash", Become.SUDO))) {
            assertThat(hosts.get("n2").run("id -u", SOON, line -> {}).stdout()).isEqualTo("0\n");
            TargetException refused = catchThrowableOfType(
                    TargetException.class, () -> hosts.get("n1").run("id -u", SOON, line -> {}));
            assertThat(refused.code()).isEqualTo(Code.AUTHENTICATION);
            assertThat(refused.hint()).contains("PermitRootLogin", "become: sudo");
        }
    }

    @Test
    void nothingIsRunFromATemporaryDirectory() throws Exception {
        List<String> mounts = List.of(
                "mount --bind /tmp /tmp",
                "mount -o remount,bind,noexec /tmp",
                "mount -t tmpfs -o noexec,nodev,nosuid tmpfs /run",
                "mkdir -m 0755 /run/sshd",
                "mount -t tmpfs -o noexec tmpfs /var/tmp",
                "mount -t tmpfs -o noexec tmpfs /dev/shm");
        try (RealSshd sshd = RealSshd.start(directory, List.of(BASH), mounts);
                SshHosts hosts = hosts(sshd.settings("n1", "kwbash", Become.SUDO))) {
            Path program = Files.copy(Path.of("/bin/true"), directory.resolve("program"));
            assertThat(hosts.get("n1")
                            .run(program + "; echo $?", SOON, line -> {})
                            .stdout())
                    .as("it is as hardened as it shall be")
                    .isEqualTo("126\n");
            HostFacts facts = Inspection.inspect(hosts.get("n1"));
            assertThat(facts.cpus()).isPositive();
            upload(hosts, random(100_000, 3));
        }
    }

    @Test
    void aBannerAMessageOfTheDayAndProfilesThatTalkAreNoAnswer() throws Exception {
        Path banner = Files.writeString(directory.resolve("banner"), "Authorised use only\n@0000 seen facts@host -\n");
        Path motd = Files.writeString(directory.resolve("motd"), "Have a nice day\n");
        Path profile = Files.writeString(directory.resolve("profile"), "echo Mind the gap; echo and this >&2\n");
        List<String> mounts = List.of(
                "mount --bind " + profile + " /etc/bash.bashrc",
                "mount --bind " + profile + " /etc/profile",
                "if [ -e /etc/motd ]; then mount --bind " + motd + " /etc/motd; fi");
        try (RealSshd sshd = RealSshd.start(directory, List.of(BASH), mounts, "Banner " + banner, "PrintMotd yes");
                SshHosts hosts = hosts(sshd.settings("n1", "kwbash", Become.SUDO))) {
            for (String file : List.of(".bashrc", ".profile", ".bash_profile")) {
                Files.copy(profile, sshd.home("kwbash").resolve(file));
            }
            assertThat(hosts.get("n1").run("echo one; echo two >&2", SOON, line -> {}))
                    .isEqualTo(new ScriptResult(0, "one\n", "two\n"));
            assertThat(Inspection.inspect(hosts.get("n1")).cpus()).isPositive();
            upload(hosts, random(50_000, 4));
        }
    }

    /** 64 KiB/s, 300 ms there and back, and a queue that holds half a minute: signs of life come as late as the data. */
    @Test
    void aSlowLinkIsNoLostOne() throws Exception {
        try (RealSshd sshd = RealSshd.start(directory);
                SlowLink link = new SlowLink(sshd.port(), 150, 64 * 1024, 2 * 1024 * 1024)) {
            try (SshHosts hosts = hosts(through(link, sshd))) {
                assertThat(hosts.get("n1").run("echo far", SOON, line -> {}).stdout())
                        .isEqualTo("far\n");
                upload(hosts, random(3 * 1024 * 1024, 5));
                assertThat(hosts.get("n1")
                                .run("echo still there", SOON, line -> {})
                                .stdout())
                        .isEqualTo("still there\n");
                assertThat(sshd.logins()).as("one connection, never lost").isOne();
            }
        }
    }

    @Test
    void aLinkThatGoesSilentIsALostOne() throws Exception {
        try (RealSshd sshd = RealSshd.start(directory);
                SlowLink link = new SlowLink(sshd.port(), 1, 10 * 1024 * 1024, 64 * 1024);
                SshHosts hosts = hosts(through(link, sshd))) {
            long start = System.nanoTime();
            TargetException lost = catchThrowableOfType(
                    TargetException.class,
                    () -> hosts.get("n1").run("echo begun; sleep 600", Duration.ofMinutes(3), line -> link.cut()));
            assertThat(lost.code()).isEqualTo(Code.LOST);
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(SOON.dividedBy(4), SOON);
        }
    }

    private SshSettings through(SlowLink link, RealSshd sshd) throws Exception {
        Path known = Files.writeString(
                directory.resolve("known_far"), sshd.knownLine().replace(":" + sshd.port(), ":" + link.port()));
        SshSettings near = sshd.settings("n1");
        return new SshSettings(
                near.name(),
                near.address(),
                Optional.of(link.port()),
                near.user(),
                near.become(),
                near.identityFile(),
                near.jump(),
                Optional.of(known),
                near.connectTimeout());
    }

    private void upload(SshHosts hosts, byte[] content) throws Exception {
        Path file = Files.write(directory.resolve("upload"), content);
        Path far = directory.resolve("arrived");
        String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        hosts.get("n1").upload(file, digest, far.toString(), Duration.ofMinutes(3), sent -> {});
        assertThat(far).hasBinaryContent(content);
    }
}
