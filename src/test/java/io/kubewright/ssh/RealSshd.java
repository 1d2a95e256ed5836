package io.kubewright.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/**
 * OpenSSH's own sshd on a loopback port, with keys of its own, in a mount namespace of its own: accounts and sudoers of
 * a test are seen by its logins only. Needs root.
 */
public final class RealSshd implements AutoCloseable {
    /** Logs in as root. */
    static final List<Account> ROOT = List.of();

    /**
     * A user that exists behind this sshd alone.
     *
     * @param sudoers lines of the sudoers file
     */
    record Account(String name, String shell, String password, List<String> sudoers) {}

    private static final int FIRST_USER_ID = 47110;

    /** Debian's packages by the programs that tests run. */
    private static final Map<String, String> PACKAGES = Map.of(
            "/usr/sbin/sshd", "openssh-server",
            "/usr/bin/ssh", "openssh-client",
            "/usr/bin/ssh-agent", "openssh-client",
            "/usr/bin/sudo", "sudo",
            "/usr/bin/perl", "perl-base",
            "/usr/bin/unshare", "util-linux",
            "/bin/bash", "bash",
            "/bin/csh", "tcsh",
            "/usr/bin/fish", "fish");

    private final Path directory;
    private final int port;
    private final List<Account> accounts;
    private final List<String> extra;
    private final List<String> mounts;
    private @Nullable Process process;

    private RealSshd(Path directory, int port, List<Account> accounts, List<String> mounts, List<String> extra) {
        this.directory = directory;
        this.port = port;
        this.accounts = accounts;
        this.extra = extra;
        this.mounts = mounts;
    }

    /** Brings what is missing; skips the test where it cannot run, and where CI is set it fails instead. */
    public static void require(String... programs) {
        boolean root = "root".equals(System.getProperty("user.name"));
        if (root && !missing(programs).isEmpty() && Files.isExecutable(Path.of("/usr/bin/apt-get"))) {
            install(packages(missing(programs)));
        }
        List<String> missing = missing(programs);
        String reason = "this test needs %s%s (Debian: apt install %s)"
                .formatted(root ? "" : "root and ", String.join(", ", missing), String.join(" ", packages(missing)));
        if (!root) {
            missing.add("root");
        }
        if (!missing.isEmpty() && "true".equals(System.getenv("CI"))) {
            Assertions.fail(reason);
        }
        Assumptions.assumeTrue(missing.isEmpty(), reason);
    }

    private static List<String> missing(String... programs) {
        return Stream.of(programs)
                .filter(program -> !Files.isExecutable(Path.of(program)))
                .collect(Collectors.toCollection(ArrayList::new));
    }

    private static List<String> packages(List<String> programs) {
        return programs.stream()
                .map(program -> Objects.requireNonNull(PACKAGES.get(program), program))
                .distinct()
                .toList();
    }

