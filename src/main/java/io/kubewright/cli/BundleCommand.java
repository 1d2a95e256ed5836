package io.kubewright.cli;

import io.kubewright.bundle.Architecture;
import io.kubewright.bundle.Builder;
import io.kubewright.bundle.Bundle;
import io.kubewright.bundle.BundleException;
import io.kubewright.bundle.BundleImage;
import io.kubewright.bundle.BundlePart;
import io.kubewright.bundle.Sources;
import io.kubewright.bundle.UpstreamBuilder;
import io.kubewright.cluster.Bundles;
import io.kubewright.cluster.ClusterFile;
import io.kubewright.cluster.Specification;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

@Command(
        name = "bundle",
        description = "Everything that is installed: fetch it or build it from source, check it, show what is in it.",
        subcommands = {
            BundleCommand.BuildCommand.class,
            BundleCommand.CheckCommand.class,
            BundleCommand.ListCommand.class
        })
final class BundleCommand implements Callable<Integer> {
    private static final JsonMapper JSON = new JsonMapper();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before anything is called
    private CommandSpec spec;

    @Override
    public Integer call() {
        throw new ParameterException(spec.commandLine(), "which one: build, verify or list?");
    }

    /** Where bundles are kept. */
    static final class CacheOption {
        @Option(
                names = "--cache",
                paramLabel = "DIR",
                description = "Where modules, compiled parts and bundles are kept; $KUBEWRIGHT_CACHE, else"
                        + " ~/.cache/kubewright, when not given.")
        private @Nullable Path cache;

        Path directory() {
            return cache != null ? cache : Builder.defaultCache(System.getenv());
        }

        /** The bundle of a directory that was named, else the newest of the cache. */
        Bundle open(@Nullable Path named) {
            if (named != null) {
                return Bundle.open(named);
            }
            return new Builder(directory(), event -> {})
                    .bundles().stream()
                            .findFirst()
                            .orElseThrow(() -> new CommandException(
                                    ExitCode.FAILED,
                                    directory() + ": no bundle has been built here",
                                    "kubewright bundle build makes one"));
        }
    }

    @Command(
            name = "build",
            description = {
                "Makes the bundle that the cluster file names: `upstream` fetches what the projects release and is not in"
                        + " the cache yet, `source` compiles it, about 20 minutes with an empty cache.",
                "A download that broke off goes on where it stopped when the command is run again."
            })
    static final class BuildCommand implements Callable<Integer> {
        private final Context context;

        @Mixin
        private CacheOption cache = new CacheOption();

        @Option(
                names = "--feature",
                paramLabel = "NAME",
                description = "Only what this feature needs; may be repeated. What the cluster file needs when"
                        + " not given; all without a file.")
        private List<String> features = new ArrayList<>();

        @Option(
                names = "--arch",
                paramLabel = "ARCH",
                description = "amd64 or arm64; may be repeated. This machine's when not given.")
        private List<String> architectures = new ArrayList<>();

        @Option(
                names = "--from",
                paramLabel = "SOURCE",
                description = "upstream or source. What the cluster file names when not given; source without a file.")
        private @Nullable Origin origin;

        @Option(
                names = "--kubernetes",
                paramLabel = "VERSION",
                description = "upstream: the Kubernetes version. The cluster file's when not given; the newest known"
                        + " without a file.")
        private @Nullable String kubernetes;

        @Option(
                names = "--sources",
                paramLabel = "FILE",
                description = "upstream: where release files and images are fetched from; $KUBEWRIGHT_SOURCES, else"
                        + " ~/.config/kubewright/sources.yaml where there is one, when not given.")
        private @Nullable Path sources;

        @Option(
                names = "--lock",
                paramLabel = "FILE",
                description = "upstream: a lock.json whose digests everything must have; another one is refused.")
        private @Nullable Path lock;

        BuildCommand(Context context) {
            this.context = context;
        }

        /** What makes a bundle. */
        enum Origin {
            UPSTREAM,
            SOURCE;

            @Override
            public String toString() {
                return name().toLowerCase(Locale.ROOT);
            }
        }

        @Override
        public Integer call() throws InterruptedException {
            Optional<Specification> file = file();
            Bundle bundle = build(file, features.isEmpty() ? needed(file) : features);
            context.print(() -> "The bundle is " + bundle.directory() + "\n", () -> json(summary(bundle)));
            return ExitCode.DONE.number();
        }

