package io.kubewright.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Makes bundles from source. What is unchanged is taken from the cache; equal inputs give equal bytes, whatever the
 * directory, umask, time zone or date. One build at a time uses a cache; a second waits.
 */
public final class Builder {
    /** To be raised when images or the layout of the bundle change in this class. */
    private static final String METHOD = "1";

    private static final int AT_ONCE = 2;
    private static final Duration PACKAGES_EXPECTED = Duration.ofSeconds(20);
    private static final Duration IMAGES_EXPECTED = Duration.ofSeconds(15);

    private final Path cache;
    private final Catalogue catalogue;
    private final Workshop workshop;
    private final Toolchain toolchain;

    /**
     * @param cache where modules, compiled parts and bundles are kept; made when it is not there
     * @param listener is told what happens, from several threads but never two at once
     */
    public Builder(Path cache, Consumer<BuildEvent> listener) {
        this(cache, Catalogue.builtIn(), listener);
    }

    Builder(Path cache, Catalogue catalogue, Consumer<BuildEvent> listener) {
        this.cache = cache.toAbsolutePath().normalize();
        this.catalogue = catalogue;
        this.workshop = new Workshop(this.cache, listener);
        this.toolchain = new Toolchain(this.cache, catalogue.toolchain(), workshop.listener());
    }

    /** {@code $KUBEWRIGHT_CACHE}, else {@code $XDG_CACHE_HOME/kubewright}, else {@code ~/.cache/kubewright}. */
    public static Path defaultCache(Map<String, String> environment) {
        String own = environment.getOrDefault("KUBEWRIGHT_CACHE", "");
        if (!own.isEmpty()) {
            return Path.of(own);
        }
        String general = environment.getOrDefault("XDG_CACHE_HOME", "");
        Path base = general.isEmpty()
                ? Path.of(environment.getOrDefault("HOME", System.getProperty("user.home", "/")), ".cache")
                : Path.of(general);
        return base.resolve("kubewright");
    }

    /** The features that a build can be asked for, sorted. */
    public static List<String> features() {
        return Catalogue.builtIn().features().keySet().stream().sorted().toList();
    }

    /**
     * Version of each part in a source-built bundle, by part, as its project writes it. Known without building.
     */
    public static Map<String, String> versions() {
        Map<String, String> versions = new TreeMap<>();
        Catalogue.builtIn().parts().forEach((name, part) -> versions.put(name, part.version()));
        return versions;
    }

    /** The bundle that {@link #build} would give, if it has been built already. Starts no program and writes nothing. */
    public Optional<Bundle> existing(Collection<String> features, Set<Architecture> architectures) {
        Path directory = directory(catalogue.select(features), architectures);
        if (!Files.isRegularFile(directory.resolve(Lock.FILE))) {
            return Optional.empty();
        }
        Bundle bundle = Bundle.open(directory);
        return bundle.sameSizes() ? Optional.of(bundle) : Optional.empty();
    }

    /** Where {@link #build} puts the bundle. */
    public Path directory(Collection<String> features, Set<Architecture> architectures) {
        return directory(catalogue.select(features), architectures);
    }

    private Path directory(Catalogue.Selection selection, Set<Architecture> architectures) {
        return cache.resolve("bundles").resolve(recipe(selection, architectures).substring(0, 16));
    }

    String recipe(Catalogue.Selection selection, Set<Architecture> architectures) {
        StringBuilder text =
                new StringBuilder(METHOD + "\n" + catalogue.data() + "\n" + catalogue.distributions() + "\n");
        text.append(selection.features()).append('\n');
        for (Architecture architecture : sorted(architectures)) {
            selection
                    .parts()
                    .forEach(name -> text.append(
                                    PartBuilder.recipe(name, catalogue.part(name), catalogue.toolchain(), architecture))
                            .append('\n'));
        }
        text.append(selection.binaries())
                .append('\n')
                .append(selection.manifests())
                .append('\n');
        text.append(selection.packages()).append('\n');
        for (Catalogue.Image image : selection.images()) {
            text.append(image).append(catalogue.layers().get(image.layer())).append('\n');
            image.files().values().stream()
                    .filter(file -> file.startsWith("="))
                    .forEach(file -> text.append(Digest.of(resource(file))).append('\n'));
        }
        return Digest.of(text.toString());
    }

