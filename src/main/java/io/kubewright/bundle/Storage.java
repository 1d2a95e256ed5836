package io.kubewright.bundle;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Directories that appear whole or not at all. */
final class Storage {
    private Storage() {}

    /** Fills a directory. */
    interface Filling {
        void fill(Path directory) throws IOException, InterruptedException;
    }

    /** Makes a directory by filling one beside it and renaming that; an unfinished one is removed. */
    static void whole(Path directory, Filling filling) throws InterruptedException {
        try {
            Path parent = directory.toAbsolutePath().getParent();
            if (parent == null) {
                throw new IOException(directory + " has no parent");
            }
            Files.createDirectories(parent);
            Path making = Files.createTempDirectory(parent, ".making-");
            try {
                filling.fill(making);
                Files.setPosixFilePermissions(making, PosixFilePermissions.fromString("rwxr-xr-x"));
                delete(directory);
                Files.move(making, directory, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                delete(making);
            }
        } catch (IOException failed) {
            throw BundleException.storage("making " + directory, failed);
        }
    }

    /** Removes what killed builds left in a directory; only while the build lock is held. */
    static void sweep(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        List<Path> left;
        try (Stream<Path> entries = Files.list(directory)) {
            left = entries.filter(each -> each.getFileName().toString().startsWith(".making-"))
                    .toList();
        }
        for (Path each : left) {
            delete(each);
        }
    }

    static void delete(Path path) throws IOException {
        if (!Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(path)) {
            for (Path each : tree.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        }
    }

    /** The same content at another place, as a second name where the file system allows. */
    static void place(Path from, Path to, boolean executable) throws IOException {
        Files.createDirectories(to.getParent() == null ? to : to.getParent());
        try {
            Files.createLink(to, from);
        } catch (FileAlreadyExistsException twice) {
            throw twice;
        } catch (IOException | UnsupportedOperationException noLinks) {
            try (InputStream in = Files.newInputStream(from)) {
                Files.copy(in, to);
            }
        }
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
    }
}