        private Bundle build(Optional<Specification> file, Collection<String> wantedFeatures)
                throws InterruptedException {
            BuildLines lines = new BuildLines(context.people());
            return switch (origin(file)) {
                case SOURCE -> {
                    requireUpstream("--kubernetes", kubernetes);
                    requireUpstream("--sources", sources);
                    requireUpstream("--lock", lock);
                    yield new Builder(cache.directory(), lines).build(wantedFeatures, wanted());
                }
                case UPSTREAM ->
                    new UpstreamBuilder(
                                    cache.directory(),
                                    Sources.find(Optional.ofNullable(sources), System.getenv()),
                                    lines)
                            .build(version(file), wantedFeatures, wanted(), Optional.ofNullable(lock));
            };
        }

        private static void requireUpstream(String option, @Nullable Object given) {
            if (given != null) {
                throw new CommandException(
                        ExitCode.USAGE,
                        option + " is for bundles of releases, and this one is built from source",
                        "leave it out, or add --from upstream");
            }
        }

        /** The cluster file, when one was named or lies here. */
        private Optional<Specification> file() {
            Path file = context.options().file();
            return context.options().namedFile().isPresent() || Files.exists(file)
                    ? Optional.of(ClusterFile.read(file))
                    : Optional.empty();
        }

        private static Collection<String> needed(Optional<Specification> file) {
            return file.map(specification -> (Collection<String>) Bundles.features(specification))
                    .orElseGet(Builder::features);
        }

        private Origin origin(Optional<Specification> file) {
            if (origin != null) {
                return origin;
            }
            return switch (file.map(Specification::bundle).orElse("source")) {
                case "source" -> Origin.SOURCE;
                case "upstream" -> Origin.UPSTREAM;
                case String directory ->
                    throw new CommandException(
                            ExitCode.USAGE,
                            "the cluster file takes the bundle of " + directory + ", so there is nothing to build",
                            "--from upstream or --from source builds one nevertheless");
            };
        }

        private String version(Optional<Specification> file) {
            return kubernetes != null
                    ? kubernetes
                    : file.map(specification -> specification.kubernetes().version())
                            .orElseGet(
                                    () -> UpstreamBuilder.kubernetesVersions().getFirst());
        }

        private Set<Architecture> wanted() {
            Set<Architecture> wanted = new TreeSet<>();
            architectures.forEach(each -> wanted.add(Architecture.of(each)));
            return wanted.isEmpty() ? Set.of(Architecture.ofThisMachine()) : wanted;
        }
    }

    @Command(
            name = "verify",
            description = "Reads every file of a bundle and compares it with the lock.",
            footer = "%nExit 0 when all is as locked, 2 when not.")
    static final class CheckCommand implements Callable<Integer> {
        private final Context context;

        @Mixin
        private CacheOption cache = new CacheOption();

        @Parameters(
                index = "0",
                arity = "0..1",
                paramLabel = "DIR",
                description = "The bundle; the newest of the cache when not given.")
        private @Nullable Path directory;

        CheckCommand(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            Bundle bundle = cache.open(directory);
            List<Bundle.Flaw> flaws = bundle.verify();
            context.print(() -> text(bundle, flaws), () -> {
                Map<String, Object> document = document("bundle-verification");
                document.put("ok", flaws.isEmpty());
                document.put("directory", bundle.directory().toString());
                document.put("lock", bundle.lockHash());
                document.put("flaws", flaws);
                return json(document);
            });
            return (flaws.isEmpty() ? ExitCode.DONE : ExitCode.PENDING).number();
        }

        private static String text(Bundle bundle, List<Bundle.Flaw> flaws) {
            if (flaws.isEmpty()) {
                return bundle.directory() + ": every file is as locked\n";
            }
            StringBuilder text = new StringBuilder(bundle.directory() + ": not as locked\n");
            flaws.forEach(flaw -> text.append("  ")
                    .append(flaw.path())
                    .append(": ")
                    .append(flaw.problem())
                    .append('\n'));
            return text.toString();
        }
    }

    @Command(name = "list", description = "What a bundle holds.")
    static final class ListCommand implements Callable<Integer> {
        private final Context context;

