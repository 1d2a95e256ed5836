package io.kubewright.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Builds with the real Go command: a bundle of the probe alone, which needs no module from elsewhere. */
class BuilderIT {
    private static final Set<Architecture> HERE = Set.of(Architecture.ofThisMachine());
    private static final List<String> FEATURES = List.of("small");

    @TempDir
    private Path directory;

    private final List<BuildEvent> events = new CopyOnWriteArrayList<>();

    private static Catalogue small(String version) {
        return Catalogue.parse("""
                schema: kubewright.io/catalogue/v1
                toolchain: go1.26.7
                parts:
                  probe:
                    version: "%s"
                    licence: Apache-2.0
                    origin: kubewright.io/probe
                    seconds: 10
                    go:
                      module: probe
                      resources: [main.go, serve.go, network.go, multicast.go, segment.go, measure.go, tasks.go, answer.go, lookup.go, wire.go, ports.go]
                      stamps: {main.version: "%s"}
                      outputs: [{name: kubewright-probe, package: kubewright.io/probe, produces: probe}]
                binaries: {kubewright-probe: probe/kubewright-probe}
                layers: {static: {}}
                images:
                  - {name: probe, repository: kubewright.io/probe, part: probe, layer: static,
                     files: {/kubewright-probe: probe/kubewright-probe}, entrypoint: [/kubewright-probe]}
                manifests: {}
                packages: []
                distributions: {}
                features: {small: {binaries: [kubewright-probe], images: [probe]}}
                data: {imagePullPolicy: Never, imageRepository: r, etcdImageTag: e, dnsImageRepository: d, dnsImageTag: t,
                       pauseImage: p, environment: {}}
                """.formatted(version, version));
    }

    /** The toolchain is fetched once for all caches; what is compiled is not shared. */
    private Path cache(String name) throws IOException {
        Path cache = Files.createDirectories(directory.resolve(name));
        Path modules = Builder.defaultCache(System.getenv()).resolve("go/mod");
        Files.createDirectories(modules);
        Files.createDirectories(cache.resolve("go"));
        if (!Files.exists(cache.resolve("go/mod"))) {
            Files.createSymbolicLink(cache.resolve("go/mod"), modules);
        }
        return cache;
    }

    private Builder builder(Path cache, String version) {
        return new Builder(cache, small(version), events::add);
    }

    @BeforeEach
    void forget() {
        events.clear();
    }

    @Test
    void twoBuildsInOtherPlacesGiveTheSameLock() throws Exception {
        Bundle one = builder(cache("one"), "1").build(FEATURES, HERE);
        Bundle other = builder(cache("an/other much longer place"), "1").build(FEATURES, HERE);
        assertThat(other.lockHash()).isEqualTo(one.lockHash());
        assertThat(one.verify()).isEmpty();
        Program probe = new Program(
                null,
                Program.plainEnvironment(),
                List.of(
                        one.file("kubewright-probe", Architecture.ofThisMachine())
                                .path()
                                .toString(),
                        "version"));
        assertThat(probe.run("asking the probe")).isEqualTo("{\"event\":\"version\",\"version\":\"1\"}");
    }

    @Test
    void aBuiltBundleIsFoundWithoutBuildingAndAnotherRecipeIsAnother() throws Exception {
        Path cache = cache("cache");
        assertThat(builder(cache, "1").existing(FEATURES, HERE)).isEmpty();
        Bundle built = builder(cache, "1").build(FEATURES, HERE);
        events.clear();
        assertThat(builder(cache, "1").build(FEATURES, HERE).lockHash()).isEqualTo(built.lockHash());
        assertThat(events).isEmpty();
        assertThat(builder(cache, "2").existing(FEATURES, HERE)).isEmpty();
        assertThat(builder(cache, "2").build(FEATURES, HERE).lockHash()).isNotEqualTo(built.lockHash());
    }

