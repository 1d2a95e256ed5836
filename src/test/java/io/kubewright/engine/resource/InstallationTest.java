package io.kubewright.engine.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.engine.Blob;
import io.kubewright.engine.Digest;
import io.kubewright.engine.StepId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InstallationTest {
    private static final String PROGRAM = "the program\n";
    private static final Blob BLOB = new Blob(Digest.sha256(PROGRAM), PROGRAM.length(), Path.of("/bundle/daemon"));
    private static final StepId ID = StepId.parse("kube/daemon@n1");

    @TempDir
    private Path directory;

    private HostDirectory host;

    private final Installation installation = installation("setting = 1\n  indented\n");

    @BeforeEach
    void makeHost() throws IOException {
        host = new HostDirectory(directory.toRealPath());
        host.program("systemctl", """
                state=${0%/*}/../state
                case $1 in
                is-enabled) if [ -e "$state/enabled" ]; then echo enabled; else echo not-found; fi ;;
                is-active) if [ -e "$state/since" ]; then echo active; else echo inactive; exit 3; fi ;;
                enable) : >"$state/enabled" ;;
                restart) date +%s >"$state/since" ;;
                show) echo "@$(cat "$state/since")" ;;
                esac
                """);
    }

    private static Installation installation(String configuration) {
        return new Installation(
                ID,
                Set.of(),
                List.of(
                        new BinaryFile("/usr/local/bin/daemon", "0755", BLOB),
                        new TextFile("/etc/daemon.conf", "0640", configuration)),
                Optional.of(new Service("daemon.service", true)),
                List.of("/var/lib/daemon"),
                Optional.empty());
    }

    /** Also when it fails, as on a file system without labels. */
    @Test
    void whatIsWrittenGetsTheTypesThatThePolicyHasForIt() throws IOException {
        host.blob(BLOB.sha256(), PROGRAM);
        host.program("restorecon", "[ -e \"$2\" ] || exit 9; exit 1");
        host.file("/etc/mine", "");
        assertThat(host.apply(installation)).isEqualTo(installation.desired(""));
        String root = directory.toRealPath().toString();
        assertThat(host.calls("restorecon").stream().map(call -> call.replace(root, "")))
                .containsExactly(
                        "-F /usr/local/bin/daemon",
                        "-F /usr/local/bin",
                        "-F /usr/local",
                        "-F /usr",
                        "-F /etc/daemon.conf");
    }

    @Test
    void nothingThereIsEmptyAndEverythingIsBrought() {
        assertThat(host.probe(installation)).isEmpty();
        assertThat(installation.blobs("")).containsExactly(BLOB);
    }

    @Test
    void isConfirmedAfterItWasApplied() throws IOException {
        host.blob(BLOB.sha256(), PROGRAM);
        assertThat(host.apply(installation)).isEqualTo(installation.desired(""));
        assertThat(host.read("/etc/daemon.conf")).isEqualTo("setting = 1\n  indented\n");
        assertThat(host.holdsBlob(BLOB.sha256())).isFalse();
        assertThat(host.calls("systemctl"))
                .contains("daemon-reload", "enable --quiet daemon.service", "restart daemon.service");
    }

    @Test
    void onlyWhatDiffersIsWritten() throws IOException {
        host.blob(BLOB.sha256(), PROGRAM);
        String before = host.apply(installation);
        Installation changed = installation("setting = 2\n");
        assertThat(changed.blobs(before)).isEmpty();
        assertThat(changed.apply(before, new io.kubewright.engine.Outputs()))
                .contains("/etc/daemon.conf")
                .doesNotContain("/usr/local/bin/daemon");
        assertThat(host.apply(changed)).isEqualTo(changed.desired(""));
    }

    @Test
    void aServiceOlderThanItsFilesIsNotAsWanted() throws IOException {
        host.blob(BLOB.sha256(), PROGRAM);
        host.apply(installation);
        Files.writeString(directory.resolve("state/since"), "1000\n");
        String observed = host.probe(installation);
        assertThat(observed).endsWith("service daemon.service enabled active outdated\n");
        assertThat(installation.blobs(observed)).isEmpty();
        assertThat(host.apply(installation)).isEqualTo(installation.desired(""));
    }

    @Test
    void modeAndContentCount() throws IOException {
        host.file("/etc/daemon.conf", "setting = 1\n  indented\n");
        assertThat(installation.desired("")).doesNotStartWith(host.probe(installation));
        assertThat(host.probe(installation))
                .contains("file /etc/daemon.conf 644 ")
                .contains("\n  setting = 1\n    indented\n");
    }

    @Test
    void aBinaryThatChangedIsSeenThoughItsDigestWasKept() throws IOException {
        host.blob(BLOB.sha256(), PROGRAM);
        host.apply(installation);
        assertThat(host.probe(installation)).isEqualTo(installation.desired(""));
        host.file("/usr/local/bin/daemon", "another one\n");
        assertThat(host.probe(installation)).contains(Digest.sha256("another one\n"));
    }

    @Test
    void undoPutsTheFirstOriginalBack() throws IOException {
        host.file("/etc/daemon.conf", "of the owner\n").blob(BLOB.sha256(), PROGRAM);
        host.apply(installation);
        host.apply(installation("setting = 2\n"));
        assertThat(host.run(installation.undo()).status()).isZero();
        assertThat(host.read("/etc/daemon.conf")).isEqualTo("of the owner\n");
        assertThat(host.exists("/usr/local/bin/daemon")).isFalse();
        assertThat(host.calls("systemctl")).contains("disable --now --quiet daemon.service");
    }

    @Test
    void aTextMayHoldWhatLooksLikeItsEnd() throws IOException {
        Installation text = new Installation(
                ID,
                Set.of(),
                List.of(new TextFile("/etc/text", "0644", "END\n$HOME `date` 'x'\nEND1\n")),
                Optional.empty(),
                List.of(),
                Optional.empty());
        assertThat(host.apply(text)).isEqualTo(text.desired(""));
        assertThat(host.read("/etc/text")).isEqualTo("END\n$HOME `date` 'x'\nEND1\n");
    }
}
