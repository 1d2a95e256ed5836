package io.kubewright.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/** Removes directories with all below them, mounts first. */
final class Trees {
    private Trees() {}

    static void remove(Path directory) {
        if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        unmount(directory);
        // rm stays on descriptors where a walk by names would follow a link put there meanwhile.
        Command.of("rm", "-rf", "--one-file-system", "--", directory.toString())
                .within(Duration.ofMinutes(10))
                .run();
    }

    private static void unmount(Path directory) {
        for (Path mount : mountsBelow(directory, StateDirectory.text(Path.of("/proc/self/mountinfo")))) {
            Command.of("umount", "--lazy", mount.toString()).run();
        }
    }

    /** The mount points at or below a directory, deepest first. */
    static List<Path> mountsBelow(Path directory, String mountInfo) {
        return mountInfo
                .lines()
                .map(line -> line.split(" "))
                .filter(columns -> columns.length > 4)
                .map(columns -> Path.of(columns[4].replace("\\040", " ")))
                .filter(mount -> mount.startsWith(directory))
                .sorted(Comparator.comparingInt(Path::getNameCount).reversed())
                .toList();
    }

    /** Makes a directory and its parents. */
    static void make(Path directory) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw LabException.storage("cannot make " + directory, e);
        }
    }
}
