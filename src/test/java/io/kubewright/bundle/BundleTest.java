package io.kubewright.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BundleTest {
    private static final BundleData DATA = new BundleData(
            "Never",
            "registry.k8s.io",
            "v3.6.16",
            "registry.k8s.io/coredns",
            "v1.14.7",
            "registry.k8s.io/pause:3.10.2",
            Map.of("calico-node", Map.of("NAME", "value")));

    @TempDir
    private Path directory;

    @BeforeEach
    void make() throws IOException {
        List<Lock.FileEntry> files = new ArrayList<>();
        for (String path : List.of(
                "bin/amd64/kubelet",
                "bin/amd64/cni/loopback",
                "images/amd64/pause.tar",
                "manifests/calico.yaml",
                "packages/debian-13-amd64/kmod.deb")) {
            Path file = directory.resolve(path);
            Files.createDirectories(directory.resolve(path.substring(0, path.lastIndexOf('/'))));
            Files.writeString(file, "content of " + path);
            files.add(new Lock.FileEntry(path, Digest.of(file), Files.size(file)));
        }
        Lock lock = new Lock(
                Lock.SCHEMA,
                "source",
                "0".repeat(64),
                List.of("core"),
                List.of("amd64"),
                Map.of("go", "go1.26.7"),
                List.of(new Lock.PartEntry("kubernetes", "v1.36.4", "Apache-2.0", "k8s.io/kubernetes", "")),
                files,
                List.of(
                        new Lock.NamedEntry("kubelet", "amd64", "bin/amd64/kubelet"),
                        new Lock.NamedEntry("cni/loopback", "amd64", "bin/amd64/cni/loopback")),
                List.of(new Lock.ImageEntry(
                        "pause",
                        "registry.k8s.io/pause:3.10.2",
                        "amd64",
                        "sha256:1",
                        "sha256:2",
                        "images/amd64/pause.tar")),
                List.of(new Lock.NamedEntry("calico", "", "manifests/calico.yaml")),
                List.of(new Lock.PackageEntry(
                        "debian-13", "amd64", "node", "kmod", "34", true, "packages/debian-13-amd64/kmod.deb")),
                List.of(new Lock.DownloadEntry("dl.example/kubelet", "0".repeat(64), 7)),
                DATA);
        Files.write(directory.resolve(Lock.FILE), lock.bytes());
    }

    @Test
    void everythingLockedIsFoundByItsName() {
        Bundle bundle = Bundle.open(directory);
        assertThat(bundle.version("kubernetes")).isEqualTo("v1.36.4");
        assertThat(bundle.file("kubelet", Architecture.AMD64)).satisfies(file -> {
            assertThat(file.path()).hasContent("content of bin/amd64/kubelet");
            assertThat(file.blob().sha256()).isEqualTo(Digest.of("content of bin/amd64/kubelet"));
        });
        assertThat(bundle.filesUnder("cni", Architecture.AMD64))
                .extracting(BundleFile::name)
                .containsExactly("cni/loopback");
        assertThat(bundle.image("pause", Architecture.AMD64).imageId()).isEqualTo("sha256:2");
        assertThat(bundle.manifest("calico")).isEqualTo("content of manifests/calico.yaml");
        assertThat(bundle.packages("debian-13", Architecture.AMD64))
                .extracting(BundlePackage::name)
                .containsExactly("kmod");
        assertThat(bundle.packages("debian-12", Architecture.AMD64)).isEmpty();
        assertThat(bundle.data()).isEqualTo(DATA);
        assertThat(bundle.verify()).isEmpty();
    }

    @Test
    void whatIsNotThereIsRefusedByName() {
        Bundle bundle = Bundle.open(directory);
        assertThatThrownBy(() -> bundle.file("kubelet", Architecture.ARM64))
                .isInstanceOfSatisfying(
                        BundleException.class,
                        thrown -> assertThat(thrown.code()).isEqualTo(BundleException.Code.NOT_IN_BUNDLE))
                .hasMessageContaining("kubelet for arm64");
    }

    @Test
    void everyFlippedByteIsFound() throws IOException {
        Bundle bundle = Bundle.open(directory);
        for (Lock.FileEntry entry : Lock.read(directory).files()) {
            Path file = directory.resolve(entry.path());
            byte[] good = Files.readAllBytes(file);
            for (int i = 0; i < good.length; i++) {
                byte[] bad = good.clone();
                bad[i] ^= 1;
                Files.write(file, bad);
                assertThat(bundle.verify())
                        .as("byte %d", i)
                        .extracting(Bundle.Flaw::path)
                        .containsExactly(entry.path());
            }
            Files.write(file, good);
        }
        assertThat(bundle.verify()).isEmpty();
    }

    @Test
    void missingCutAndForeignFilesAreFound() throws IOException {
        Files.delete(directory.resolve("bin/amd64/kubelet"));
        Files.writeString(directory.resolve("bin/amd64/cni/loopback"), "cut");
        Files.writeString(directory.resolve("bin/amd64/more"), "foreign");
        assertThat(Bundle.open(directory).verify())
                .extracting(Bundle.Flaw::path)
                .containsExactlyInAnyOrder("bin/amd64/kubelet", "bin/amd64/cni/loopback", "bin/amd64/more");
        assertThatThrownBy(() -> Bundle.open(directory).requireIntact()).hasMessageContaining("it is missing");
    }

    @Test
    void aLinkInPlaceOfAFileIsAFlaw() throws IOException {
        Path file = directory.resolve("bin/amd64/kubelet");
        Path elsewhere = Files.createTempFile("kubelet", "");
        Files.copy(file, elsewhere, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        Files.delete(file);
        Files.createSymbolicLink(file, elsewhere);
        assertThat(Bundle.open(directory).verify())
                .extracting(Bundle.Flaw::path)
                .containsExactly("bin/amd64/kubelet");
        Files.delete(elsewhere);
    }

    @Test
    void aChangedManifestIsNotGivenOut() throws IOException {
        Bundle bundle = Bundle.open(directory);
        Files.writeString(directory.resolve("manifests/calico.yaml"), "content of manifests/calicO.yaml");
        assertThatThrownBy(() -> bundle.manifest("calico"))
                .isInstanceOfSatisfying(
                        BundleException.class,
                        thrown -> assertThat(thrown.code()).isEqualTo(BundleException.Code.CORRUPT));
    }

    @Test
    void aDirectoryWithoutAReadableLockIsNoBundle() throws IOException {
        Path lock = directory.resolve(Lock.FILE);
        String good = Files.readString(lock);
        for (String bad : List.of(
                "",
                "{",
                "[]",
                good.replace("bundle-lock/v1", "bundle-lock/v2"),
                good.replace("\"bin/amd64/kubelet\"", "\"../kubelet\""),
                good.replace("\"bin/amd64/kubelet\"", "\"/etc/passwd\""))) {
            Files.writeString(lock, bad);
            assertThatThrownBy(() -> Bundle.open(directory))
                    .as(bad)
                    .isInstanceOfSatisfying(
                            BundleException.class,
                            thrown -> assertThat(thrown.code()).isEqualTo(BundleException.Code.NOT_A_BUNDLE));
        }
        Files.delete(lock);
        assertThatThrownBy(() -> Bundle.open(directory)).isInstanceOf(BundleException.class);
    }

    @Test
    void theLockIsTheSameTextAfterReadingAndWriting() throws IOException {
        byte[] written = Files.readAllBytes(directory.resolve(Lock.FILE));
        assertThat(Lock.read(directory).bytes()).isEqualTo(written);
    }

    @Test
    void aLockWithoutDownloadsHasNoWordOfThem() throws IOException {
        Path lock = directory.resolve(Lock.FILE);
        String written = Files.readString(lock);
        String without = written.replaceFirst("(?s)  \"downloads\" : \\[.*?\n  ],\n", "");
        assertThat(without).doesNotContain("downloads").isNotEqualTo(written);
        Files.writeString(lock, without);

        assertThat(Lock.read(directory).downloads()).isEmpty();
        assertThat(Lock.read(directory).bytes()).asString().isEqualTo(without);
    }
}
