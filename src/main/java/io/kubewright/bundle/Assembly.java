package io.kubewright.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Puts compiled parts, images, packages and manifests into a directory and locks it. */
final class Assembly {
    private final Path directory;
    private final Catalogue catalogue;
    private final Catalogue.Selection selection;

    private final List<String> architectures = new ArrayList<>();
    private final Map<String, Lock.FileEntry> files = new TreeMap<>();
    private final List<Lock.NamedEntry> binaries = new ArrayList<>();
    private final List<Lock.ImageEntry> images = new ArrayList<>();
    private final Map<String, Lock.NamedEntry> manifests = new TreeMap<>();
    private final List<Lock.PackageEntry> packages = new ArrayList<>();

    Assembly(Path directory, Catalogue catalogue, Catalogue.Selection selection) {
        this.directory = directory;
        this.catalogue = catalogue;
        this.selection = selection;
    }

    void add(Architecture architecture, Builder.Made made) throws IOException {
        architectures.add(architecture.label());
        for (Map.Entry<String, String> binary : selection.binaries().entrySet()) {
            String path = "bin/" + architecture.label() + "/" + binary.getKey();
            place(output(made, binary.getValue()), path, true);
            binaries.add(new Lock.NamedEntry(binary.getKey(), architecture.label(), path));
        }
        for (Catalogue.Image image : selection.images()) {
            add(architecture, made, image);
        }
        for (Map.Entry<String, byte[]> manifest : made.manifests().entrySet()) {
            String path = "manifests/" + manifest.getKey() + ".yaml";
            if (!files.containsKey(path)) {
                Path file = within(path);
                Files.write(file, manifest.getValue());
                seal(file);
                lock(path);
            }
            manifests.put(manifest.getKey(), new Lock.NamedEntry(manifest.getKey(), "", path));
        }
        for (Map.Entry<Catalogue.PackageSet, List<DebianArchive.Deb>> set :
                made.packages().entrySet()) {
            add(architecture, set.getKey(), set.getValue());
        }
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
        String path = "images/" + architecture.label() + "/" + image.name() + ".tar";
        String ref = ref(image);
        Path archive = within(path);
        OciArchive.Digests digests = OciArchive.write(archive, ref, architecture, image, List.of(base, own));
        seal(archive);
        lock(path);
        images.add(new Lock.ImageEntry(
                image.name(), ref, architecture.label(), digests.manifest(), digests.config(), path));
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

    void finish(String recipe, Map<String, String> toolchain) throws IOException {
        List<Lock.PartEntry> parts = selection.parts().stream()
                .map(name -> {
                    Catalogue.Part part = catalogue.part(name);
                    return new Lock.PartEntry(
                            name, part.version(), part.licence(), part.origin(), PartBuilder.sums(part));
                })
                .toList();
        binaries.sort(Comparator.comparing(Lock.NamedEntry::path));
        Lock lock = new Lock(
                Lock.SCHEMA,
                "source",
                recipe,
                List.copyOf(selection.features()),
                architectures,
                toolchain,
                parts,
                List.copyOf(files.values()),
                binaries,
                images,
                List.copyOf(manifests.values()),
                packages,
                catalogue.data());
        Path file = directory.resolve(Lock.FILE);
        Files.write(file, lock.bytes());
        seal(file);
    }
}
