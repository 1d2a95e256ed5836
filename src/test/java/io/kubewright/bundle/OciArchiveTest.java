package io.kubewright.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class OciArchiveTest {
    private static final String REF = "registry.example/a/b:v1";
    private static final Catalogue.Image IMAGE = new Catalogue.Image(
            "b",
            "registry.example/a/b",
            "p",
            "static",
            Map.of(),
            Map.of(),
            Map.of(),
            List.of("/b"),
            List.of("serve"),
            Map.of("Z", "1", "A", "2"),
            "999");

    @TempDir
    private Path directory;

    private Path write(String name, String content, String permissions, long seconds) throws IOException {
        Path source = Files.writeString(
                Files.createDirectories(directory.resolve(name)).resolve("b"), content);
        Files.setPosixFilePermissions(source, PosixFilePermissions.fromString(permissions));
        Files.setLastModifiedTime(source, FileTime.fromMillis(seconds * 1000));
        FileTree own = new FileTree(Userland.accounts());
        own.put("/b", new FileTree.RegularFile(0755, new FileTree.OnDisk(source)));
        Path out = directory.resolve(name + ".tar");
        OciArchive.write(out, REF, Architecture.AMD64, IMAGE, List.of(Userland.accounts(), own));
        return out;
    }

    @Test
    void equalContentsGiveEqualBytesWhateverTheFilesLookLikeOutside() throws IOException {
        Path one = write("one", "program", "rwxr-xr-x", 1_000_000_000);
        Path other = write("a/much/longer/place", "program", "rw-------", 2_000_000_000);
        assertThat(one).hasSameBinaryContentAs(other);
        assertThat(write("three", "Program", "rwxr-xr-x", 1_000_000_000))
                .satisfies(
                        different -> assertThat(Files.mismatch(one, different)).isNotNegative());
    }

    /** Pins the format: a change of these bytes changes every image's digest in every bundle. */
    @Test
    void theFormatDoesNotChangeUnnoticed() throws IOException {
        assertThat(Digest.of(write("one", "program", "rwxr-xr-x", 0)))
                .isEqualTo("c2d93569f2dac0fa13d7ab86af03117b9286ef209a825f9b1102f6409919c3b9");
    }

    @Test
    void everyBlobIsNamedByItsDigestAndTheIndexLeadsToTheLayers() throws IOException {
        Map<String, byte[]> files = read(write("one", "program", "rwxr-xr-x", 0));
        files.forEach((path, content) -> {
            if (path.startsWith("blobs/sha256/")) {
                assertThat(Digest.of(content)).isEqualTo(path.substring("blobs/sha256/".length()));
            }
        });
        JsonNode entry = json(files, "index.json").at("/manifests/0");
        assertThat(entry.at("/annotations").get("io.containerd.image.name").asString())
                .isEqualTo(REF);
        assertThat(entry.at("/platform/architecture").asString()).isEqualTo("amd64");
        JsonNode manifest = json(files, blob(entry));
        JsonNode config = json(files, blob(manifest.at("/config")));
        assertThat(config.at("/config/User").asString()).isEqualTo("999");
        assertThat(config.at("/config/Entrypoint/0").asString()).isEqualTo("/b");
        assertThat(config.at("/config/Cmd/0").asString()).isEqualTo("serve");
        assertThat(config.at("/config/Env").toString()).contains("\"A=2\",\"Z=1\"");
        assertThat(manifest.at("/layers").size()).isEqualTo(2);
        for (int i = 0; i < 2; i++) {
            JsonNode layer = manifest.at("/layers/" + i);
            assertThat(files).containsKey(blob(layer));
            assertThat(layer.get("size").asLong()).isEqualTo(files.getOrDefault(blob(layer), new byte[0]).length);
            // Not compressed, so both digests are the same.
            assertThat(config.at("/rootfs/diff_ids/" + i).asString())
                    .isEqualTo(layer.get("digest").asString());
        }
    }

    private static String blob(JsonNode descriptor) {
        return "blobs/" + descriptor.get("digest").asString().replace(':', '/');
    }

    private static JsonNode json(Map<String, byte[]> files, String path) {
        return new JsonMapper().readTree(new String(files.getOrDefault(path, new byte[0]), UTF_8));
    }

    private static Map<String, byte[]> read(Path archive) throws IOException {
        TarReader reader = new TarReader(new ByteArrayInputStream(Files.readAllBytes(archive)));
        Map<String, byte[]> files = new TreeMap<>();
        for (Optional<TarReader.Entry> entry = reader.next(); entry.isPresent(); entry = reader.next()) {
            files.put(entry.get().path(), entry.get().content());
        }
        return files;
    }
}
