package io.kubewright.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** OpenSSH's own sshd on a loopback port, with keys of its own. Needs root, as logins as root do. */
final class RealSshd implements AutoCloseable {
    private final Path directory;
    private final int port;
    private final List<String> extra;
    private @Nullable Process process;

    private RealSshd(Path directory, int port, List<String> extra) {
        this.directory = directory;
        this.port = port;
        this.extra = extra;
    }

    /** Skips the test where it cannot run; where CI is set it fails instead. */
    static void require(Path... programs) {
        List<String> missing = new ArrayList<>();
        if (!"root".equals(System.getProperty("user.name"))) {
            missing.add("root");
        }
        for (Path program : programs) {
            if (!Files.isExecutable(program)) {
                missing.add(program.toString());
            }
        }
        String reason = "this test needs " + String.join(", ", missing);
        if (!missing.isEmpty() && "true".equals(System.getenv("CI"))) {
            Assertions.fail(reason);
        }
        Assumptions.assumeTrue(missing.isEmpty(), reason);
    }

    static RealSshd start(Path directory, String... extra) throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Files.createDirectories(Path.of("/run/sshd"));
        if (!Files.exists(directory.resolve("host_ed25519"))) {
            keygen(directory.resolve("host_ed25519"), "ed25519");
            keygen(directory.resolve("user"), "ed25519");
        }
        RealSshd sshd = new RealSshd(directory, freePort(), List.of(extra));
        sshd.launch();
        return sshd;
    }

    static void keygen(Path file, String type) throws IOException, InterruptedException {
        run("ssh-keygen", "-q", "-t", type, "-N", "", "-C", file.getFileName().toString(), "-f", file.toString());
    }

    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        assertThat(process.waitFor())
                .as("%s: %s", String.join(" ", command), output)
                .isZero();
        return output;
    }

    void launch() throws IOException, InterruptedException {
        List<String> lines = new ArrayList<>(extra);
        lines.addAll(List.of(
                "ListenAddress 127.0.0.1:" + port,
                "HostKey " + directory.resolve("host_ed25519"),
                "AuthorizedKeysFile " + directory.resolve("user.pub"),
                "PidFile none",
                "UsePAM no",
                "StrictModes no",
                "PermitRootLogin yes",
                "PasswordAuthentication no",
                "LogLevel VERBOSE"));
        Path configuration = directory.resolve("sshd_config");
        Files.write(configuration, lines);
        Process started = new ProcessBuilder("/usr/sbin/sshd", "-D", "-e", "-f", configuration.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        process = started;
        for (int tries = 0; tries < 100; tries++) {
            assertThat(started.isAlive()).as(Files.readString(log())).isTrue();
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                assertThat(socket.getInputStream().read()).isEqualTo('S');
                return;
            } catch (IOException notYet) {
                Thread.sleep(50);
            }
        }
        Assertions.fail("sshd does not listen: " + Files.readString(log()));
    }

    /** Ends the listener and all its sessions, as a power cut would, but for the packets in flight. */
    void kill() throws InterruptedException {
        Process running = process;
        if (running != null) {
            running.descendants().forEach(ProcessHandle::destroyForcibly);
            running.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
        }
    }

    Path log() {
        return directory.resolve("log");
    }

    int port() {
        return port;
    }

    Path userKey() {
        return directory.resolve("user");
    }

    /** A file that knows this server under the given name. */
    Path knownHosts(String name) throws IOException {
        Path file = directory.resolve("known_hosts");
        String line = "[" + name + "]:" + port + " " + Files.readString(directory.resolve("host_ed25519.pub"));
        Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        return file;
    }

    SshSettings settings(String name) throws IOException {
        return settings(name, "root", SshSettings.Become.NONE);
    }

    SshSettings settings(String name, String user, SshSettings.Become become) throws IOException {
        return new SshSettings(
                name,
                "127.0.0.1",
                Optional.of(port),
                Optional.of(user),
                become,
                Optional.of(userKey()),
                Optional.empty(),
                Optional.of(knownHosts("127.0.0.1")),
                Duration.ofSeconds(10));
    }

    /** No agent and no configuration but an empty one. */
    static Surroundings nothing(Path home) throws IOException {
        Path configuration = home.resolve("empty_config");
        Files.writeString(configuration, "");
        return new Surroundings(home, Optional.of(configuration), Optional.empty());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
