package io.kubewright.bundle;

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
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

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

    private UpstreamWork plan(String kubernetes, Collection<String> features, Set<Architecture> architectures) {
        Upstream.Release release = upstream.release(kubernetes);
        Catalogue.Selection selection = catalogue.select(features);
        Catalogue.Selection compiled = release.unreleased(selection);
        String recipe = Digest.of(METHOD + "\nupstream\n" + release.versions() + "\n" + upstream + "\n"
                + selection.images().stream().map(Catalogue.Image::name).toList() + "\n"
                + selection.binaries().keySet() + "\n" + compiler.recipe(compiled, architectures));
        return new UpstreamWork(
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
        UpstreamWork work = plan(kubernetes, features, architectures);
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

    private Bundle build(UpstreamWork work, Pins pins) throws InterruptedException {
        compiler.requireTools(work.compiled(), Set.copyOf(work.architectures()));
        UpstreamWork.Gathered gathered = new UpstreamWork.Gathered(
                new ConcurrentHashMap<>(), new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
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
                    new UpstreamPacking(catalogue, compiler, work, gathered).pack(making);
                    return false;
                }));
        return Bundle.open(work.directory());
    }

    private List<Callable<Boolean>> tasks(
            UpstreamWork work, Pins pins, Downloads downloads, Registry registry, UpstreamWork.Gathered gathered) {
        List<Callable<Boolean>> tasks = new ArrayList<>();
        for (Architecture architecture : work.architectures()) {
            tasks.add(() -> {
                gathered.compiled().put(architecture, compiler.make(work.compiled(), architecture));
                return true;
            });
        }
        for (Catalogue.Image image : work.released()) {
            for (Architecture architecture : work.architectures()) {
                tasks.add(() -> pull(work, pins, registry, image, architecture, gathered));
            }
        }
        Map<String, Upstream.ReleaseFile> files = new LinkedHashMap<>();
        work.architectures()
                .forEach(architecture -> work.files(architecture).forEach(file -> files.put(file.name(), file)));
        work.manifests().values().forEach(file -> files.put(file.name(), file));
        files.values().forEach(file -> tasks.add(() -> fetch(work, pins, downloads, file, gathered)));
        return tasks;
    }

    private boolean pull(
            UpstreamWork work,
            Pins pins,
            Registry registry,
            Catalogue.Image image,
            Architecture architecture,
            UpstreamWork.Gathered gathered)
            throws InterruptedException {
        String ref = work.ref(image);
        Received received = new Received();
        workshop.fetched(UpstreamWork.key(image, architecture), "pulling " + ref, received, () -> {
            Registry.Pulled pulled = registry.pull(
                    image.repository(),
                    work.release().tag(image.part()),
                    architecture,
                    pins.image(ref, architecture),
                    received);
            gathered.images().put(UpstreamWork.key(image, architecture), pulled);
            return received.bytes() == 0;
        });
        return true;
    }

    private boolean fetch(
            UpstreamWork work,
            Pins pins,
            Downloads downloads,
            Upstream.ReleaseFile file,
            UpstreamWork.Gathered gathered)
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
}
