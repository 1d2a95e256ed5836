package io.kubewright.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.cli.RealCluster.Result;
import io.kubewright.cluster.ClusterFile;
import io.kubewright.cluster.Fleet;
import io.kubewright.engine.Explanation;
import io.kubewright.engine.Journal;
import io.kubewright.engine.Secret;
import io.kubewright.spec.Become;
import io.kubewright.spec.SshSettings;
import io.kubewright.ssh.PasswordSource;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hosts as they are found: each ill gives the right refusal or result, changes nothing by halves, and leaves the other hosts
 * alone; cured, the next apply comes through. A machine holds one lab, so none may stand.
 */
@Order(3)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class HostCasesIT {
    /** Does not end before it is killed. */
    private static final String HOLDER = """
            cat >/run/holder.py <<'HOLDER'
            import fcntl, sys, time
            lock = open("/var/lib/dpkg/lock-frontend", "w")
            fcntl.lockf(lock, fcntl.LOCK_EX)
            time.sleep(float(sys.argv[1]))
            HOLDER
            setsid python3 /run/holder.py %s </dev/null >/dev/null 2>&1 &
            echo $!
            """;

    @TempDir
    private static Path temporary;

    private static @Nullable BareHosts raised;

    @BeforeAll
    static void raise() throws Exception {
        raised = BareHosts.up(temporary, "host-cases", 3);
    }

    @AfterAll
    static void lower() throws Exception {
        if (raised != null) {
            raised.close();
        }
    }

    private static BareHosts hosts() {
        return Optional.ofNullable(raised).orElseThrow();
    }

    private static Result prepare() {
        return hosts().kubewright("apply", "--yes", "--only", "host");
    }

    private static Result refused(Result result) {
        assertThat(result.code()).as("%s%n%s", result.out(), result.err()).isEqualTo(3);
        System.out.println(result.err());
        return result;
    }

    /** Plan and apply are refused in the same words, which name the host and what is the matter. */
    private static void refusedWith(List<String> arguments, String... words) throws Exception {
        var before = hosts().each(HostCasesIT::done);
        List<String> apply = new ArrayList<>(List.of("apply", "--yes"));
        apply.addAll(arguments);
        List<String> plan = new ArrayList<>(List.of("plan"));
        plan.addAll(arguments);
        for (List<String> command : List.of(plan, apply)) {
            assertThat(refused(hosts().kubewright(command.toArray(String[]::new)))
                            .err())
                    .contains(words);
        }
        assertThat(hosts().each(HostCasesIT::done)).isEqualTo(before);
    }

    /** Everything that was ever begun on a host. */
    private static String done(String host) throws IOException, InterruptedException {
        return hosts().told(host, "cat /var/lib/kubewright/journal 2>/dev/null || :");
    }

    private static void lackEthtool(String... names) throws Exception {
        for (String name : names) {
            hosts().told(name, "dpkg -r ethtool");
        }
    }

    private static void isPrepared() {
        assertThat(hosts().kubewright("plan", "--only", "host").done().out()).contains("0 to change");
    }

    @Test
    @Order(1)
    void aFullVarIsRefusedBeforeAnythingBegins() throws Exception {
        Path saved = temporary.resolve("saved.json");
        assertThat(hosts().kubewright("plan", "--only", "host", "-o", saved.toString())
                        .code())
                .isEqualTo(2);
        hosts().told("h2", """
                mount -t tmpfs -o "size=$(($(du -sm /var | cut -f1) + 30))m" tmpfs /mnt
                cp -a /var/. /mnt/
                mount --bind /mnt /var
                dd if=/dev/zero of=/var/filler bs=1M 2>/dev/null || :
                """);

        refusedWith(List.of("--only", "host"), "h2 has 0 MiB free", "/var/lib/kubewright", "MiB are needed there");
        assertThat(refused(hosts().kubewright("apply", "--yes", saved.toString()))
                        .err())
                .contains("h2 has 0 MiB free");

        hosts().told("h2", "umount -l /var; umount -l /mnt");
        prepare().done();
        isPrepared();
    }

    @Test
    @Order(2)
    void aPackageManagerThatEndsIsWaitedFor() throws Exception {
        lackEthtool("h1", "h2");
        hosts().told("h1", HOLDER.formatted("12"));

        Result apply =
                hosts().kubewright("apply", "-v", "--yes", "--only", "host").done();

        assertThat(apply.out() + apply.err())
                .contains("waiting for another package manager: Could not get lock", "held by process", "(python3)");
        isPrepared();
    }

    @Test
    @Order(3)
    void aPackageManagerThatDoesNotEndIsNamedAndNothingIsHalfDone() throws Exception {
        lackEthtool("h1", "h2");
        String holder = hosts().told("h1", HOLDER.formatted("600"));

        ProcessBuilder builder = hosts().builder("apply", "--yes", "--only", "host");
        builder.environment().put("KUBEWRIGHT_PACKAGE_LOCK_SECONDS", "4");
        Process apply = builder.start();
        String out = new String(apply.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(apply.waitFor()).as(out).isEqualTo(1);
        assertThat(out)
                .contains(
                        "[h1] host/packages FAILED",
                        "another package manager did not end within 4 s; no package was changed")
                .contains("held by process " + holder + " (python3)");
        assertThat(hosts().told("h1", "dpkg --audit; ls -d /var/lib/kubewright/packages.?????? 2>/dev/null || :"))
                .isEmpty();
        assertThat(hosts().told("h2", "dpkg-query -W -f '${db:Status-Status}' ethtool"))
                .as("the other host")
                .isEqualTo("installed");

        hosts().told("h1", "kill " + holder);
        prepare().done();
        isPrepared();
    }

    @Test
    @Order(4)
    void aCopyOfAHostIsToldByItsMachineId() throws Exception {
        String second = hosts().told("h2", "cat /etc/machine-id");
        String first = hosts().told("h1", "cat /etc/machine-id");
        hosts().told("h2", "echo " + first + " >/etc/machine-id");

        refusedWith(List.of("--only", "host"), "h1, h2 have the same machine-id " + first, "systemd-machine-id-setup");

        hosts().told("h2", "echo " + second + " >/etc/machine-id");
        isPrepared();
    }

    @Test
    @Order(5)
    void anEtcThatIsReadOnlyIsRefused() throws Exception {
        lackEthtool("h3");
        hosts().told("h3", "mount --bind /etc /etc; mount -o remount,bind,ro /etc");

        refusedWith(List.of("--only", "host"), "h3 has /etc on a file system that is mounted read-only", "remount,rw");

        hosts().told("h3", "umount -l /etc");
        prepare().done();
        isPrepared();
    }

    @Test
    @Order(6)
    void noRoomForImagesIsRefusedWithWhatIsNeeded() throws Exception {
        hosts().told("h2", "mkdir -p /var/lib/containerd; mount -t tmpfs -o size=100m tmpfs /var/lib/containerd");

        refusedWith(
                List.of(), "h2 has 100 MiB free on the file system of /var/lib/containerd, and ", " MiB are needed");
        isPrepared();

        hosts().told("h2", "umount /var/lib/containerd");
        assertThat(hosts().kubewright("plan").code()).isEqualTo(2);
    }

    /** Everywhere else the lab's hosts are reached by a user who may use sudo without a password. */
    @Test
    @Order(7)
    void aUserWhomSudoAsksForAPasswordPreparesThem() throws Exception {
        lackEthtool("h1", "h2", "h3");
        hosts().each(host -> hosts().told(host, """
                useradd -m asked
                echo 'asked:open sesame' | chpasswd
                echo 'asked ALL=(ALL) ALL' >/etc/sudoers.d/asked
                install -d -o asked -m 700 ~asked/.ssh
                install -o asked -m 600 ~admin/.ssh/authorized_keys ~asked/.ssh/
                """));

        Result nobody = asked(PasswordSource.NONE);
        assertThat(nobody.code()).isEqualTo(1);
        assertThat(nobody.err()).contains("nobody can be asked", "NOPASSWD", "nothing was touched");

        List<String> prompts = new ArrayList<>();
        asked(prompt -> {
                    prompts.add(prompt);
                    return Optional.of(Secret.of("open sesame"));
                })
                .done();
        assertThat(prompts).as("one for all hosts").hasSize(1);
        isPrepared();
    }

    private static Result asked(PasswordSource passwords) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = Main.execute(
                Terminal.plain(
                        new PrintStream(out, true, StandardCharsets.UTF_8),
                        new PrintStream(err, true, StandardCharsets.UTF_8)),
                new Asked(passwords),
                "apply",
                "--yes",
                "--only",
                "host",
                "-f",
                hosts().file());
        return new Result(code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** The hosts of the lab, by another user. */
    private record Asked(PasswordSource passwords) implements ClusterWork.Source {
        @Override
        public ClusterWork open(CommonOptions options) {
            SshSettings ours = hosts().lab().ssh();
            SshSettings settings = new SshSettings(
                    Optional.of("asked"),
                    Become.SUDO,
                    ours.identityFile(),
                    ours.port(),
                    ours.jump(),
                    ours.knownHosts());
            return Clusters.open(
                    ClusterFile.read(options.file()),
                    Optional.of(hosts().lab()),
                    file -> Fleet.of(
                            file.withHosts(file.hosts().stream()
                                    .map(host -> host.withSsh(settings))
                                    .toList()),
                            passwords));
        }

        @Override
        public Optional<Explanation> explanation(String path) {
            return Optional.empty();
        }

        @Override
        public List<Explanation> explanations() {
            return List.of();
        }
    }

    /** What was done to the journal on the operator's machine, and what gives it away. */
    private enum Forgery {
        EDITED("the chain breaks here") {
            @Override
            void make(Path journal, List<String> lines) throws IOException {
                lines.set(2, lines.get(2).replace("@h", "@x"));
                Files.write(journal, lines);
            }
        },
        ENTRY_DELETED("the chain breaks here") {
            @Override
            void make(Path journal, List<String> lines) throws IOException {
                lines.remove(3);
                Files.write(journal, lines);
            }
        },
        TRUNCATED("does not hold the end of run") {
            @Override
            void make(Path journal, List<String> lines) throws IOException {
                Files.write(journal, lines.subList(0, lines.size() - 1));
            }
        },
        CUT_WITHIN_A_LINE("the chain breaks here") {
            @Override
            void make(Path journal, List<String> lines) throws IOException {
                String whole = Files.readString(journal);
                Files.writeString(journal, whole.substring(0, whole.length() - 40));
            }
        },
        COMPUTED_ANEW("does not hold the end of run") {
            @Override
            void make(Path journal, List<String> lines) throws IOException {
                List<Journal.Entry> entries = Journal.read(journal).entries();
                Files.delete(journal);
                try (Journal forged = Journal.open(journal)) {
                    entries.stream()
                            .filter(entry -> !entry.event().equals("failed"))
                            .forEach(entry -> forged.append(
                                    entry.run(), entry.plan(), entry.event(), entry.step(), entry.detail()));
                }
                assertThat(Journal.read(journal).fault())
                        .as("in itself it is whole")
                        .isEmpty();
            }
        },
        GONE("does not hold the end of run") {
            @Override
            void make(Path journal, List<String> lines) throws IOException {
                Files.delete(journal);
            }
        };

        private final String trace;

        Forgery(String trace) {
            this.trace = trace;
        }

        abstract void make(Path journal, List<String> lines) throws IOException;
    }

    @Test
    @Order(8)
    void aForgedJournalIsFoundOut() throws Exception {
        Path journal = hosts().journal();
        byte[] kept = Files.readAllBytes(journal);
        hosts().kubewright("journal", "verify").done();
        for (Forgery forgery : Forgery.values()) {
            forgery.make(journal, new ArrayList<>(Files.readAllLines(journal)));

            Result verify = hosts().kubewright("journal", "verify");

            assertThat(verify.code()).as("%s: %s", forgery, verify.out()).isEqualTo(2);
            assertThat(verify.out()).as("%s", forgery).contains(forgery.trace);
            Files.write(journal, kept);
        }
        hosts().kubewright("journal", "verify").done();
    }
}