        @Mixin
        private CacheOption cache = new CacheOption();

        @Option(
                names = "--catalogue",
                description =
                        "What could be built instead: features and the parts' versions, from source and upstream.")
        private boolean catalogue;

        @Parameters(
                index = "0",
                arity = "0..1",
                paramLabel = "DIR",
                description = "The bundle; the newest of the cache when not given.")
        private @Nullable Path directory;

        ListCommand(Context context) {
            this.context = context;
        }

        @Override
        public Integer call() {
            if (catalogue) {
                context.print(ListCommand::catalogueText, () -> {
                    Map<String, Object> document = document("bundle-catalogue");
                    document.put("features", Builder.features());
                    document.put("parts", Builder.versions());
                    document.put("upstream", upstream());
                    return json(document);
                });
            } else {
                Bundle bundle = cache.open(directory);
                context.print(() -> text(bundle), () -> json(summary(bundle)));
            }
            return ExitCode.DONE.number();
        }

        private static String catalogueText() {
            StringBuilder text = new StringBuilder("features: " + String.join(", ", Builder.features()) + "\n");
            text.append("from source\n");
            Builder.versions().forEach((part, version) -> text.append(String.format("  %-14s %s%n", part, version)));
            upstream().forEach((kubernetes, versions) -> {
                text.append("upstream, Kubernetes ").append(kubernetes).append('\n');
                versions.forEach((part, version) -> text.append(String.format("  %-14s %s%n", part, version)));
            });
            return text.toString();
        }

        private static Map<String, Map<String, String>> upstream() {
            Map<String, Map<String, String>> releases = new LinkedHashMap<>();
            UpstreamBuilder.kubernetesVersions().forEach(each -> releases.put(each, UpstreamBuilder.versions(each)));
            return releases;
        }

        private static String text(Bundle bundle) {
            StringBuilder text = new StringBuilder();
            text.append(bundle.directory()).append("\n  lock     ").append(bundle.lockHash());
            text.append("\n  source   ").append(bundle.source());
            text.append("\n  features ")
                    .append(String.join(", ", bundle.features()))
                    .append("\n\nparts\n");
            for (BundlePart part : bundle.parts()) {
                text.append(String.format(
                        "  %-14s %-10s %-12s %s%n", part.name(), part.version(), part.licence(), part.origin()));
            }
            for (Architecture architecture : bundle.architectures()) {
                text.append("\nimages for ").append(architecture.label()).append('\n');
                for (BundleImage image : bundle.images(architecture)) {
                    text.append(String.format(
                            "  %-52s %5d MB  %s%n",
                            image.ref(), image.archive().size() / 1_000_000, image.manifestDigest()));
                }
            }
            return text.toString();
        }
    }

    private static Map<String, Object> summary(Bundle bundle) {
        Map<String, Object> document = document("bundle");
        document.put("directory", bundle.directory().toString());
        document.put("lock", bundle.lockHash());
        document.put("source", bundle.source());
        document.put("features", bundle.features());
        document.put("parts", bundle.parts());
        List<Map<String, Object>> images = new ArrayList<>();
        for (Architecture architecture : bundle.architectures()) {
            for (BundleImage image : bundle.images(architecture)) {
                Map<String, Object> each = new LinkedHashMap<>();
                each.put("ref", image.ref());
                each.put("architecture", architecture.label());
                each.put("manifest", image.manifestDigest());
                each.put("size", image.archive().size());
                images.add(each);
            }
        }
        document.put("images", images);
        return document;
    }

    private static Map<String, Object> document(String kind) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("schema", "kubewright.io/" + kind + "/v1");
        return document;
    }

    private static String json(Map<String, Object> document) {
        return JSON.writeValueAsString(document) + "\n";
    }

    /** How a bundle that cannot be used or made ends a command. */
    static ExitCode codeOf(BundleException.Code code) {
        return switch (code) {
            case NOT_A_BUNDLE, NOT_IN_CATALOGUE, SOURCES -> ExitCode.USAGE;
            case NOT_IN_BUNDLE, OTHER_CONTENT -> ExitCode.REFUSED;
            case CORRUPT, CATALOGUE, TOOL_MISSING, BUILD_FAILED, STORAGE -> ExitCode.FAILED;
        };
    }
}
