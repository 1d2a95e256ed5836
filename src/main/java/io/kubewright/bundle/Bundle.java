package io.kubewright.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A directory that holds everything Kubewright installs, with a lock of digests. Opening it changes and builds nothing. */
public final class Bundle {
    private final Path directory;
    private final Lock lock;
    private final String lockHash;
    private final Map<String, Lock.FileEntry> files;

    private Bundle(Path directory, Lock lock, String lockHash) {
        this.directory = directory;
        this.lock = lock;
        this.lockHash = lockHash;
        this.files = lock.files().stream().collect(Collectors.toMap(Lock.FileEntry::path, Function.identity()));
    }

    /**
     * Opens a bundle by its lock; the other files are not read (see {@link #verify}).
     *
     * @throws BundleException {@code NOT_A_BUNDLE} when the directory has no readable lock
     */
    public static Bundle open(Path directory) {
        Path absolute = directory.toAbsolutePath().normalize();
        Lock lock = Lock.read(absolute);
        try {
            return new Bundle(absolute, lock, Digest.of(absolute.resolve(Lock.FILE)));
        } catch (IOException unreadable) {
            throw BundleException.storage("reading the lock of " + absolute, unreadable);
        }
    }

    public Path directory() {
        return directory;
    }

    /** SHA-256 of lock.json in lower-case hex: the identity of the bundle in plans. */
    public String lockHash() {
        return lockHash;
    }

    /** {@code source}, {@code upstream} or {@code directory}. */
    public String source() {
        return lock.source();
    }

    /** What the bundle was built for, sorted. */
    public List<String> features() {
        return lock.features();
    }

    public List<Architecture> architectures() {
        return lock.architectures().stream().map(Architecture::of).toList();
    }

    public List<BundlePart> parts() {
        return lock.parts().stream()
                .map(part -> new BundlePart(part.name(), part.version(), part.licence(), part.origin()))
                .toList();
    }

    /** Version of a part as its project writes it, such as {@code v1.36.4} of {@code kubernetes}. */
    public String version(String part) {
        return lock.parts().stream()
                .filter(each -> each.name().equals(part))
                .map(Lock.PartEntry::version)
                .findFirst()
                .orElseThrow(() -> missing("part " + part));
    }

    /** A file for hosts, such as {@code kubelet} or {@code cni/loopback}. */
    public BundleFile file(String name, Architecture architecture) {
        return lock.binaries().stream()
                .filter(each -> each.name().equals(name) && each.architecture().equals(architecture.label()))
                .findFirst()
                .map(each -> locked(each.name(), each.path()))
                .orElseThrow(() -> missing("file " + name + " for " + architecture.label()));
    }

    /** All files for hosts whose name begins with {@code prefix/}, sorted by name; {@code cni} gives the CNI plugins. */
    public List<BundleFile> filesUnder(String prefix, Architecture architecture) {
        return lock.binaries().stream()
                .filter(each -> each.name().startsWith(prefix + "/")
                        && each.architecture().equals(architecture.label()))
                .map(each -> locked(each.name(), each.path()))
                .sorted(Comparator.comparing(BundleFile::name))
                .toList();
    }

    /** All images for one architecture, in the order in which a new host needs them. */
    public List<BundleImage> images(Architecture architecture) {
        return lock.images().stream()
                .filter(each -> each.architecture().equals(architecture.label()))
                .map(each -> new BundleImage(
                        each.name(),
                        each.ref(),
                        architecture,
                        each.manifest(),
                        each.config(),
                        locked(each.name(), each.path())))
                .toList();
    }

    /** The image of this short name, such as {@code calico-node}. */
    public BundleImage image(String name, Architecture architecture) {
        return findImage(name, architecture)
                .orElseThrow(() -> missing("image " + name + " for " + architecture.label()));
    }

    public Optional<BundleImage> findImage(String name, Architecture architecture) {
        return images(architecture).stream()
                .filter(each -> each.name().equals(name))
                .findFirst();
    }

