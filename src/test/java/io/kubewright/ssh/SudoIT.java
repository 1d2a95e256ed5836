package io.kubewright.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kubewright.engine.ScriptResult;
import io.kubewright.engine.Secret;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.TargetException.Code;
import io.kubewright.ssh.SshSettings.Become;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
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

/** Users who are not root, against OpenSSH's sshd and the real sudo. */
class SudoIT {
    private static final Duration SOON = Duration.ofSeconds(30);

    private static final RealSshd.Account FREE =
            new RealSshd.Account("kwfree", "/bin/bash", "one", List.of("kwfree ALL=(ALL:ALL) NOPASSWD: ALL"));
    private static final RealSshd.Account ASKED =
            new RealSshd.Account("kwasked", "/bin/bash", "open sesame", List.of("kwasked ALL=(ALL:ALL) ALL"));
    private static final RealSshd.Account BARRED = new RealSshd.Account("kwbarred", "/bin/sh", "three", List.of());
    private static final RealSshd.Account TERMINAL = new RealSshd.Account(
            "kwterminal",
            "/bin/sh",
            "four",
            List.of("kwterminal ALL=(ALL:ALL) NOPASSWD: ALL", "Defaults:kwterminal requiretty"));
    private static final RealSshd.Account TERMINAL_ASKED = new RealSshd.Account(
            "kwboth",
            "/bin/bash",
            "open sesame",
            List.of("kwboth ALL=(ALL:ALL) ALL", "Defaults:kwboth requiretty", "Defaults:kwboth use_pty"));
    private static final RealSshd.Account OWN_TERMINAL = new RealSshd.Account(
            "kwpty", "/bin/sh", "six", List.of("kwpty ALL=(ALL:ALL) NOPASSWD: ALL", "Defaults:kwpty use_pty"));
    private static final RealSshd.Account CSH = new RealSshd.Account(
            "kwcsh", "/bin/csh", "seven", List.of("kwcsh ALL=(ALL:ALL) NOPASSWD: ALL", "Defaults:kwcsh requiretty"));
    private static final RealSshd.Account SHELLESS =
            new RealSshd.Account("kwshellless", "/usr/sbin/nologin", "five", List.of());

    @TempDir
    Path directory;

    private final List<String> prompts = new ArrayList<>();

    @BeforeAll
    static void programs() {
        RealSshd.require("/usr/sbin/sshd", "/usr/bin/sudo", "/usr/bin/unshare", "/usr/bin/perl", "/bin/csh");
    }

    private PasswordSource answers(String... passwords) {
        Queue<String> rest = new ArrayDeque<>(List.of(passwords));
        return prompt -> {
            prompts.add(prompt);
            return Optional.ofNullable(rest.poll()).map(Secret::of);
        };
    }

    private RealSshd sshd() throws Exception {
        return RealSshd.start(
                directory, List.of(FREE, ASKED, BARRED, TERMINAL, TERMINAL_ASKED, OWN_TERMINAL, CSH, SHELLESS));
    }

    private SshHosts hosts(PasswordSource passwords, SshSettings... settings) throws Exception {
        return new SshHosts(List.of(settings), passwords, RealSshd.nothing(directory));
    }

    private TargetException failure(PasswordSource passwords, SshSettings settings) throws Exception {
        try (SshHosts hosts = hosts(passwords, settings)) {
            return catchThrowableOfType(
                    TargetException.class, () -> hosts.get(settings.name()).run("echo ran", SOON, line -> {}));
        }
    }

    @Test
    void noPasswordIsAskedForWhereSudoWantsNone() throws Exception {
        try (RealSshd sshd = sshd();
                SshHosts hosts = hosts(answers(), sshd.settings("n1", "kwfree", Become.SUDO))) {
            ScriptResult result = hosts.get("n1").run("id -u; echo $HOME; echo oops >&2; exit 3", SOON, line -> {});
            assertThat(result).isEqualTo(new ScriptResult(3, "0\n/root\n", "oops\n"));
            assertThat(prompts).isEmpty();
        }
    }

