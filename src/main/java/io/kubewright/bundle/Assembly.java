package io.kubewright.bundle;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Puts compiled parts, release files, images, packages and manifests into a directory and locks it. */
final class Assembly {
    private final Path directory;
    private final Catalogue catalogue;
    private final Catalogue.Selection compiled;

    private final Set<String> architectures = new LinkedHashSet<>();
    private final Map<String, Lock.FileEntry> files = new TreeMap<>();
    private final List<Lock.NamedEntry> binaries = new ArrayList<>();
    private final List<Lock.ImageEntry> images = new ArrayList<>();
    private final Map<String, Lock.NamedEntry> manifests = new TreeMap<>();
    private final List<Lock.PackageEntry> packages = new ArrayList<>();
    private final Map<String, Lock.DownloadEntry> downloads = new TreeMap<>();

    /** @param compiled what is made from source */
    Assembly(Path directory, Catalogue catalogue, Catalogue.Selection compiled) {
        this.directory = directory;
        this.catalogue = catalogue;
        this.compiled = compiled;
    }

    void add(Architecture architecture, Builder.Made made) throws IOException {
        architectures.add(architecture.label());
        for (Map.Entry<String, String> binary : compiled.binaries().entrySet()) {
            place(output(made, binary.getValue()), binaryPath(binary.getKey(), architecture), true);
        }
        for (Catalogue.Image image : compiled.images()) {
            add(architecture, made, image);
        }
        for (Map.Entry<String, byte[]> manifest : made.manifests().entrySet()) {
            addManifest(manifest.getKey(), manifest.getValue());
        }
        for (Map.Entry<Catalogue.PackageSet, List<DebianArchive.Deb>> set :
                made.packages().entrySet()) {
            add(architecture, set.getKey(), set.getValue());
        }
    }

