package io.kubewright.bundle;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;

/**
 * Makes bundles from what the projects release: files checked against known checksums, images pulled from their registries.
 * What has no release (Kubewright's own probe) is compiled. Downloads are kept in the cache by digest; broken ones are resumed.
 */
public final class UpstreamBuilder {
    /** To be raised when the layout of the bundle changes in this class. */
    private static final String METHOD = "1";

    private static final int AT_ONCE = 4;
    private static final Duration PACKING_EXPECTED = Duration.ofSeconds(15);

    private final Path cache;
    private final Catalogue catalogue;
    private final Upstream upstream;
    private final Sources sources;
    private final Map<String, String> environment;
    private final Patience patience;
    private final Workshop workshop;
    private final Builder compiler;

    /**
     * @param cache where downloads and bundles are kept; made when it is not there
     * @param listener is told what happens, from several threads but never two at once
     */
    public UpstreamBuilder(Path cache, Sources sources, Consumer<BuildEvent> listener) {
        this(cache, Catalogue.builtIn(), Upstream.builtIn(), sources, System.getenv(), Patience.USUAL, listener);
    }

    UpstreamBuilder(
            Path cache,
            Catalogue catalogue,
            Upstream upstream,
            Sources sources,
            Map<String, String> environment,
            Patience patience,
            Consumer<BuildEvent> listener) {
        this.cache = cache.toAbsolutePath().normalize();
        this.catalogue = catalogue;
        this.upstream = upstream;
        this.sources = sources;
        this.environment = environment;
        this.patience = patience;
        this.workshop = new Workshop(this.cache, listener);
        this.compiler = new Builder(this.cache, catalogue, workshop.listener());
    }

    /** The Kubernetes versions that a bundle can be made for, without a leading v; the first is the default. */
    public static List<String> kubernetesVersions() {
        return List.copyOf(Upstream.builtIn().releases().keySet());
    }

    /** Version of each released part beside a version of Kubernetes, by part, as its project writes it. */
    public static Map<String, String> versions(String kubernetes) {
        return Upstream.builtIn().release(kubernetes).versions();
    }

    /** The bundle that {@link #build} would give, if it has been built already. Asks no server and writes nothing. */
    public Optional<Bundle> existing(String kubernetes, Collection<String> features, Set<Architecture> architectures) {
        Path directory = plan(kubernetes, features, architectures).directory();
        if (!Files.isRegularFile(directory.resolve(Lock.FILE))) {
            return Optional.empty();
        }
        Bundle bundle = Bundle.open(directory);
        return bundle.sameSizes() ? Optional.of(bundle) : Optional.empty();
    }

    /** What a build comes down to. */
    private record Work(
            Upstream.Release release,
            Catalogue.Selection selection,
            Catalogue.Selection compiled,
            List<Architecture> architectures,
            String recipe,
            Path directory) {}

    private Work plan(String kubernetes, Collection<String> features, Set<Architecture> architectures) {
        Upstream.Release release = upstream.release(kubernetes);
        Catalogue.Selection selection = catalogue.select(features);
        Catalogue.Selection compiled = release.unreleased(selection);
        String recipe = Digest.of(METHOD + "\nupstream\n" + release.versions() + "\n" + upstream + "\n"
                + selection.images().stream().map(Catalogue.Image::name).toList() + "\n"
                + selection.binaries().keySet() + "\n" + compiler.recipe(compiled, architectures));
        return new Work(
                release,
                selection,
                compiled,
                List.copyOf(EnumSet.copyOf(architectures)),
                recipe,
                cache.resolve("bundles").resolve(recipe.substring(0, 16)));
    }

    /**
     * Fetches what is not there yet and returns the bundle.
     *
     * @param kubernetes one of {@link #kubernetesVersions}
     * @param features names from {@link Builder#features}
     * @param lock a lock whose digests everything must have; those of the bundle that was here before when empty
     * @throws BundleException {@code OTHER_CONTENT} when something has another digest than is pinned; nothing half-made stays
     *     but the beginnings of downloads
     */
    public Bundle build(
            String kubernetes, Collection<String> features, Set<Architecture> architectures, Optional<Path> lock)
            throws InterruptedException {
        Work work = plan(kubernetes, features, architectures);
        Optional<Bundle> there = existing(kubernetes, features, architectures);
        if (there.isPresent()) {
            lock.ifPresent(named -> requireSame(named, there.get()));
            return there.get();
        }
        return workshop.alone(() -> {
            Optional<Bundle> meanwhile = existing(kubernetes, features, architectures);
            if (meanwhile.isPresent()) {
                lock.ifPresent(named -> requireSame(named, meanwhile.get()));
                return meanwhile.get();
            }
            return build(work, Pins.of(lock, work.directory()));
        });
    }