    private static List<Architecture> sorted(Set<Architecture> architectures) {
        return List.copyOf(EnumSet.copyOf(architectures));
    }

    private static byte[] resource(String file) {
        return Resources.read("files/" + file.substring(1));
    }

    /**
     * Builds what is not there yet and returns the bundle.
     *
     * @param features names from {@link #features}
     * @throws BundleException when a tool is missing, a download or a compiler fails; nothing half-made stays
     */
    public Bundle build(Collection<String> features, Set<Architecture> architectures) throws InterruptedException {
        Catalogue.Selection selection = catalogue.select(features);
        Optional<Bundle> there = existing(features, architectures);
        if (there.isPresent()) {
            return there.get();
        }
        return workshop.alone(() -> {
            Optional<Bundle> meanwhile = existing(features, architectures);
            return meanwhile.isPresent() ? meanwhile.get() : build(selection, architectures);
        });
    }

    private Bundle build(Catalogue.Selection selection, Set<Architecture> architectures) throws InterruptedException {
        requireTools(selection, architectures);
        Map<Architecture, Made> made = new LinkedHashMap<>();
        for (Architecture architecture : sorted(architectures)) {
            made.put(architecture, make(selection, architecture));
        }
        Path directory = directory(selection, architectures);
        Storage.whole(directory, making -> {
            Assembly assembly = new Assembly(making, catalogue, selection);
            workshop.observed("images", "packing images and the lock", IMAGES_EXPECTED, () -> {
                for (Map.Entry<Architecture, Made> each : made.entrySet()) {
                    assembly.add(each.getKey(), each.getValue());
                }
                assembly.finish(
                        "source",
                        recipe(selection, architectures),
                        selection.features(),
                        toolchains(selection, architectures),
                        assembly.compiledParts(),
                        catalogue.data());
                return false;
            });
        });
        return Bundle.open(directory);
    }

    /** Finds what is missing before anything takes its time. */
    void requireTools(Catalogue.Selection selection, Set<Architecture> architectures) throws InterruptedException {
        if (!selection.parts().isEmpty()) {
            toolchain.go();
        }
        List<Catalogue.Part> withC = selection.parts().stream()
                .map(catalogue::part)
                .filter(part ->
                        part.c() != null || (part.go() != null && part.go().cgo()))
                .toList();
        for (Architecture architecture : withC.isEmpty() ? List.<Architecture>of() : sorted(architectures)) {
            toolchain.compiler(
                    architecture,
                    withC.stream()
                            .flatMap(part -> part.go() == null ? Stream.of() : part.go().debianPackages().stream())
                            .distinct()
                            .toList());
        }
        if (needsDebian(selection)) {
            toolchain.require("apt-get", "apt");
            toolchain.require("dpkg-deb", "dpkg");
        }
    }

    private boolean needsDebian(Catalogue.Selection selection) {
        return !selection.packages().isEmpty()
                || selection.images().stream()
                        .map(image -> catalogue.layers().get(image.layer()))
                        .anyMatch(layer -> layer != null && layer.debian() != null);
    }

    /** What was compiled and fetched for one architecture. */
    record Made(
            Map<String, PartBuilder.Built> parts,
            Map<String, FileTree> layers,
            Map<Catalogue.PackageSet, List<DebianArchive.Deb>> packages,
            Map<String, byte[]> manifests) {}

