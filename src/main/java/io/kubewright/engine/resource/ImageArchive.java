package io.kubewright.engine.resource;

import io.kubewright.engine.Blob;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.StandardOpenOption;

/**
 * A container image of the bundle.
 *
 * @param reference as pods name it, with registry and tag
 * @param digest of the manifest, {@code sha256:…}
 * @param archive OCI archive that holds exactly this image
 */
public record ImageArchive(String reference, String digest, Blob archive) {
    private static final int BLOCK = 512;
    private static final int GZIP = 0x8b1f;

    /**
     * What its layers take once unpacked: of each file of the archive its size, and where it is compressed the size that
     * gzip keeps at its end (RFC 1952, modulo 4 GiB). Reads some hundred bytes; an {@link UncheckedIOException} names the
     * archive.
     */
    public long unpackedBytes() {
        try (FileChannel channel = FileChannel.open(archive.source(), StandardOpenOption.READ)) {
            long sum = 0;
            long place = 0;
            while (place + BLOCK <= channel.size()) {
                byte[] header = read(channel, place, BLOCK).array();
                if (header[0] == 0) {
                    break;
                }
                long size = octal(header, 124, 12);
                sum += unpacked(channel, place + BLOCK, size);
                place += BLOCK + (size + BLOCK - 1) / BLOCK * BLOCK;
            }
            return sum;
        } catch (IOException e) {
            throw new UncheckedIOException("the image " + archive.source() + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static long unpacked(FileChannel channel, long place, long size) throws IOException {
        if (size < 18 || Short.toUnsignedInt(read(channel, place, 2).getShort()) != GZIP) {
            return size;
        }
        return Math.max(
                size, Integer.toUnsignedLong(read(channel, place + size - 4, 4).getInt()));
    }

    private static ByteBuffer read(FileChannel channel, long place, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining() && channel.read(buffer, place + buffer.position()) > 0) {
            // On to the rest.
        }
        return buffer.flip().limit(length);
    }

    /** A number of a tar header. */
    private static long octal(byte[] header, int from, int length) throws IOException {
        String digits = new String(header, from, length, StandardCharsets.US_ASCII)
                .replace('\0', ' ')
                .strip();
        try {
            return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
        } catch (NumberFormatException e) {
            throw new IOException("it is no tar archive", e);
        }
    }
}
