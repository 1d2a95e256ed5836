package io.kubewright.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubewright.engine.ScriptResult;
import io.kubewright.engine.TargetException;
import io.kubewright.engine.TargetException.Code;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against OpenSSH's sshd, logging in as root. */
class SshHostIT {
    private static final Duration SOON = Duration.ofSeconds(20);

    @TempDir
    Path directory;

    @BeforeAll
    static void rootAndSshd() {
        RealSshd.require("/usr/sbin/sshd", "/usr/bin/unshare");
    }

    private SshHosts hosts(SshSettings... settings) throws Exception {
        return new SshHosts(List.of(settings), PasswordSource.NONE, RealSshd.nothing(directory));
    }

    @Test
    void runsAScriptAsRootWithBothOutputsApart() throws Exception {
        try (RealSshd sshd = RealSshd.start(directory);
                SshHosts hosts = hosts(sshd.settings("n1"))) {
            List<String> lines = new ArrayList<>();
            ScriptResult result = hosts.get("n1")
                    .run(
                            "id -u; echo 'größer ✓'; echo wrong >&2; pwd; umask; printf unended; exit 7",
                            SOON,
                            lines::add);
            assertThat(result.exitCode()).isEqualTo(7);
            assertThat(result.stdout()).isEqualTo("0\ngrößer ✓\n/\n0022\nunended");
            assertThat(result.stderr()).isEqualTo("wrong\n");
            assertThat(lines).containsExactly("0", "größer ✓", "/", "0022", "unended");
        }
    }

    @Test
    void oneConnectionServesManyThreads() throws Exception {
        try (RealSshd sshd = RealSshd.start(directory);
                SshHosts hosts = hosts(sshd.settings("n1"));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<String>> tasks = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                int number = i;
                tasks.add(() ->
                        hosts.get("n1").run("echo " + number, SOON, line -> {}).stdout());
            }
            List<String> outputs = new ArrayList<>();
            for (Future<String> each : threads.invokeAll(tasks)) {
                outputs.add(each.get().strip());
            }
            assertThat(outputs).hasSize(20).doesNotHaveDuplicates();
            assertThat(sshd.logins()).isOne();
        }
    }

    @Test
    void uploadsWholeOrNotAtAll() throws Exception {
        byte[] content = new byte[5_000_000];
        new Random(7).nextBytes(content);
        Path file = Files.write(directory.resolve("content"), content);
        String digest =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content));
        Path far = directory.resolve("far away/it's here");
        try (RealSshd sshd = RealSshd.start(directory);
                SshHosts hosts = hosts(sshd.settings("n1"))) {
            List<Long> progress = new ArrayList<>();
            hosts.get("n1").upload(file, digest, far.toString(), SOON, progress::add);
            assertThat(far).hasBinaryContent(content);
            assertThat(progress.getLast()).isEqualTo(content.length);
            assertThat(progress).isSorted();

            Path other = directory.resolve("far away/other");
            assertThatThrownBy(() -> hosts.get("n1").upload(file, "0".repeat(64), other.toString(), SOON, sent -> {}))
                    .isInstanceOfSatisfying(
                            TargetException.class,
                            failure -> assertThat(failure.code()).isEqualTo(Code.PROTOCOL))
                    .hasMessageContaining(digest);
            try (var left = Files.list(directory.resolve("far away"))) {
                assertThat(left).containsExactly(far);
            }
        }
    }
}