    @Test
    void onePasswordServesAllHostsAndThreads() throws Exception {
        try (RealSshd sshd = sshd();
                SshHosts hosts = hosts(
                        answers("open sesame"),
                        sshd.settings("n1", "kwasked", Become.SUDO),
                        sshd.settings("n2", "kwasked", Become.SUDO));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<String>> tasks = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                String name = hosts.names().get(i % 2);
                tasks.add(() -> {
                    ScriptResult result = hosts.get(name).run("id -u; cat", SOON, line -> {});
                    return result.exitCode() + result.stdout() + result.stderr();
                });
            }
            for (Future<String> each : threads.invokeAll(tasks)) {
                assertThat(each.get()).isEqualTo("00\n");
            }
            assertThat(prompts).hasSize(1).first().asString().contains("kwasked");
        }
    }

    @Test
    void aWrongPasswordIsAskedForAgainAndNeverRunAsAScript() throws Exception {
        try (RealSshd sshd = sshd();
                SshHosts hosts = hosts(
                        answers("touch " + directory + "/leaked", "open sesame"),
                        sshd.settings("n1", "kwasked", Become.SUDO))) {
            assertThat(hosts.get("n1").run("echo fine", SOON, line -> {}).stdout())
                    .isEqualTo("fine\n");
            assertThat(prompts).hasSize(2);
            assertThat(directory.resolve("leaked")).doesNotExist();
        }
    }

    @Test
    void aPasswordWhereNoneIsWantedIsNotSent() throws Exception {
        try (RealSshd sshd = sshd();
                SshHosts hosts = hosts(
                        answers("open sesame"),
                        sshd.settings("n1", "kwasked", Become.SUDO),
                        sshd.settings("n2", "kwfree", Become.SUDO))) {
            assertThat(hosts.get("n1").run("echo one", SOON, line -> {}).stdout())
                    .isEqualTo("one\n");
            assertThat(hosts.get("n2").run("echo two", SOON, line -> {})).isEqualTo(new ScriptResult(0, "two\n", ""));
        }
    }

    /** The streams must come through as they are: a terminal would echo, cut lines at 4096 bytes and add carriage returns. */
    @ParameterizedTest
    @ValueSource(strings = {"kwterminal", "kwboth", "kwpty", "kwcsh"})
    void aSudoThatInsistsOnATerminalOrMakesOneGetsItsWay(String user) throws Exception {
        try (RealSshd sshd = sshd();
                SshHosts hosts = hosts(answers("open sesame"), sshd.settings("n1", user, Become.SUDO))) {
            for (int time = 0; time < 2; time++) {
                assertThat(hosts.get("n1").run("id -u; printf 'a\tb'; echo oops >&2; exit 3", SOON, line -> {}))
                        .isEqualTo(new ScriptResult(3, "0\na\tb", "oops\n"));
            }
            String longer = "x".repeat(100_000);
            assertThat(hosts.get("n1")
                            .run("printf %s " + longer + " | wc -c", SOON, line -> {})
                            .stdout()
                            .strip())
                    .isEqualTo("100000");
            byte[] content = new byte[300_000];
            new Random(5).nextBytes(content);
            Path file = Files.write(directory.resolve("content"), content);
            Path far = directory.resolve("far");
            String digest = HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(content));
            hosts.get("n1").upload(file, digest, far.toString(), SOON, sent -> {});
            assertThat(far).hasBinaryContent(content);
            assertThat(prompts).hasSize(user.equals("kwboth") ? 1 : 0);
        }
    }

    @Test
    void manyAtOnceLearnTogetherThatSudoWantsATerminal() throws Exception {
        try (RealSshd sshd = sshd();
                SshHosts hosts = hosts(answers(), sshd.settings("n1", "kwterminal", Become.SUDO));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<String>> tasks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                tasks.add(
                        () -> hosts.get("n1").run("echo here", SOON, line -> {}).stdout());
            }
            for (Future<String> each : threads.invokeAll(tasks)) {
                assertThat(each.get()).isEqualTo("here\n");
            }
        }
    }

    @Test
    void refusalsSayWhoAndWhatToDo() throws Exception {
        try (RealSshd sshd = sshd()) {
            TargetException wrong = failure(answers("a", "b", "c"), sshd.settings("n1", "kwasked", Become.SUDO));
            assertThat(wrong.code()).isEqualTo(Code.PRIVILEGE);
            assertThat(wrong).hasMessageContaining("refuses the password of kwasked");

            TargetException nobody = failure(PasswordSource.NONE, sshd.settings("n1", "kwasked", Become.SUDO));
            assertThat(nobody.code()).isEqualTo(Code.PRIVILEGE);
            assertThat(nobody).hasMessageContaining("nobody can be asked");
            assertThat(nobody.hint()).contains("NOPASSWD");

            TargetException barred = failure(answers("three"), sshd.settings("n1", "kwbarred", Become.SUDO));
            assertThat(barred.code()).isEqualTo(Code.PRIVILEGE);
            assertThat(barred).hasMessageContaining("not in the sudoers");

            TargetException notRoot = failure(answers(), sshd.settings("n1", "kwfree", Become.NONE));
            assertThat(notRoot.code()).isEqualTo(Code.PRIVILEGE);
            assertThat(notRoot).hasMessageContaining("uid 47110");
            assertThat(notRoot.hint()).contains("become: sudo");

            TargetException shellless = failure(answers(), sshd.settings("n1", "kwshellless", Become.NONE));
            assertThat(shellless.code()).isEqualTo(Code.PROTOCOL);
            assertThat(shellless).hasMessageContaining("This account is currently not available");
        }
    }

    @Test
    void whatTheLoginShellPrintsIsNoOutput() throws Exception {
        try (RealSshd sshd = sshd();
                SshHosts hosts = hosts(
                        answers("open sesame"),
                        sshd.settings("n1", "kwfree", Become.SUDO),
                        sshd.settings("n2", "kwasked", Become.SUDO))) {
            for (String account : List.of("kwfree", "kwasked")) {
                Files.writeString(
                        sshd.home(account).resolve(".bashrc"),
                        "echo Welcome; seq 1 5000; echo 'careful!' >&2; printf 'no line feed'; printf same >&2\n");
            }
            List<String> lines = new ArrayList<>();
            assertThat(hosts.get("n1").run("echo one; echo two >&2", SOON, lines::add))
                    .isEqualTo(new ScriptResult(0, "one\n", "two\n"));
            assertThat(lines).containsExactly("one");
            assertThat(hosts.get("n2").run("echo one; echo two >&2", SOON, line -> {}))
                    .isEqualTo(new ScriptResult(0, "one\n", "two\n"));
        }
    }

    @Test
    void uploadsAsRoot() throws Exception {
        Path file = Files.writeString(directory.resolve("file"), "content\n");
        String digest = "434728a410a78f56fc1b5899c3593436e61ab0c731e9072d95e96db290205e53";
        Path far = directory.resolve("root-only/file");
        try (RealSshd sshd = sshd();
                SshHosts hosts = hosts(answers("open sesame"), sshd.settings("n1", "kwasked", Become.SUDO))) {
            hosts.get("n1").upload(file, digest, far.toString(), SOON, sent -> {});
            assertThat(far).hasContent("content\n");
            assertThat(RealSshd.run("stat", "-c", "%U %a", far.toString())).isEqualTo("root 600\n");
        }
    }
}
