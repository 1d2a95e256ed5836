package io.kubewright.ssh;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * The files that OpenSSH reads its configuration from. Only whether they treat all hosts alike is read here, so that OpenSSH
 * is asked once and not for each of a thousand hosts; whatever is not plain counts as telling hosts apart.
 */
final class OpenSshFiles {
    private static final Path SYSTEM = Path.of("/etc/ssh/ssh_config");
    private static final int DEEPEST = 8;

    private OpenSshFiles() {}

    /** Whether what {@code ssh -G} prints differs between hosts by the name alone. */
    static boolean treatAllAlike(Surroundings surroundings) {
        Path user = surroundings.home().resolve(".ssh");
        try {
            return surroundings.configuration().isPresent()
                    ? plain(surroundings.configuration().get(), user, 0)
                    : plain(user.resolve("config"), user, 0) && plain(SYSTEM, SYSTEM.resolveSibling(""), 0);
        } catch (IOException unreadable) {
            return false;
        }
    }

    private static boolean plain(Path file, Path beside, int depth) throws IOException {
        if (!Files.exists(file)) {
            return true;
        }
        if (depth > DEEPEST) {
            return false;
        }
        for (String line : Files.readString(file, StandardCharsets.ISO_8859_1).split("\n", -1)) {
            String plain = line.strip();
            if (!plain.isEmpty() && !plain.startsWith("#") && !plainLine(plain, beside, depth)) {
                return false;
            }
        }
        return true;
    }

    private static boolean plainLine(String line, Path beside, int depth) throws IOException {
        List<String> words = List.of(line.split("[\\s=]+"));
        return switch (words.getFirst().toLowerCase(Locale.ROOT)) {
            case "host" -> words.size() == 2 && words.getLast().equals("*");
            case "match", "hostname", "canonicalizehostname", "proxyjump" -> false;
            case "include" -> words.size() == 2 && included(words.getLast(), beside, depth);
            default -> line.indexOf('%') < 0 && line.indexOf('$') < 0;
        };
    }

    private static boolean included(String pattern, Path beside, int depth) throws IOException {
        if (pattern.startsWith("~") || pattern.indexOf('"') >= 0 || pattern.indexOf('$') >= 0) {
            return false;
        }
        Path path = beside.resolve(pattern);
        Path directory = path.getParent();
        if (directory == null || directory.toString().matches(".*[*?\\[].*")) {
            return false;
        }
        if (!Files.isDirectory(directory)) {
            return true;
        }
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(directory, path.getFileName().toString())) {
            for (Path file : files) {
                if (!plain(file, beside, depth + 1)) {
                    return false;
                }
            }
        }
        return true;
    }
}
