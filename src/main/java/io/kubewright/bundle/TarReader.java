package io.kubewright.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads the tar archives that dpkg makes: ustar with GNU's or PAX' long names. */
final class TarReader {
    /**
     * An entry.
     *
     * @param path without a leading {@code ./} and without a closing slash; empty for the root
     * @param type the tar type flag
     */
    record Entry(String path, char type, int mode, String link, byte[] content) {}

    private final InputStream in;

    TarReader(InputStream in) {
        this.in = in;
    }

    Optional<Entry> next() throws IOException {
        @Nullable String longPath = null;
        @Nullable String longLink = null;
        while (true) {
            byte[] header = in.readNBytes(TarWriter.BLOCK);
            if (header.length < TarWriter.BLOCK || header[0] == 0) {
                return Optional.empty();
            }
            char type = header[156] == 0 ? '0' : (char) header[156];
            int size = Math.toIntExact(octal(header, 124, 12));
            byte[] content = in.readNBytes(size);
            in.skipNBytes((TarWriter.BLOCK - size % TarWriter.BLOCK) % TarWriter.BLOCK);
            switch (type) {
                case 'L' -> longPath = text(content, 0, content.length);
                case 'K' -> longLink = text(content, 0, content.length);
                case 'x' -> {
                    longPath = extended(content, "path").orElse(longPath);
                    longLink = extended(content, "linkpath").orElse(longLink);
                }
                case 'g' -> {}
                default -> {
                    String path = longPath != null ? longPath : prefixed(header);
                    String link = longLink != null ? longLink : text(header, 157, 100);
                    return Optional.of(
                            new Entry(plain(path), type, (int) octal(header, 100, 8) & 07777, link, content));
                }
            }
        }
    }

    private static String prefixed(byte[] header) {
        String name = text(header, 0, 100);
        boolean posix = text(header, 257, 6).equals("ustar");
        String prefix = posix ? text(header, 345, 155) : "";
        return prefix.isEmpty() ? name : prefix + "/" + name;
    }

    private static String plain(String path) {
        String stripped = path.startsWith("./") ? path.substring(2) : path;
        return stripped.endsWith("/") ? stripped.substring(0, stripped.length() - 1) : stripped;
    }

    private static Optional<String> extended(byte[] content, String key) {
        return text(content, 0, content.length)
                .lines()
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .filter(line -> line.startsWith(key + "="))
                .map(line -> line.substring(key.length() + 1))
                .findFirst();
    }

    private static String text(byte[] block, int offset, int length) {
        int end = offset;
        while (end < offset + length && block[end] != 0) {
            end++;
        }
        return new String(block, offset, end - offset, StandardCharsets.UTF_8);
    }

    private static long octal(byte[] block, int offset, int length) throws IOException {
        String digits = text(block, offset, length).strip();
        try {
            return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
        } catch (NumberFormatException malformed) {
            throw new IOException("not a tar header: " + digits, malformed);
        }
    }
}