    /** A machine that had no sshd shall not serve logins now, nor after its next boot. */
    private static void install(List<String> packages) {
        System.out.println("installing " + String.join(", ", packages) + " on this machine (apt-get)");
        try {
            List<String> command = new ArrayList<>(List.of("sh", "-euc", """
                    [ -x /usr/sbin/sshd ] && was=there || was=
                    policy=/usr/sbin/policy-rc.d
                    if [ ! -e "$policy" ]; then
                        trap 'rm -f "$policy"' EXIT
                        printf '#!/bin/sh\\nexit 101\\n' >"$policy"
                        chmod 755 "$policy"
                    fi
                    apt-get -qq update
                    DEBIAN_FRONTEND=noninteractive apt-get -qq -y --no-install-recommends install "$@"
                    if [ -z "$was" ] && [ -x /usr/sbin/sshd ] && [ -d /run/systemd/system ]; then
                        systemctl -q disable ssh.service
                    fi
                    """, "install"));
            command.addAll(packages);
            run(command.toArray(String[]::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Root logs in. */
    public static RealSshd start(Path directory, String... extra) throws IOException, InterruptedException {
        return start(directory, ROOT, extra);
    }

    /** @param extra lines of sshd_config; sshd takes the first of each keyword, so they win over the usual ones */
    static RealSshd start(Path directory, List<Account> accounts, String... extra)
            throws IOException, InterruptedException {
        return start(directory, accounts, List.of(), extra);
    }

    /** @param mounts commands that change what its logins see of the file system, and nobody else */
    static RealSshd start(Path directory, List<Account> accounts, List<String> mounts, String... extra)
            throws IOException, InterruptedException {
        Files.createDirectories(directory);
        Files.createDirectories(Path.of("/run/sshd"));
        run("chmod", "0755", directory.toString());
        for (String key : List.of("host_ed25519", "host_ecdsa", "user")) {
            if (!Files.exists(directory.resolve(key))) {
                keygen(directory.resolve(key), key.endsWith("ecdsa") ? "ecdsa" : "ed25519");
            }
        }
        run("chmod", "0644", directory.resolve("user.pub").toString());
        RealSshd sshd = new RealSshd(directory, freePort(), accounts, mounts, List.of(extra));
        sshd.launch();
        return sshd;
    }

    static void keygen(Path file, String type) throws IOException, InterruptedException {
        run("ssh-keygen", "-q", "-t", type, "-N", "", "-C", file.getFileName().toString(), "-f", file.toString());
    }

    static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
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
                "HostKey " + directory.resolve("host_ecdsa"),
                "AuthorizedKeysFile " + directory.resolve("user.pub"),
                "PidFile none",
                "UsePAM no",
                "UseDNS no",
                "StrictModes no",
                "PermitRootLogin yes",
                "PasswordAuthentication no",
                "LogLevel VERBOSE"));
        Path configuration = directory.resolve("sshd_config");
        Files.write(configuration, lines);
        Process started = new ProcessBuilder(
                        "unshare",
                        "--mount",
                        "--propagation",
                        "private",
                        "sh",
                        "-euc",
                        accountsScript() + mountsScript() + "exec /usr/sbin/sshd -D -e -f " + configuration)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                .start();
        process = started;
        for (int tries = 0; tries < 200; tries++) {
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

    /** Copies of the account files with the test's accounts, mounted over the machine's own. */
    private String accountsScript() throws IOException, InterruptedException {
        if (accounts.isEmpty()) {
            return "";
        }
        Path files = Files.createDirectories(directory.resolve("etc"));
        StringBuilder script = new StringBuilder();
        StringBuilder sudoers = new StringBuilder("root ALL=(ALL:ALL) ALL\n");
        for (String name : List.of("passwd", "group", "shadow")) {
            run("cp", "-p", "/etc/" + name, files.resolve(name).toString());
        }
        int id = FIRST_USER_ID;
        for (Account account : accounts) {
            Path home = Files.createDirectories(home(account.name()));
            String hash = run("perl", "-e", "print crypt($ARGV[0], q{$6$saltsalt$})", account.password());
            append(
                    files.resolve("passwd"),
                    account.name() + ":x:" + id + ":" + id + "::" + home + ":" + account.shell());
            append(files.resolve("group"), account.name() + ":x:" + id + ":");
            append(files.resolve("shadow"), account.name() + ":" + hash + ":19000:0:99999:7:::");
            account.sudoers().forEach(line -> sudoers.append(line).append('\n'));
            id++;
        }
        Files.writeString(files.resolve("sudoers"), sudoers);
        script.append("chmod 0440 ").append(files).append("/sudoers; ");
        for (String name : List.of("passwd", "group", "shadow", "sudoers")) {
            script.append("mount --bind ")
                    .append(files)
                    .append('/')
                    .append(name)
                    .append(" /etc/")
                    .append(name)
                    .append("; ");
        }
        return script.toString();
    }

    private String mountsScript() {
        return mounts.stream().map(command -> command + "; ").collect(Collectors.joining());
    }

    private static void append(Path file, String line) throws IOException {
        Files.writeString(file, line + "\n", StandardOpenOption.APPEND);
    }

    /** An account's home directory; a test may put a profile there. */
    Path home(String account) {
        return directory.resolve("home-" + account);
    }

    /** Ends the listener and all its sessions at once. */
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

    /** How many logins sshd has logged. */
    long logins() throws IOException {
        return Files.readString(log())
                .lines()
                .filter(line -> line.contains("Accepted publickey"))
                .count();
    }

    int port() {
        return port;
    }

    Path directory() {
        return directory;
    }

    Path userKey() {
        return directory.resolve("user");
    }

    /** A file that knows this server's Ed25519 key. */
    Path knownHosts() throws IOException {
        Path file = directory.resolve("known_hosts");
        Files.writeString(file, knownLine());
        return file;
    }

    String knownLine() throws IOException {
        return "[127.0.0.1]:" + port + " " + Files.readString(directory.resolve("host_ed25519.pub"));
    }

    public SshSettings settings(String name) throws IOException {
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
                Optional.of(knownHosts()),
                Duration.ofSeconds(20));
    }

    /** Hosts that are reached without an agent and without a configuration. */
    public static SshHosts hosts(Path home, SshSettings... settings) throws IOException {
        return new SshHosts(List.of(settings), PasswordSource.NONE, nothing(home));
    }

    /** No agent, and an empty configuration. */
    static Surroundings nothing(Path home) throws IOException {
        Path configuration = home.resolve("empty_config");
        Files.writeString(configuration, "");
        return new Surroundings(home, Optional.of(configuration), Optional.empty());
    }

    static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws InterruptedException {
        kill();
    }
}
