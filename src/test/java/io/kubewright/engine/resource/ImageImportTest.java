package io.kubewright.engine.resource;

import static org.assertj.core.api.Assertions.assertThat;

import io.kubewright.engine.Blob;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.StepId;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageImportTest {
    private static final ImageArchive PAUSE = image("registry.k8s.io/pause:3.10.2", "1");
    private static final ImageArchive PROXY = image("registry.k8s.io/kube-proxy:v1.36.4", "2");

    @TempDir
    private Path directory;

    private HostDirectory host;

    private final ImageImport images = new ImageImport(StepId.parse("kube/images@n1"), Set.of(), List.of(PROXY, PAUSE));

    private static ImageArchive image(String reference, String digit) {
        return new ImageArchive(
                reference, "sha256:" + digit.repeat(64), new Blob("a" + digit.repeat(63), 10, Path.of("/bundle/x")));
    }

    @BeforeEach
    void makeHost() throws IOException {
        host = new HostDirectory(directory.toRealPath());
        host.program("ctr", """
                echo 'REF TYPE DIGEST SIZE PLATFORMS LABELS'
                cat "${0%/*}/../state/images" 2>/dev/null
                """);
    }

    private void listen() throws IOException {
        Files.createDirectories(host.path("/run/containerd"));
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                .bind(UnixDomainSocketAddress.of(host.path("/run/containerd/containerd.sock")));
    }

    private void held(String... lines) throws IOException {
        listen();
        Files.write(host.path("/state/images"), List.of(lines));
    }

    @Test
    void nothingRunsAndNothingIsThere() {
        assertThat(host.probe(images)).isEmpty();
        assertThat(images.blobs("")).containsExactly(PROXY.archive(), PAUSE.archive());
    }

    @Test
    void othersAreNotSeenAndOnlyTheMissingIsBrought() throws IOException {
        held(
                PAUSE.reference() + " application/x " + PAUSE.digest() + " 1 MiB linux/amd64 io.cri=x",
                "docker.io/library/other:1 application/x sha256:9 1 MiB linux/amd64 -");
        String observed = host.probe(images);
        assertThat(observed).isEqualTo("image " + PAUSE.reference() + " " + PAUSE.digest() + "\n");
        assertThat(images.blobs(observed)).containsExactly(PROXY.archive());
        assertThat(images.apply(observed, new Outputs()))
                .contains(PROXY.reference())
                .doesNotContain(PAUSE.reference());
    }

    @Test
    void allThereIsAsWanted() throws IOException {
        held(
                PAUSE.reference() + " application/x " + PAUSE.digest() + " 1 MiB linux/amd64 -",
                PROXY.reference() + " application/x " + PROXY.digest() + " 1 MiB linux/amd64 -");
        assertThat(host.probe(images)).isEqualTo(images.desired(""));
        assertThat(images.blobs(images.desired(""))).isEmpty();
    }

    @Test
    void anotherImageUnderTheSameNameIsReplaced() throws IOException {
        held(PAUSE.reference() + " application/x sha256:old 1 MiB linux/amd64 -");
        assertThat(images.blobs(host.probe(images))).containsExactly(PROXY.archive(), PAUSE.archive());
    }
}
