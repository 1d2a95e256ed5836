package io.kubewright.engine.resource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kubewright.engine.Blob;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageArchiveTest {
    @TempDir
    private Path directory;

    private static byte[] entry(String name, byte[] content) {
        byte[] bytes = new byte[512 + (content.length + 511) / 512 * 512];
        System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, bytes, 0, name.length());
        byte[] size = "%011o".formatted(content.length).getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(size, 0, bytes, 124, size.length);
        System.arraycopy(content, 0, bytes, 512, content.length);
        return bytes;
    }

    private long unpacked(byte[]... entries) throws IOException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        for (byte[] entry : entries) {
            tar.write(entry);
        }
        tar.write(new byte[1024]);
        Path file = Files.write(directory.resolve("image.tar"), tar.toByteArray());
        return new ImageArchive("r", "d", new Blob("0", tar.size(), file)).unpackedBytes();
    }

    @Test
    void layersTakeWhatTheyAreOnceUnpacked() throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
            gzip.write(new byte[3_000_000]);
        }
        assertThat(unpacked(
                        entry("blobs/sha256/a", new byte[70_001]),
                        entry("blobs/sha256/b", compressed.toByteArray()),
                        entry("index.json", "{}".getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo(70_001 + 3_000_000 + 2);
        assertThat(unpacked()).isZero();
    }

    @Test
    void whatIsNoArchiveIsNamed() throws IOException {
        Path file = Files.writeString(directory.resolve("x"), "no archive at all ".repeat(100));
        ImageArchive image = new ImageArchive("r", "d", new Blob("0", 1800, file));
        assertThatThrownBy(image::unpackedBytes)
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining(file.toString());
    }
}