    private static void requireSame(Path lock, Bundle bundle) {
        Pins.of(Lock.readFile(lock)).requireSame(bundle.directory(), Pins.of(Lock.read(bundle.directory())));
    }

    /** Something that a work list was to bring, by what it is for. */
    private record Gathered(
            Map<Architecture, Builder.Made> compiled,
            Map<String, Downloads.Fetched> files,
            Map<String, Registry.Pulled> images) {}

    private Bundle build(Work work, Pins pins) throws InterruptedException {
        compiler.requireTools(work.compiled(), Set.copyOf(work.architectures()));
        Gathered gathered =
                new Gathered(new ConcurrentHashMap<>(), new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
        try (Web web = new Web(new Proxies(environment), Authorities.context(environment), patience.silence())) {
            Downloads downloads = new Downloads(
                    cache.resolve("downloads"),
                    web,
                    patience,
                    text -> workshop.listener().accept(new BuildEvent.Notice("downloads", text)));
            Registry registry = new Registry(sources, web, Logins.of(environment), patience, downloads);
            workshop.all(AT_ONCE, tasks(work, pins, downloads, registry, gathered));
        }
        Storage.whole(
                work.directory(),
                making -> workshop.observed("images", "packing images and the lock", PACKING_EXPECTED, () -> {
                    assemble(work, gathered, making);
                    return false;
                }));
        return Bundle.open(work.directory());
    }

    private List<Callable<Boolean>> tasks(
            Work work, Pins pins, Downloads downloads, Registry registry, Gathered gathered) {
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (Architecture architecture : work.architectures()) {
            tasks.add(() -> {
                gathered.compiled().put(architecture, compiler.make(work.compiled(), architecture));
                return true;
            });
        }
        for (Catalogue.Image image : released(work)) {
            for (Architecture architecture : work.architectures()) {
                tasks.add(() -> pull(work, pins, registry, image, architecture, gathered));
            }
        }
        Map<String, Upstream.ReleaseFile> files = new LinkedHashMap<>();
        work.architectures()
                .forEach(architecture -> files(work, architecture).forEach(file -> files.put(file.name(), file)));
        manifests(work).values().forEach(file -> files.put(file.name(), file));
        files.values().forEach(file -> tasks.add(() -> fetch(work, pins, downloads, file, gathered)));
        return tasks;
    }

    private static List<Catalogue.Image> released(Work work) {
        return work.selection().images().stream()
                .filter(image -> work.release().has(image.part()))
                .toList();
    }

    private static List<Upstream.ReleaseFile> files(Work work, Architecture architecture) {
        return work.release().files(work.selection().binaries().keySet(), architecture);
    }

    private static Map<String, Upstream.ReleaseFile> manifests(Work work) {
        Map<String, Upstream.ReleaseFile> manifests = new TreeMap<>();
        work.selection().manifests().keySet().stream()
                .filter(name -> !work.compiled().manifests().containsKey(name))
                .forEach(name -> manifests.put(name, work.release().manifest(name)));
        return manifests;
    }

    private static String ref(Work work, Catalogue.Image image) {
        return image.repository() + ":" + work.release().tag(image.part());
    }

    private static String key(Catalogue.Image image, Architecture architecture) {
        return architecture.label() + "/" + image.name();
    }

    private boolean pull(
            Work work,
            Pins pins,
            Registry registry,
            Catalogue.Image image,
            Architecture architecture,
            Gathered gathered)
            throws InterruptedException {
        String ref = ref(work, image);
        Received received = new Received();
        workshop.fetched(key(image, architecture), "pulling " + ref, received, () -> {
            Registry.Pulled pulled = registry.pull(
                    image.repository(),
                    work.release().tag(image.part()),
                    architecture,
                    pins.image(ref, architecture),
                    received);
            gathered.images().put(key(image, architecture), pulled);
            return received.bytes() == 0;
        });
        return true;
    }

    private boolean fetch(Work work, Pins pins, Downloads downloads, Upstream.ReleaseFile file, Gathered gathered)
            throws InterruptedException {
        String plain = file.name().substring(file.name().lastIndexOf('/') + 1);
        Received received = new Received();
        workshop.fetched(
                plain,
                "fetching " + plain + " of " + file.part() + " "
                        + work.release().version(file.part()),
                received,
                () -> {
                    Downloads.Wanted wanted =
                            new Downloads.Wanted(file.name(), checksum(file, pins), OptionalLong.empty());
                    gathered.files().put(file.name(), downloads.fetch(wanted, places(file.name()), received));
                    return received.bytes() == 0;
                });
        return true;
    }

    /** The catalogue's, else the lock's; they must not contradict each other. */
    private static Optional<String> checksum(Upstream.ReleaseFile file, Pins pins) {
        Optional<String> pinned = pins.download(file.name());
        if (pinned.isPresent() && file.sha256().isPresent() && !pinned.equals(file.sha256())) {
            throw new BundleException(
                    BundleException.Code.OTHER_CONTENT,
                    file.name() + ": the lock pins sha256:" + pinned.get() + ", but its makers published sha256:"
                            + file.sha256().get(),
                    "The lock was not made from their release. Build without it.");
        }
        return file.sha256().or(() -> pinned);
    }

    private List<Downloads.Place> places(String name) {
        int slash = name.indexOf('/');
        return sources.of(name.substring(0, slash)).stream()
                .map(base -> new Downloads.Place(URI.create(base + name.substring(slash)), Access.NONE))
                .toList();
    }

    private void assemble(Work work, Gathered gathered, Path making) throws IOException, InterruptedException {
        Assembly assembly = new Assembly(making, catalogue, work.compiled());
        for (Architecture architecture : work.architectures()) {
            assembly.add(architecture, there(gathered.compiled(), architecture));
            for (Upstream.ReleaseFile file : files(work, architecture)) {
                Downloads.Fetched fetched = there(gathered.files(), file.name());
                assembly.addDownload(file.name(), fetched);
                addBinaries(assembly, architecture, file, fetched);
            }
            for (Catalogue.Image image : released(work)) {
                assembly.addImage(
                        image.name(),
                        ref(work, image),
                        architecture,
                        there(gathered.images(), key(image, architecture)));
            }
        }
        for (Map.Entry<String, Upstream.ReleaseFile> manifest : manifests(work).entrySet()) {
            Downloads.Fetched fetched =
                    there(gathered.files(), manifest.getValue().name());
            assembly.addDownload(manifest.getValue().name(), fetched);
            assembly.addManifest(manifest.getKey(), Files.readAllBytes(fetched.file()));
        }
        assembly.finish(
                "upstream",
                work.recipe(),
                work.selection().features(),
                compiler.toolchains(work.compiled(), Set.copyOf(work.architectures())),
                parts(work, assembly),
                work.release().data());
    }

    private static <K, V> V there(Map<K, V> gathered, K key) {
        return Optional.ofNullable(gathered.get(key)).orElseThrow(() -> new IllegalStateException("no " + key));
    }

    private static void addBinaries(
            Assembly assembly, Architecture architecture, Upstream.ReleaseFile file, Downloads.Fetched fetched)
            throws IOException {
        if (file.binary().isPresent()) {
            assembly.addBinary(file.binary().get(), architecture, new FileTree.OnDisk(fetched.file()));
            return;
        }
        Map<String, String> missing = new TreeMap<>();
        file.members().forEach((binary, path) -> missing.put(path, binary));
        try (InputStream in = new GZIPInputStream(new BufferedInputStream(Files.newInputStream(fetched.file())))) {
            TarReader reader = new TarReader(in);
            for (Optional<TarReader.Entry> entry = reader.next();
                    entry.isPresent() && !missing.isEmpty();
                    entry = reader.next()) {
                String binary =
                        entry.get().type() == '0' ? missing.remove(entry.get().path()) : null;
                if (binary != null) {
                    assembly.addBinary(
                            binary, architecture, new FileTree.Bytes(entry.get().content()));
                }
            }
        }
        if (!missing.isEmpty()) {
            throw new BundleException(
                    BundleException.Code.BUILD_FAILED,
                    file.name() + " does not hold " + String.join(", ", missing.keySet()),
                    "It is not laid out as its releases are known to be; please report it with the version.");
        }
    }

    private List<Lock.PartEntry> parts(Work work, Assembly assembly) {
        Map<String, Set<String>> origins = new TreeMap<>();
        for (Architecture architecture : work.architectures()) {
            files(work, architecture).forEach(file -> origin(origins, file.part(), file.name()));
        }
        manifests(work).values().forEach(file -> origin(origins, file.part(), file.name()));
        released(work).forEach(image -> origin(origins, image.part(), image.repository()));
        Map<String, Lock.PartEntry> parts = new TreeMap<>();
        assembly.compiledParts().forEach(part -> parts.put(part.name(), part));
        origins.forEach((part, sourceNames) -> parts.put(
                part,
                new Lock.PartEntry(
                        part,
                        work.release().version(part),
                        catalogue.part(part).licence(),
                        String.join(", ", sourceNames),
                        "")));
        return List.copyOf(parts.values());
    }

    private static void origin(Map<String, Set<String>> origins, String part, String name) {
        origins.computeIfAbsent(part, any -> new TreeSet<>()).add(name.substring(0, name.indexOf('/')));
    }
}
