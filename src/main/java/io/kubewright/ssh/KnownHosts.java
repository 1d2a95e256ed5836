package io.kubewright.ssh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.client.config.hosts.KnownHostEntry;
import org.apache.sshd.common.config.keys.AuthorizedKeyEntry;
import org.apache.sshd.common.config.keys.PublicKeyEntryResolver;
import org.jspecify.annotations.Nullable;

/** Reads files of host keys; names may be hashed. Missing files are empty, lines that cannot be read do not count. */
final class KnownHosts {
    /**
     * One line that speaks of a host.
     *
     * @param line counted from 1
     * @param revoked the line forbids the key
     */
    record Entry(Path file, int line, PublicKey key, boolean revoked) {
        String place() {
            return file + ":" + line;
        }
    }

    /** Hashed names, patterns, negations, markers. */
    private static final String NOT_PLAIN = "|*?!@";

    private KnownHosts() {}

    static List<Entry> of(String host, int port, List<Path> files) throws IOException {
        List<Entry> found = new ArrayList<>();
        for (Path file : files) {
            if (!Files.isReadable(file)) {
                continue;
            }
            int number = 0;
            for (String line :
                    Files.readString(file, StandardCharsets.ISO_8859_1).split("\n", -1)) {
                number++;
                Optional<Entry> entry = parse(file, number, line.strip(), host, port);
                entry.ifPresent(found::add);
            }
        }
        return found;
    }

    private static Optional<Entry> parse(Path file, int number, String line, String host, int port) {
        if (line.isEmpty() || line.startsWith("#") || speaksOfOthers(line, host)) {
            return Optional.empty();
        }
        try {
            KnownHostEntry entry = KnownHostEntry.parseKnownHostEntry(line);
            if (entry == null || !entry.isHostMatch(host, port)) {
                return Optional.empty();
            }
            @Nullable String marker = entry.getMarker();
            @Nullable AuthorizedKeyEntry keyEntry = entry.getKeyEntry();
            if (keyEntry == null || "cert-authority".equals(marker)) {
                return Optional.empty();
            }
            @Nullable PublicKey key = keyEntry.resolvePublicKey(null, PublicKeyEntryResolver.IGNORING);
            return Optional.ofNullable(key).map(known -> new Entry(file, number, known, "revoked".equals(marker)));
        } catch (IOException | GeneralSecurityException | RuntimeException unreadable) {
            return Optional.empty();
        }
    }

    /** Told without parsing the line where it names hosts plainly: with many hosts, nearly all lines are others'. */
    private static boolean speaksOfOthers(String line, String host) {
        int length = host.length();
        boolean named = false;
        for (int at = 0; at < line.length() && line.charAt(at) != ' ' && line.charAt(at) != '\t'; at++) {
            if (NOT_PLAIN.indexOf(line.charAt(at)) >= 0) {
                return false;
            }
            named |= line.regionMatches(true, at, host, 0, length);
        }
        return !named;
    }
}