    @Test
    void whatIsUnchangedIsTakenFromTheCacheAndWhatIsDamagedIsMadeAgain() throws Exception {
        Path cache = cache("cache");
        Bundle built = builder(cache, "1").build(FEATURES, HERE);
        Storage.delete(built.directory());
        events.clear();
        builder(cache, "1").build(FEATURES, HERE);
        assertThat(finished("probe").cached()).isTrue();

        Storage.delete(built.directory());
        Files.writeString(only(cache.resolve("parts")).resolve("kubewright-probe"), "damaged");
        events.clear();
        Bundle again = builder(cache, "1").build(FEATURES, HERE);
        assertThat(finished("probe").cached()).isFalse();
        assertThat(again.lockHash()).isEqualTo(built.lockHash());
        assertThat(again.verify()).isEmpty();
    }

    @Test
    void anInterruptedBuildLeavesNothingHalfMade() throws Exception {
        Path cache = cache("cache");
        CountDownLatch compiling = new CountDownLatch(1);
        AtomicReference<Throwable> end = new AtomicReference<>(new AssertionError("still running"));
        Builder builder = new Builder(cache, small("1"), event -> {
            if (event instanceof BuildEvent.Started started && started.subject().equals("probe")) {
                compiling.countDown();
            }
        });
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                builder.build(FEATURES, HERE);
                end.set(new AssertionError("it was not interrupted"));
            } catch (InterruptedException | RuntimeException thrown) {
                end.set(thrown);
            }
        });
        compiling.await();
        Thread.sleep(300);
        thread.interrupt();
        thread.join();
        assertThat(end.get()).isInstanceOf(InterruptedException.class);
        assertThat(entries(cache.resolve("parts"))).isEmpty();
        assertThat(cache.resolve("bundles")).doesNotExist();
        assertThat(builder(cache, "1").build(FEATURES, HERE).verify()).isEmpty();
    }

    @Test
    void whatAKilledBuildLeftIsSweptByTheNext() throws Exception {
        Path cache = cache("cache");
        Files.write(
                Files.createDirectories(cache.resolve("parts/.making-123")).resolve("half"), "half".getBytes(UTF_8));
        builder(cache, "1").build(FEATURES, HERE);
        assertThat(entries(cache.resolve("parts"))).singleElement().asString().startsWith("probe-");
    }

    @Test
    void aCompilerErrorNamesThePartAndQuotesTheCompiler() throws Exception {
        Catalogue broken = Catalogue.parse("""
                schema: kubewright.io/catalogue/v1
                toolchain: go1.26.7
                parts:
                  probe: {version: "1", licence: Apache-2.0, origin: o, seconds: 1,
                          go: {module: probe, resources: [main.go], outputs: [{name: p, package: kubewright.io/probe, produces: probe}]}}
                binaries: {p: probe/p}
                layers: {static: {}}
                images: []
                manifests: {}
                packages: []
                distributions: {}
                features: {small: {binaries: [p]}}
                data: {imagePullPolicy: Never, imageRepository: r, etcdImageTag: e, dnsImageRepository: d, dnsImageTag: t,
                       pauseImage: p, environment: {}}
                """);
        Builder builder = new Builder(cache("cache"), broken, events::add);
        assertThatThrownBy(() -> builder.build(FEATURES, HERE))
                .isInstanceOfSatisfying(
                        BundleException.class,
                        thrown -> assertThat(thrown.code()).isEqualTo(BundleException.Code.BUILD_FAILED))
                .hasMessageContaining("compiling probe")
                .hasMessageContaining("undefined: clock");
    }

    private BuildEvent.Finished finished(String subject) {
        return events.stream()
                .filter(BuildEvent.Finished.class::isInstance)
                .map(BuildEvent.Finished.class::cast)
                .filter(each -> each.subject().equals(subject))
                .findFirst()
                .orElseThrow();
    }

    private static Path only(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.findFirst().orElseThrow();
        }
    }

    private static List<String> entries(Path directory) throws IOException {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.map(each -> each.getFileName().toString()).toList();
        }
    }
}