    Made make(Catalogue.Selection selection, Architecture architecture) throws InterruptedException {
        PartBuilder builder = new PartBuilder(cache, toolchain, architecture);
        Made made = new Made(new TreeMap<>(), new TreeMap<>(), new LinkedHashMap<>(), new TreeMap<>());
        List<Callable<Boolean>> work = new ArrayList<>();
        work.add(() -> {
            fetchDebian(selection, architecture, made);
            return true;
        });
        selection.parts().stream()
                .sorted(Comparator.comparing(
                        (String name) -> -catalogue.part(name).seconds()))
                .forEach(name -> work.add(() -> {
                    Catalogue.Part part = catalogue.part(name);
                    Duration expected = Duration.ofSeconds(part.seconds());
                    workshop.observed(name, "compiling " + name + " " + part.version(), expected, () -> {
                        PartBuilder.Built built = builder.build(name, part);
                        synchronized (made) {
                            made.parts().put(name, built);
                        }
                        return built.cached();
                    });
                    return true;
                }));
        workshop.all(AT_ONCE, work);
        for (Map.Entry<String, Catalogue.ModuleFile> manifest :
                selection.manifests().entrySet()) {
            Catalogue.ModuleFile file = manifest.getValue();
            made.manifests().put(manifest.getKey(), builder.moduleFile(catalogue.part(file.part()), file));
        }
        return made;
    }

    private void fetchDebian(Catalogue.Selection selection, Architecture architecture, Made made)
            throws InterruptedException {
        Map<String, Catalogue.Layer> layers = new TreeMap<>();
        for (Catalogue.Image image : selection.images()) {
            Optional.ofNullable(catalogue.layers().get(image.layer()))
                    .ifPresent(layer -> layers.put(image.layer(), layer));
        }
        if (!needsDebian(selection)) {
            layers.keySet().forEach(name -> made.layers().put(name, Userland.accounts()));
            return;
        }
        workshop.observed("packages", "fetching Debian packages", PACKAGES_EXPECTED, () -> {
            Map<String, DebianArchive> archives = new TreeMap<>();
            for (Map.Entry<String, Catalogue.Layer> layer : layers.entrySet()) {
                made.layers().put(layer.getKey(), layer(layer.getValue(), architecture, archives));
            }
            for (Catalogue.PackageSet set : selection.packages()) {
                made.packages()
                        .put(
                                set,
                                archive(archives, set.distribution(), architecture)
                                        .fetch(set.names(), Set.of()));
            }
            return false;
        });
    }

    private FileTree layer(Catalogue.Layer layer, Architecture architecture, Map<String, DebianArchive> archives)
            throws InterruptedException {
        String distribution = layer.debian();
        if (distribution == null) {
            return Userland.accounts();
        }
        List<Path> files =
                archive(archives, distribution, architecture)
                        .fetch(layer.packages(), Set.copyOf(layer.without()))
                        .stream()
                        .map(DebianArchive.Deb::file)
                        .toList();
        return Userland.debian(files, layer.links(), toolchain.require("dpkg-deb", "dpkg"));
    }

    private DebianArchive archive(Map<String, DebianArchive> archives, String distribution, Architecture architecture) {
        return archives.computeIfAbsent(distribution, name -> {
            Catalogue.Distribution found = Optional.ofNullable(
                            catalogue.distributions().get(name))
                    .orElseThrow(() -> new IllegalStateException("distribution " + name));
            return new DebianArchive(cache, found.suite(), architecture);
        });
    }

    Map<String, String> toolchains(Catalogue.Selection selection, Set<Architecture> architectures)
            throws InterruptedException {
        Map<String, String> versions = new TreeMap<>();
        if (!selection.parts().isEmpty()) {
            versions.put("go", toolchain.version());
        }
        boolean needsC = selection.parts().stream()
                .map(catalogue::part)
                .anyMatch(part ->
                        part.c() != null || (part.go() != null && part.go().cgo()));
        for (Architecture architecture : needsC ? sorted(architectures) : List.<Architecture>of()) {
            versions.put(
                    "cc-" + architecture.label(),
                    toolchain.compilerVersion(toolchain.compiler(architecture, List.of())));
        }
        return versions;
    }

    /** Bundles in this cache, newest first. */
    public List<Bundle> bundles() {
        Path directory = cache.resolve("bundles");
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(each -> Files.isRegularFile(each.resolve(Lock.FILE)))
                    .sorted(Comparator.comparing((Path each) ->
                                    each.resolve(Lock.FILE).toFile().lastModified())
                            .reversed())
                    .map(Bundle::open)
                    .toList();
        } catch (IOException failed) {
            throw BundleException.storage("reading " + directory, failed);
        }
    }
}
