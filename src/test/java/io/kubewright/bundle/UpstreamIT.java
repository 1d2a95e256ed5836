package io.kubewright.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.kubewright.bundle.ReleaseHost.Cut;
import io.kubewright.bundle.ReleaseHost.Request;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole bundles from a server that is laid out as the release hosts are, and from a real registry that asks for tokens. */
class UpstreamIT {
    private static final Set<Architecture> AMD64 = Set.of(Architecture.AMD64);
    private static final List<String> FEATURES = List.of("small");
    private static final String KUBERNETES = "1.36.4";
    private static final Patience SHORT =
            new Patience(3, Duration.ofMillis(5), Duration.ofSeconds(2), Duration.ofSeconds(60));
    private static final String KUBELET = "/release/v1.36.4/bin/linux/amd64/kubelet";
    private static final String ARCHIVE = "/tools/releases/download/v2.0.0/tools-2.0.0-linux-amd64.tar.gz";
    private static final String MANIFEST = "/net/v2.0.0/manifests/net.yaml";
    private static final String APISERVER = "kube-apiserver";
    private static final byte[] KUBELET_BYTES = random(5, 200_000);
    private static final byte[] TOOL_BYTES = random(6, 50_000);

    private static final Catalogue CATALOGUE = Catalogue.parse("""
            schema: kubewright.io/catalogue/v1
            toolchain: go1.26.7
            parts:
              kubernetes: {version: v0, licence: Apache-2.0, origin: o, seconds: 1, go: {module: m, outputs: [{name: kubelet, package: p}, {name: api, package: q}]}}
              probe:
                version: "1"
                licence: Apache-2.0
                origin: kubewright.io/probe
                seconds: 10
                go:
                  module: probe
                  resources: [main.go, serve.go, network.go, multicast.go, segment.go, measure.go, tasks.go, answer.go, lookup.go, wire.go, ports.go]
                  outputs: [{name: kubewright-probe, package: kubewright.io/probe, produces: probe}]
              tools: {version: v0, licence: MIT, origin: o, seconds: 1, go: {module: m, outputs: [{name: tool, package: p}]}}
            binaries: {kubelet: kubernetes/kubelet, cni/tool: tools/tool, kubewright-probe: probe/kubewright-probe}
            layers: {static: {}}
            images:
              - {name: kube-apiserver, repository: registry.test/kube-apiserver, part: kubernetes, layer: static,
                 files: {/api: kubernetes/api}, entrypoint: [/api]}
              - {name: tools, repository: registry.test/group/tools, part: tools, layer: static,
                 files: {/tool: tools/tool}, entrypoint: [/tool]}
              - {name: probe, repository: kubewright.test/probe, part: probe, layer: static,
                 files: {/probe: probe/kubewright-probe}, entrypoint: [/probe]}
            manifests: {net: {part: tools, module: m, from: f, file: x}}
            packages: []
            distributions: {}
            features: {small: {binaries: [kubelet, cni/tool], images: [kube-apiserver, tools], manifests: [net]}, own: {binaries: [kubewright-probe], images: [probe]}}
            data: {imagePullPolicy: Never, imageRepository: r, etcdImageTag: e, dnsImageRepository: d, dnsImageTag: t,
                   pauseImage: p, environment: {}}
            """);

    private static final Upstream UPSTREAM = Upstream.parse("""
            schema: kubewright.io/upstream/v1
            releases: {"1.36.4": {kubernetes: v1.36.4}}
            versions: {tools: v2.0.0}
            artefacts:
              - {part: kubernetes, from: "releases.test/release/{version}/bin/linux/{arch}/kubelet", binary: kubelet}
              - part: tools
                from: "releases.test/tools/releases/download/{version}/tools-{number}-linux-{arch}.tar.gz"
                members: {cni/tool: "tools-{number}/tool"}
            manifests: {net: {part: tools, from: "releases.test/net/{version}/manifests/net.yaml"}}
            tags: {tools: "{number}-0"}
            checksums: {releases.test/release/v1.36.4/bin/linux/amd64/kubelet: %s}
            data: {imagePullPolicy: IfNotPresent, imageRepository: registry.test, etcdImageTag: "{tools}",
                   dnsImageRepository: d, dnsImageTag: t, pauseImage: "registry.test/pause:{kubernetes}", environment: {}}
            """.formatted(Digest.of(KUBELET_BYTES)), CATALOGUE);

