package io.kubewright.lab;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Kernel settings that nspawn hosts share with this machine and can change: recorded before the first host boots and put
 * back when the lab is taken down.
 *
 * @param values content by file below {@code /proc/sys}, without the last line's end
 */
record SharedSettings(Map<String, String> values) {
    private static final Path ROOT = Path.of("/proc/sys");
    /** Bytes; longer ones are no settings. */
    private static final int LONGEST = 1 << 16;

    private static final List<String> TREES = List.of("vm", "kernel", "fs", "user", "abi", "dev");
    /** Counters, triggers and what differs from process to process: not settings. */
    private static final Set<String> NOT_SETTINGS = Set.of(
            "kernel/cad_pid",
            "kernel/domainname",
            "kernel/hostname",
            "kernel/ns_last_pid",
            "kernel/tainted",
            "vm/compact_memory",
            "vm/drop_caches",
            "vm/stat_refresh");

    private static final List<String> NOT_SETTINGS_BELOW =
            List.of("kernel/random/", "kernel/pty/", "kernel/sched_domain/", "fs/binfmt_misc/");

    static SharedSettings ofThisMachine() {
        Map<String, String> values = new TreeMap<>();
        for (String tree : TREES) {
            Path directory = ROOT.resolve(tree);
            if (!Files.isDirectory(directory)) {
                continue;
            }
            try (Stream<Path> files = Files.walk(directory)) {
                files.filter(SharedSettings::isSetting)
                        .forEach(file -> content(file)
                                .ifPresent(value ->
                                        values.put(ROOT.relativize(file).toString(), value)));
            } catch (IOException | UncheckedIOException e) {
                throw LabException.storage("cannot read the kernel settings below " + directory, e);
            }
        }
        return new SharedSettings(values);
    }

    static boolean isSetting(String name) {
        return !NOT_SETTINGS.contains(name) && NOT_SETTINGS_BELOW.stream().noneMatch(name::startsWith);
    }

    private static boolean isSetting(Path file) {
        try {
            return Files.isRegularFile(file)
                    && isSetting(ROOT.relativize(file).toString())
                    && Files.getPosixFilePermissions(file)
                            .containsAll(Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Numbers below {@code /proc/sys} are given to the first read alone, so that must ask for all. {@link Files#readAllBytes} and
     * {@link Files#readString} believe the size of 0 that these files have, and ask for one byte first: "9223372036854775807"
     * would be taken for "9" (OpenJDK 25, Linux 6.18 kernel/sysctl.c).
     */
    private static Optional<String> content(Path file) {
        byte[] buffer = new byte[LONGEST];
        int length = 0;
        try (InputStream in = Files.newInputStream(file)) {
            int read = in.read(buffer);
            while (read > 0) {
                length += read;
                read = in.read(buffer, length, LONGEST - length);
            }
        } catch (IOException e) {
            // Some answer only with an error, such as stable_secret before it is set.
            return Optional.empty();
        }
        return length < LONGEST
                ? Optional.of(new String(buffer, 0, length, StandardCharsets.ISO_8859_1).stripTrailing())
                : Optional.empty();
    }

    /** Writes back what has changed; gives a sentence for each setting that could not be. */
    List<String> putBack() {
        List<String> lost = new ArrayList<>();
        values.forEach((name, value) -> {
            Path file = ROOT.resolve(name);
            if (content(file).filter(now -> !now.equals(value)).isEmpty()) {
                return;
            }
            try {
                Files.writeString(file, value + "\n", StandardCharsets.ISO_8859_1);
            } catch (IOException e) {
                lost.add(
                        "kernel setting " + name.replace('/', '.') + " could not be put back to '" + value + "': " + e);
            }
        });
        return lost;
    }
}