    /** The text of a project's own manifest, such as {@code calico}. Its digest is checked. */
    public String manifest(String name) {
        Lock.NamedEntry entry = lock.manifests().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> missing("manifest " + name));
        BundleFile file = locked(name, entry.path());
        try {
            String text = Files.readString(file.path());
            if (!Digest.of(text).equals(file.sha256())) {
                throw corrupt(List.of(new Flaw(entry.path(), "its content differs from the lock")));
            }
            return text;
        } catch (IOException unreadable) {
            throw BundleException.storage("reading " + file.path(), unreadable);
        }
    }

    /**
     * Host packages with everything they need down to the C library, in an order in which dpkg can install them together.
     *
     * @param distribution os-release ID and VERSION_ID joined by a dash, such as {@code debian-13}
     * @return empty when the bundle has none for this distribution
     */
    public List<BundlePackage> packages(String distribution, Architecture architecture) {
        return lock.packages().stream()
                .filter(each -> each.distribution().equals(distribution)
                        && each.architecture().equals(architecture.label()))
                .map(each -> new BundlePackage(
                        each.set(), each.name(), each.version(), each.wanted(), locked(each.name(), each.path())))
                .toList();
    }

    public BundleData data() {
        return lock.data();
    }

    /** Something about a bundle's files that is not as locked. */
    public record Flaw(String path, String problem) {}

    /** Reads every file and compares it with the lock; also finds what the lock does not know. Empty when all is well. */
    public List<Flaw> verify() {
        List<Flaw> flaws = new ArrayList<>(lock.files().parallelStream()
                .map(this::check)
                .flatMap(Optional::stream)
                .toList());
        Set<String> known = files.keySet();
        try (Stream<Path> tree = Files.walk(directory)) {
            tree.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .map(path -> directory.relativize(path).toString())
                    .filter(path -> !path.equals(Lock.FILE) && !known.contains(path))
                    .sorted()
                    .forEach(path -> flaws.add(new Flaw(path, "it is not in the lock")));
        } catch (IOException unreadable) {
            throw BundleException.storage("reading " + directory, unreadable);
        }
        return List.copyOf(flaws);
    }

    /** Whether every locked file is there with its size; a look that costs nothing. */
    boolean sameSizes() {
        return lock.files().stream().allMatch(entry -> {
            try {
                return Files.size(directory.resolve(entry.path())) == entry.size();
            } catch (IOException absent) {
                return false;
            }
        });
    }

    private Optional<Flaw> check(Lock.FileEntry entry) {
        Path path = directory.resolve(entry.path());
        try {
            if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.of(new Flaw(entry.path(), "it is missing"));
            }
            if (Files.size(path) != entry.size()) {
                return Optional.of(
                        new Flaw(entry.path(), "it has " + Files.size(path) + " bytes instead of " + entry.size()));
            }
            String found = Digest.of(path);
            if (!found.equals(entry.sha256())) {
                return Optional.of(new Flaw(entry.path(), "its SHA-256 is " + found + " instead of " + entry.sha256()));
            }
            return Optional.empty();
        } catch (IOException unreadable) {
            return Optional.of(new Flaw(entry.path(), "it cannot be read (" + unreadable + ")"));
        }
    }

    /** @throws BundleException {@code CORRUPT} that lists every flaw */
    public void requireIntact() {
        List<Flaw> flaws = verify();
        if (!flaws.isEmpty()) {
            throw corrupt(flaws);
        }
    }

    private BundleException corrupt(List<Flaw> flaws) {
        String list = flaws.stream()
                .map(flaw -> "\n  " + flaw.path() + ": " + flaw.problem())
                .collect(Collectors.joining());
        return new BundleException(
                BundleException.Code.CORRUPT,
                directory + ": what lies there is not what was locked:" + list,
                "Nothing of it is installed. Delete the directory and run `kubewright bundle build` again.");
    }

    private BundleFile locked(String name, String path) {
        Lock.FileEntry entry = files.get(path);
        if (entry == null) {
            throw new BundleException(
                    BundleException.Code.NOT_A_BUNDLE,
                    directory.resolve(Lock.FILE) + ": " + name + " names the file " + path + ", which is not locked",
                    "Build the bundle again with `kubewright bundle build`.");
        }
        return new BundleFile(name, directory.resolve(path), entry.sha256(), entry.size());
    }

    private BundleException missing(String what) {
        return new BundleException(
                BundleException.Code.NOT_IN_BUNDLE,
                what + " is not in the bundle " + directory + " (built for " + String.join(", ", lock.features()) + ")",
                "Run `kubewright bundle list`; build one that holds it with `kubewright bundle build`.");
    }
}
