package io.kubewright.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kubewright.engine.TargetException;
import io.kubewright.engine.TargetException.Code;
import io.kubewright.ssh.SshSettings.Become;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ways to a host: OpenSSH's configuration, the agent, jump hosts. Against OpenSSH's sshd. */
class RoutesIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    @TempDir
    Path directory;

    @BeforeAll
    static void programs() {
        RealSshd.require("/usr/sbin/sshd", "/usr/bin/ssh", "/usr/bin/ssh-agent", "/usr/bin/unshare");
    }

    private static SshSettings settings(
            String name, String address, Optional<Path> identity, Optional<String> jump, Optional<Path> knownHosts) {
        return new SshSettings(
                name,
                address,
                Optional.empty(),
                Optional.empty(),
                Become.NONE,
                identity,
                jump,
                knownHosts,
                Duration.ofSeconds(20));
    }

    private Surroundings configured(String text) throws Exception {
        Path file = Files.writeString(directory.resolve("ssh_config"), text);
        return new Surroundings(directory, Optional.of(file), Optional.empty());
    }

    private Path allKnown(RealSshd... servers) throws Exception {
        StringBuilder lines = new StringBuilder();
        for (RealSshd each : servers) {
            lines.append(each.knownLine());
        }
        return Files.writeString(directory.resolve("all_known"), lines);
    }

    private static String echo(SshHosts hosts, String name) throws InterruptedException {
        return hosts.get(name).run("echo here", SOON, line -> {}).stdout();
    }

    @Test
    void anAliasOfTheConfigurationDecidesWhatTheFileLeavesOpen() throws Exception {
        try (RealSshd sshd = RealSshd.start(directory.resolve("a"))) {
            Path included = Files.writeString(
                    directory.resolve("included"),
                    "Host web\n HostName 127.0.0.1\n Port " + sshd.port() + "\n User root\n IdentityFile "
                            + sshd.userKey() + "\n UserKnownHostsFile " + sshd.knownHosts() + "\n");
            try (SshHosts hosts = new SshHosts(
                    List.of(settings("n1", "web", Optional.empty(), Optional.empty(), Optional.empty())),
                    PasswordSource.NONE,
                    configured("Include " + included + "\n"))) {
                assertThat(echo(hosts, "n1")).isEqualTo("here\n");
            }
        }
    }

    @Test
    void theAgentSigns() throws Exception {
        Path socket = directory.resolve("agent");
        Process agent = new ProcessBuilder("ssh-agent", "-D", "-a", socket.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (RealSshd sshd = RealSshd.start(directory.resolve("a"))) {
            RealSshd.keygen(directory.resolve("other"), "rsa");
            for (int tries = 0; tries < 200 && !Files.exists(socket); tries++) {
                Thread.sleep(25);
            }
            for (Path key : List.of(directory.resolve("other"), sshd.userKey())) {
                RealSshd.run("env", "SSH_AUTH_SOCK=" + socket, "ssh-add", "-q", key.toString());
            }
            // The identity file is locked now: only the agent can sign for it.
            SshSettings withFile = settings(
                    "n1", "127.0.0.1", Optional.of(sshd.userKey()), Optional.empty(), Optional.of(sshd.knownHosts()));
            SshSettings agentOnly =
                    settings("n2", "127.0.0.1", Optional.empty(), Optional.empty(), Optional.of(sshd.knownHosts()));
            Files.writeString(sshd.userKey(), "locked");
            Path configuration = Files.writeString(
                    directory.resolve("ssh_config"), "Host *\n Port " + sshd.port() + "\n User root\n");
            Surroundings surroundings = new Surroundings(directory, Optional.of(configuration), Optional.of(socket));
            try (SshHosts hosts = new SshHosts(List.of(withFile, agentOnly), PasswordSource.NONE, surroundings)) {
                assertThat(echo(hosts, "n1")).isEqualTo("here\n");
                assertThat(echo(hosts, "n2")).isEqualTo("here\n");
            }
        } finally {
            agent.destroy();
        }
    }

    @Test
    void hostsBehindOneJumpHostShareTheConnectionToIt() throws Exception {
        try (RealSshd bastion = RealSshd.start(directory.resolve("bastion"));
                RealSshd a = RealSshd.start(directory.resolve("a"));
                RealSshd b = RealSshd.start(directory.resolve("b"))) {
            Files.copy(bastion.userKey(), directory.resolve("key"));
            Files.copy(bastion.userKey().resolveSibling("user.pub"), directory.resolve("key.pub"));
            for (RealSshd each : List.of(a, b)) {
                Files.copy(
                        directory.resolve("key.pub"),
                        each.directory().resolve("user.pub"),
                        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
            Optional<Path> known = Optional.of(allKnown(bastion, a, b));
            Optional<Path> key = Optional.of(directory.resolve("key"));
            Surroundings surroundings = configured("Host alpha\n HostName 127.0.0.1\n Port " + a.port()
                    + "\nHost beta\n HostName 127.0.0.1\n Port " + b.port() + "\nHost *\n User root\n");
            Optional<String> jump = Optional.of("root@127.0.0.1:" + bastion.port());
            try (SshHosts hosts = new SshHosts(
                            List.of(
                                    settings("n1", "alpha", key, jump, known),
                                    settings("n2", "beta", key, jump, known)),
                            PasswordSource.NONE,
                            surroundings);
                    ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                List<Callable<String>> tasks = List.of(() -> echo(hosts, "n1"), () -> echo(hosts, "n2"));
                for (Future<String> each : threads.invokeAll(tasks)) {
                    assertThat(each.get()).isEqualTo("here\n");
                }
                assertThat(bastion.logins()).isOne();
                assertThat(a.logins()).isOne();
                assertThat(b.logins()).isOne();
                // The far sshd saw no connection but this one and the test's own first look: servers punish idle ones.
                assertThat(Files.readString(a.log()).lines().filter(line -> line.startsWith("Connection from")))
                        .hasSize(2);
            }
        }
    }

    @Test
    void twoHopsAndAProxyJumpOfTheConfiguration() throws Exception {
        try (RealSshd first = RealSshd.start(directory.resolve("first"));
                RealSshd second = RealSshd.start(directory.resolve("second"));
                RealSshd last = RealSshd.start(directory.resolve("last"))) {
            for (RealSshd each : List.of(second, last)) {
                Files.copy(
                        first.directory().resolve("user.pub"),
                        each.directory().resolve("user.pub"),
                        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            }
            Surroundings surroundings = configured("Host last\n HostName 127.0.0.1\n Port " + last.port()
                    + "\n ProxyJump root@127.0.0.1:" + first.port()
                    + ",second\nHost second\n HostName 127.0.0.1\n Port "
                    + second.port() + "\nHost *\n User root\n IdentityFile " + first.userKey() + "\n");
            try (SshHosts hosts = new SshHosts(
                    List.of(settings(
                            "n1",
                            "last",
                            Optional.empty(),
                            Optional.empty(),
                            Optional.of(allKnown(first, second, last)))),
                    PasswordSource.NONE,
                    surroundings)) {
                assertThat(echo(hosts, "n1")).isEqualTo("here\n");
                assertThat(first.logins()).isOne();
                assertThat(second.logins()).isOne();
            }
        }
    }

    @Test
    void aJumpHostThatForbidsForwardingOrReachesNobodyIsNamed() throws Exception {
        try (RealSshd forbidding = RealSshd.start(directory.resolve("f"), "AllowTcpForwarding no");
                RealSshd open = RealSshd.start(directory.resolve("o"))) {
            Files.copy(
                    forbidding.directory().resolve("user.pub"),
                    open.directory().resolve("user.pub"),
                    java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            Optional<Path> known = Optional.of(allKnown(forbidding, open));
            Optional<Path> key = Optional.of(forbidding.userKey());
            Surroundings surroundings = configured(
                    "Host closed\n HostName 127.0.0.1\n Port " + RealSshd.freePort() + "\nHost *\n User root\n");
            try (SshHosts hosts = new SshHosts(
                    List.of(
                            settings("n1", "closed", key, Optional.of("127.0.0.1:" + forbidding.port()), known),
                            settings("n2", "closed", key, Optional.of("127.0.0.1:" + open.port()), known)),
                    PasswordSource.NONE,
                    surroundings)) {
                TargetException forbidden = catchThrowableOfType(TargetException.class, () -> echo(hosts, "n1"));
                assertThat(forbidden).hasMessageContaining("forbids forwarding");
                assertThat(forbidden.hint()).contains("AllowTcpForwarding");
                TargetException refused = catchThrowableOfType(TargetException.class, () -> echo(hosts, "n2"));
                assertThat(refused.code()).isEqualTo(Code.UNREACHABLE);
                assertThat(refused)
                        .hasMessageContaining("refused")
                        .hasMessageContaining("through root@127.0.0.1:" + open.port());
            }
        }
    }
}