    /** A program of a release. */
    void addBinary(String name, Architecture architecture, FileTree.Content content) throws IOException {
        String path = binaryPath(name, architecture);
        Path file = within(path);
        try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW)) {
            content.writeTo(out);
        }
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        lock(path);
    }

    /** An image as its makers published it. */
    void addImage(String name, String ref, Architecture architecture, Registry.Pulled image) throws IOException {
        addImage(name, ref, architecture, archive -> OciArchive.write(archive, ref, architecture, image));
    }

    void addManifest(String name, byte[] content) throws IOException {
        String path = "manifests/" + name + ".yaml";
        if (!files.containsKey(path)) {
            Path file = within(path);
            Files.write(file, content);
            seal(file);
            lock(path);
        }
        manifests.put(name, new Lock.NamedEntry(name, "", path));
    }

    void addDownload(String name, Downloads.Fetched fetched) {
        downloads.put(name, new Lock.DownloadEntry(name, fetched.sha256(), fetched.size()));
    }

    private String binaryPath(String name, Architecture architecture) {
        String path = "bin/" + architecture.label() + "/" + name;
        binaries.add(new Lock.NamedEntry(name, architecture.label(), path));
        return path;
    }

    private interface ImageWriter {
        OciArchive.Digests write(Path archive) throws IOException;
    }

    private void addImage(String name, String ref, Architecture architecture, ImageWriter writer) throws IOException {
        String path = "images/" + architecture.label() + "/" + name + ".tar";
        Path archive = within(path);
        OciArchive.Digests digests = writer.write(archive);
        seal(archive);
        lock(path);
        images.add(new Lock.ImageEntry(name, ref, architecture.label(), digests.manifest(), digests.config(), path));
    }

    private void add(Architecture architecture, Builder.Made made, Catalogue.Image image) throws IOException {
        FileTree base = Optional.ofNullable(made.layers().get(image.layer()))
                .orElseThrow(() -> new IllegalStateException("layer " + image.layer()));
        FileTree own = new FileTree(base);
        image.directories().forEach((path, owner) -> own.put(path, new FileTree.Directory(0755, owner)));
        for (Map.Entry<String, String> file : image.files().entrySet()) {
            own.put(file.getKey(), node(made, file));
        }
        image.hardLinks().forEach((path, target) -> own.put(path, new FileTree.HardLink(target)));
        String ref = ref(image);
        addImage(
                image.name(),
                ref,
                architecture,
                archive -> OciArchive.write(archive, ref, architecture, image, List.of(base, own)));
    }

    private String ref(Catalogue.Image image) {
        return image.repository() + ":" + catalogue.part(image.part()).version();
    }

    private static FileTree.RegularFile node(Builder.Made made, Map.Entry<String, String> file) {
        if (file.getValue().startsWith("=")) {
            byte[] content = Resources.read("files/" + file.getValue().substring(1));
            boolean script = content.length > 1 && content[0] == '#' && content[1] == '!';
            return new FileTree.RegularFile(script ? 0755 : 0644, new FileTree.Bytes(content));
        }
        return new FileTree.RegularFile(0755, new FileTree.OnDisk(output(made, file.getValue())));
    }

    private static Path output(Builder.Made made, String output) {
        String part = Catalogue.partOf(output);
        PartBuilder.Built built = Optional.ofNullable(made.parts().get(part))
                .orElseThrow(() -> new IllegalStateException("part " + part));
        return built.output(output.substring(part.length() + 1));
    }

    private void add(Architecture architecture, Catalogue.PackageSet set, List<DebianArchive.Deb> debs)
            throws IOException {
        for (DebianArchive.Deb deb : debs) {
            String path = "packages/" + set.distribution() + "-" + architecture.label() + "/"
                    + deb.file().getFileName();
            if (!files.containsKey(path)) {
                place(deb.file(), path, false);
            }
            packages.add(new Lock.PackageEntry(
                    set.distribution(),
                    architecture.label(),
                    set.set(),
                    deb.name(),
                    deb.version(),
                    deb.wanted(),
                    path));
        }
    }

    private void place(Path from, String path, boolean executable) throws IOException {
        Storage.place(from, within(path), executable);
        lock(path);
    }

    private Path within(String path) throws IOException {
        Path file = directory.resolve(path);
        Files.createDirectories(file.getParent() == null ? directory : file.getParent());
        return file;
    }

    private static void seal(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }

    private void lock(String path) throws IOException {
        Path file = directory.resolve(path);
        files.put(path, new Lock.FileEntry(path, Digest.of(file), Files.size(file)));
    }

    /** The parts of what is made from source, as the lock names them. */
    List<Lock.PartEntry> compiledParts() {
        return compiled.parts().stream()
                .map(name -> {
                    Catalogue.Part part = catalogue.part(name);
                    return new Lock.PartEntry(
                            name, part.version(), part.licence(), part.origin(), PartBuilder.sums(part));
                })
                .toList();
    }

    /** Writes the lock over everything that was added. */
    void finish(
            String source,
            String recipe,
            Set<String> features,
            Map<String, String> toolchain,
            List<Lock.PartEntry> parts,
            BundleData data)
            throws IOException {
        binaries.sort(Comparator.comparing(Lock.NamedEntry::path));
        List<String> order =
                catalogue.images().stream().map(Catalogue.Image::name).toList();
        images.sort(Comparator.comparing(Lock.ImageEntry::architecture)
                .thenComparing(image -> order.indexOf(image.name())));
        Lock lock = new Lock(
                Lock.SCHEMA,
                source,
                recipe,
                List.copyOf(features),
                List.copyOf(architectures),
                toolchain,
                parts,
                List.copyOf(files.values()),
                binaries,
                images,
                List.copyOf(manifests.values()),
                packages,
                List.copyOf(downloads.values()),
                data);
        Path file = directory.resolve(Lock.FILE);
        Files.write(file, lock.bytes());
        seal(file);
    }
}