    @TempDir
    private static Path registryDirectory;

    private static RealRegistry registry;

    @TempDir
    private Path directory;

    private ReleaseHost host;
    private final List<BuildEvent> events = new CopyOnWriteArrayList<>();

    private static byte[] random(long seed, int size) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @BeforeAll
    static void startRegistry() throws Exception {
        registry = RealRegistry.start(registryDirectory);
    }

    @AfterAll
    static void stopRegistry() throws InterruptedException {
        registry.close();
    }

    @BeforeEach
    void serve() throws Exception {
        host = new ReleaseHost();
        host.put(KUBELET, KUBELET_BYTES);
        host.put(ARCHIVE, archive());
        host.put(MANIFEST, "kind: ConfigMap\n".getBytes(UTF_8));
        registry.push(APISERVER, "v1.36.4", image(Architecture.AMD64, 1), image(Architecture.ARM64, 2));
        registry.push("group/tools", "2.0.0-0", image(Architecture.AMD64, 3));
    }

    @AfterEach
    void stop() {
        host.close();
    }

    private static TestImage image(Architecture architecture, long seed) {
        return TestImage.of(architecture, random(seed, 100_000));
    }

    /** As GNU tar makes them: with entries that nobody asks for. */
    private static byte[] archive() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
            TarWriter tar = new TarWriter(zip);
            tar.directory("./tools-2.0.0", 0755, 0);
            tar.file("./tools-2.0.0/LICENSE", 0644, new FileTree.Bytes("free".getBytes(UTF_8)));
            tar.file("./tools-2.0.0/tool", 0755, new FileTree.Bytes(TOOL_BYTES));
            tar.finish();
        }
        return bytes.toByteArray();
    }

    private UpstreamBuilder builder(Path cache, URI releases, URI images) {
        Sources sources = new Sources(
                Optional.empty(), Map.of("releases.test", List.of(releases), "registry.test", List.of(images)), true);
        return new UpstreamBuilder(
                cache, CATALOGUE, UPSTREAM, sources, Map.of("HOME", directory.toString()), SHORT, events::add);
    }

    private UpstreamBuilder builder(String cache) {
        return builder(directory.resolve(cache), host.address(), registry.address());
    }

    private Bundle build(String cache) throws InterruptedException {
        return builder(cache).build(KUBERNETES, FEATURES, AMD64, Optional.empty());
    }

    private Bundle build(String cache, Path lock) throws InterruptedException {
        return builder(cache).build(KUBERNETES, FEATURES, AMD64, Optional.of(lock));
    }

    @Test
    void aBundleHoldsWhatIsReleasedUnderTheNamesOfTheCatalogue() throws Exception {
        Bundle bundle = build("one");

        assertThat(bundle.verify()).isEmpty();
        assertThat(bundle.source()).isEqualTo("upstream");
        assertThat(bundle.file("kubelet", Architecture.AMD64).path()).hasBinaryContent(KUBELET_BYTES);
        assertThat(bundle.file("kubelet", Architecture.AMD64).path()).isExecutable();
        assertThat(bundle.file("cni/tool", Architecture.AMD64).path()).hasBinaryContent(TOOL_BYTES);
        assertThat(bundle.manifest("net")).isEqualTo("kind: ConfigMap\n");
        assertThat(bundle.data().etcdImageTag()).isEqualTo("2.0.0-0");
        assertThat(bundle.data().pauseImage()).isEqualTo("registry.test/pause:v1.36.4");
        assertThat(bundle.parts())
                .extracting(BundlePart::name, BundlePart::version, BundlePart::licence, BundlePart::origin)
                .containsExactly(
                        tuple("kubernetes", "v1.36.4", "Apache-2.0", "registry.test, releases.test"),
                        tuple("tools", "v2.0.0", "MIT", "registry.test, releases.test"));
        TestImage wanted = image(Architecture.AMD64, 1);
        assertThat(bundle.images(Architecture.AMD64))
                .extracting(BundleImage::ref)
                .containsExactly("registry.test/kube-apiserver:v1.36.4", "registry.test/group/tools:2.0.0-0");
        assertThat(bundle.image(APISERVER, Architecture.AMD64)).satisfies(image -> {
            assertThat(image.manifestDigest()).isEqualTo("sha256:" + wanted.digest());
            assertThat(image.imageId()).isEqualTo("sha256:" + wanted.config());
            assertThat(layout(image.archive().path()))
                    .containsKeys(
                            "oci-layout",
                            "index.json",
                            "blobs/sha256/" + wanted.digest(),
                            "blobs/sha256/" + wanted.config(),
                            "blobs/sha256/" + wanted.layer());
        });
        assertThat(registry.scopes).contains("repository:kube-apiserver:pull", "repository:group/tools:pull");
    }

    private static Map<String, byte[]> layout(Path archive) throws IOException {
        Map<String, byte[]> files = new TreeMap<>();
        TarReader reader = new TarReader(new java.io.ByteArrayInputStream(Files.readAllBytes(archive)));
        for (Optional<TarReader.Entry> each = reader.next(); each.isPresent(); each = reader.next()) {
            files.put(each.get().path(), each.get().content());
        }
        return files;
    }

    @Test
    void twoBuildsGiveTheSameLockAndTheSecondInOneCacheAsksNobody() throws Exception {
        Bundle one = build("one");
        Bundle other = build("other");
        assertThat(other.lockHash()).isEqualTo(one.lockHash());

        int asked = host.requests.size();
        events.clear();
        assertThat(build("one").lockHash()).isEqualTo(one.lockHash());
        assertThat(host.requests).hasSize(asked);
        assertThat(events).isEmpty();
    }

    @Test
    void everyFlippedByteIsFoundAndItsFileNamed() throws Exception {
        Bundle bundle = build("one");
        Random random = new Random(20261122);
        for (Lock.FileEntry entry : Lock.read(bundle.directory()).files()) {
            Path file = bundle.directory().resolve(entry.path());
            byte[] good = Files.readAllBytes(file);
            for (int flip = 0; flip < 25; flip++) {
                int at = random.nextInt(good.length);
                byte[] bad = good.clone();
                bad[at] ^= (byte) (1 << random.nextInt(8));
                Files.write(file, bad);
                assertThat(bundle.verify())
                        .as("byte %d of %s", at, entry.path())
                        .extracting(Bundle.Flaw::path)
                        .containsExactly(entry.path());
            }
            Files.write(file, good);
        }
        assertThat(bundle.verify()).isEmpty();
    }

    @Test
    void aDamagedBundleIsMadeAgainWithTheSameDigests() throws Exception {
        Bundle bundle = build("one");
        Files.delete(bundle.file("kubelet", Architecture.AMD64).path());

        Bundle again = build("one");
        assertThat(again.lockHash()).isEqualTo(bundle.lockHash());
        assertThat(again.verify()).isEmpty();
        assertThat(host.requests(KUBELET)).hasSize(1);
    }

    @Test
    void aTagThatMovedIsRefusedWhereALockPinsIt() throws Exception {
        Bundle bundle = build("one");
        Path lock = Files.copy(bundle.directory().resolve(Lock.FILE), directory.resolve("lock.json"));
        TestImage moved = image(Architecture.AMD64, 4);
        registry.push("group/tools", "2.0.0-0", moved);

        assertThatThrownBy(() -> build("other", lock))
                .isInstanceOfSatisfying(
                        BundleException.class,
                        thrown -> assertThat(thrown.code()).isEqualTo(BundleException.Code.OTHER_CONTENT))
                .hasMessageContaining("registry.test/group/tools:2.0.0-0")
                .hasMessageContaining("sha256:" + moved.digest())
                .hasMessageContaining("sha256:" + image(Architecture.AMD64, 3).digest());
        assertThat(directory.resolve("other/bundles")).doesNotExist();

        Bundle without = build("other");
        assertThat(without.image("tools", Architecture.AMD64).manifestDigest()).isEqualTo("sha256:" + moved.digest());
        assertThatThrownBy(() -> build("other", lock)).hasMessageContaining("this bundle is not what the lock pins");
    }

    @Test
    void theLockOfADamagedBundlePinsItsSuccessor() throws Exception {
        Bundle bundle = build("one");
        Files.delete(bundle.file("kubelet", Architecture.AMD64).path());
        registry.push("group/tools", "2.0.0-0", image(Architecture.AMD64, 4));

        assertThatThrownBy(() -> build("one")).hasMessageContaining("instead of sha256:");
    }

    @Test
    void aReleaseFileThatChangedIsRefusedWhereALockPinsIt() throws Exception {
        Bundle bundle = build("one");
        Path lock = bundle.directory().resolve(Lock.FILE);
        host.put(MANIFEST, "kind: Secret\n".getBytes(UTF_8));

        assertThatThrownBy(() -> build("other", lock))
                .hasMessageContaining("releases.test" + MANIFEST)
                .hasMessageContaining(Digest.of("kind: ConfigMap\n"))
                .hasMessageContaining(Digest.of("kind: Secret\n"));
    }

    @Test
    void aReleaseFileWithAnotherChecksumThanTheCataloguesIsRefused() {
        host.put(KUBELET, random(7, 200_000));

        assertThatThrownBy(() -> build("one"))
                .hasMessageContaining("releases.test" + KUBELET)
                .hasMessageContaining(Digest.of(KUBELET_BYTES));
        assertThat(directory.resolve("one/bundles")).doesNotExist();
    }

    @Test
    void aBuildThatBrokeOffGoesOnWhereItStopped() throws Exception {
        Path partial = directory.resolve("one/downloads/partial").resolve(Digest.of(KUBELET_BYTES));
        host.taken = () -> partial.toFile().length();
        host.fail(KUBELET, new Cut(90_000), new ReleaseHost.Status(404, Map.of()));
        assertThatThrownBy(() -> build("one")).hasMessageContaining("404");

        Bundle bundle = build("one");
        assertThat(host.requests(KUBELET)).extracting(Request::range).endsWith("bytes=90000-");
        assertThat(bundle.lockHash()).isEqualTo(build("other").lockHash());
    }

    @Test
    void theRegistryGivesTheRestOfABlobWhoseBeginningIsHere() throws Exception {
        TestImage image = image(Architecture.AMD64, 1);
        byte[] layer = Optional.ofNullable(image.blobs().get(image.layer())).orElseThrow();
        byte[] config = Optional.ofNullable(image.blobs().get(image.config())).orElseThrow();
        Path partial = Files.createDirectories(directory.resolve("downloads/partial"));
        Files.write(partial.resolve(image.layer()), java.util.Arrays.copyOf(layer, 60_000));
        Received received = new Received();
        try (Web web = new Web(new Proxies(Map.of()), SSLContext.getDefault(), SHORT.silence())) {
            Downloads downloads = new Downloads(directory.resolve("downloads"), web, SHORT, notice -> {});
            Sources sources = new Sources(Optional.empty(), Map.of("registry.test", List.of(registry.address())), true);
            Logins none = Logins.of(Map.of("HOME", directory.toString()));
            Registry.Pulled pulled = new Registry(sources, web, none, SHORT, downloads)
                    .pull(
                            "registry.test/kube-apiserver",
                            "v1.36.4",
                            Architecture.AMD64,
                            Optional.of(image.digest()),
                            received);
            assertThat(pulled.blobs()).containsOnlyKeys(image.layer(), image.config());
        }
        assertThat(received.bytes()).isEqualTo(config.length + layer.length - 60_000);
        assertThat(partial).isEmptyDirectory();
    }

    @Test
    void aBlobThatIsDamagedInTheRegistryIsRefused() throws Exception {
        TestImage image = image(Architecture.AMD64, 3);
        Path stored = registry.stored(image.layer());
        byte[] good = Files.readAllBytes(stored);
        byte[] bad = good.clone();
        bad[12_345] ^= 4;
        try {
            Files.write(stored, bad);
            assertThatThrownBy(() -> build("one"))
                    .hasMessageContaining("blob sha256:" + image.layer())
                    .hasMessageContaining(Digest.of(bad));
        } finally {
            Files.write(stored, good);
        }
        assertThat(build("one").verify()).isEmpty();
    }

    @Test
    void aMirrorThatIsAwayIsPassedOver() throws Exception {
        URI away;
        try (ReleaseHost closed = new ReleaseHost()) {
            away = closed.address();
        }
        Sources sources = new Sources(
                Optional.empty(),
                Map.of(
                        "releases.test", List.of(away, host.address()),
                        "registry.test", List.of(away, registry.address())),
                true);
        Bundle bundle = new UpstreamBuilder(
                        directory.resolve("one"),
                        CATALOGUE,
                        UPSTREAM,
                        sources,
                        Map.of("HOME", directory.toString()),
                        SHORT,
                        events::add)
                .build(KUBERNETES, FEATURES, AMD64, Optional.empty());

        assertThat(bundle.verify()).isEmpty();
        assertThat(events)
                .filteredOn(BuildEvent.Notice.class::isInstance)
                .isNotEmpty()
                .allSatisfy(event ->
                        assertThat(((BuildEvent.Notice) event).text()).contains("passed over", away.toString()));
    }

    @Test
    void bothArchitecturesComeIntoOneBundle() throws Exception {
        host.put(KUBELET.replace("amd64", "arm64"), random(8, 1000));
        host.put(ARCHIVE.replace("amd64", "arm64"), archive());
        registry.push("group/tools", "2.0.0-0", image(Architecture.AMD64, 3), image(Architecture.ARM64, 9));

        Bundle bundle = builder("both")
                .build(KUBERNETES, FEATURES, Set.of(Architecture.AMD64, Architecture.ARM64), Optional.empty());
        assertThat(bundle.architectures()).containsExactly(Architecture.AMD64, Architecture.ARM64);
        assertThat(bundle.image(APISERVER, Architecture.ARM64).manifestDigest())
                .isEqualTo("sha256:" + image(Architecture.ARM64, 2).digest());
        assertThat(bundle.verify()).isEmpty();
    }

    @Test
    void whatHasNoReleaseIsCompiledIntoTheSameBundle() throws Exception {
        Path shared =
                Files.createDirectories(Builder.defaultCache(System.getenv()).resolve("go"));
        Files.createSymbolicLink(
                Files.createDirectories(directory.resolve("one")).resolve("go"), shared);
        Bundle bundle = builder("one").build(KUBERNETES, List.of("small", "own"), AMD64, Optional.empty());

        assertThat(bundle.verify()).isEmpty();
        assertThat(bundle.images(Architecture.AMD64))
                .extracting(BundleImage::name)
                .containsExactly(APISERVER, "tools", "probe");
        assertThat(bundle.file("kubewright-probe", Architecture.AMD64).path()).isExecutable();
        assertThat(Lock.read(bundle.directory()).toolchain()).containsOnlyKeys("go");
        assertThat(bundle.parts())
                .extracting(BundlePart::name, BundlePart::origin)
                .contains(tuple("probe", "kubewright.io/probe"));
    }

    @Test
    void anInterruptedBuildLeavesNoBundleAndItsDownloadsStay() throws Exception {
        host.fail(ARCHIVE, new ReleaseHost.Silence(1000));
        List<Throwable> ends = new CopyOnWriteArrayList<>();
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                build("one");
            } catch (InterruptedException | RuntimeException thrown) {
                ends.add(thrown);
            }
        });
        while (host.requests(ARCHIVE).isEmpty() || whole("one").count() < 6) {
            Thread.sleep(20);
        }
        thread.interrupt();
        thread.join();

        assertThat(ends).singleElement().isInstanceOf(InterruptedException.class);
        assertThat(directory.resolve("one/bundles")).doesNotExist();
        assertThat(build("one").verify()).isEmpty();
        assertThat(host.requests(KUBELET)).hasSize(1);
    }

    private Stream<Path> whole(String cache) throws IOException {
        Path downloads = directory.resolve(cache).resolve("downloads/sha256");
        return Files.isDirectory(downloads) ? Files.list(downloads).toList().stream() : Stream.empty();
    }
}
