package io.kubewright.bundle;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a lock says about things from elsewhere.
 *
 * @param images manifest digest, hex, by reference and architecture
 * @param downloads SHA-256 by name
 */
record Pins(Map<String, String> images, Map<String, String> downloads) {
    static final Pins NONE = new Pins(Map.of(), Map.of());

    private static final String PREFIX = "sha256:";

    static Pins of(Lock lock) {
        Map<String, String> images = new TreeMap<>();
        lock.images()
                .forEach(image -> images.put(
                        key(image.ref(), Architecture.of(image.architecture())),
                        image.manifest().substring(PREFIX.length())));
        Map<String, String> downloads = new TreeMap<>();
        lock.downloads().forEach(each -> downloads.put(each.name(), each.sha256()));
        return new Pins(images, downloads);
    }

    /** Those of the lock that was named, else of the bundle that was here before, damaged though it may be. */
    static Pins of(Optional<Path> named, Path directory) {
        if (named.isPresent()) {
            return of(Lock.readFile(named.get()));
        }
        return Files.isRegularFile(directory.resolve(Lock.FILE)) ? of(Lock.read(directory)) : NONE;
    }

    Optional<String> image(String ref, Architecture architecture) {
        return Optional.ofNullable(images.get(key(ref, architecture)));
    }

    Optional<String> download(String name) {
        return Optional.ofNullable(downloads.get(name));
    }

    /** @throws BundleException {@code OTHER_CONTENT} when another lock pins something else under the same name */
    void requireSame(Path where, Pins other) {
        List<String> differences = new ArrayList<>();
        compare(images, other.images(), differences);
        compare(downloads, other.downloads(), differences);
        if (!differences.isEmpty()) {
            throw new BundleException(
                    BundleException.Code.OTHER_CONTENT,
                    where + ": this bundle is not what the lock pins:\n  " + String.join("\n  ", differences),
                    "Delete the directory and build again with the lock, or build without it.");
        }
    }

    private static void compare(Map<String, String> pinned, Map<String, String> found, List<String> differences) {
        pinned.forEach((name, digest) -> {
            String here = found.getOrDefault(name, digest);
            if (!here.equals(digest)) {
                differences.add(name + ": sha256:" + here + " instead of sha256:" + digest);
            }
        });
    }

    private static String key(String ref, Architecture architecture) {
        return ref + " for " + architecture.label();
    }
}
