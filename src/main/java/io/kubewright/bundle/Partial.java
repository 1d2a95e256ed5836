package io.kubewright.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/** The beginning of a file that is being fetched, and beside it where it came from and in which state it was there. */
final class Partial {
    private static final int BUFFER = 1 << 16;

    private final Path file;
    private final Path origin;

    Partial(Path directory, String key) {
        this.file = directory.resolve(key);
        this.origin = directory.resolve(key + ".from");
    }

    /** Bytes that are here. */
    long size() {
        try {
            return Files.exists(file) ? Files.size(file) : 0;
        } catch (IOException unreadable) {
            return 0;
        }
    }

    /**
     * From which byte it can go on. Without a digest to check the whole by, only where the same server can tell that its file
     * is still the same.
     */
    long resumable(URI uri, boolean pinned) throws IOException {
        return pinned || validator(uri).isPresent() ? size() : 0;
    }

    /** The word by which the server knows whether its file is still the same. */
    private Optional<String> validator(URI uri) throws IOException {
        if (!Files.exists(origin)) {
            return Optional.empty();
        }
        String[] lines = Files.readString(origin).split("\n", -1);
        return lines.length > 1 && lines[0].equals(Web.address(uri)) && !lines[1].isEmpty()
                ? Optional.of(lines[1])
                : Optional.empty();
    }

    Map<String, String> headers(URI uri, long from) throws IOException {
        Map<String, String> headers = new TreeMap<>(Map.of("Accept-Encoding", "identity"));
        if (from > 0) {
            headers.put("Range", "bytes=" + from + "-");
            validator(uri).ifPresent(same -> headers.put("If-Range", same));
        }
        return headers;
    }

    /** Keeps the first bytes only, and notes where the rest comes from. */
    void begin(URI uri, HttpHeaders headers, long kept) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            channel.truncate(kept);
        }
        // A weak tag does not promise equal bytes (RFC 9110, 13.1.5).
        String same = headers.firstValue("ETag")
                .filter(tag -> !tag.startsWith("W/"))
                .or(() -> headers.firstValue("Last-Modified"))
                .orElse("");
        Files.writeString(origin, Web.address(uri) + "\n" + same + "\n");
    }

    /**
     * Takes what comes and returns the digest over the whole.
     *
     * @param most bytes of the whole
     */
    MessageDigest append(InputStream in, OptionalLong most, Received received) throws IOException {
        MessageDigest digest = Digest.sha256();
        long size = size();
        try (InputStream here = Files.newInputStream(file)) {
            byte[] buffer = new byte[BUFFER];
            for (int read = here.read(buffer); read >= 0; read = here.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.APPEND)) {
            byte[] buffer = new byte[BUFFER];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                size += read;
                if (size > most.orElse(Long.MAX_VALUE)) {
                    discard();
                    throw FetchException.otherContent("more than " + most.orElse(0) + " bytes come");
                }
                out.write(buffer, 0, read);
                digest.update(buffer, 0, read);
                received.add(read);
            }
        }
        return digest;
    }

    /** SHA-256 of what is here. */
    String digest() throws IOException {
        return Digest.of(file);
    }

    void moveTo(Path whole) throws IOException {
        Files.move(file, whole, StandardCopyOption.ATOMIC_MOVE);
        Files.deleteIfExists(origin);
    }

    void discard() throws IOException {
        Files.deleteIfExists(file);
        Files.deleteIfExists(origin);
    }
}
