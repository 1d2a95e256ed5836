package io.kubewright.bundle;

import static java.util.Objects.requireNonNullElse;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What can be installed and how it is made from source: the content of catalogue.yaml, whose head explains the words. */
record Catalogue(
        String schema,
        String toolchain,
        Map<String, Part> parts,
        Map<String, String> binaries,
        Map<String, Layer> layers,
        List<Image> images,
        Map<String, ModuleFile> manifests,
        List<PackageSet> packages,
        Map<String, Distribution> distributions,
        Map<String, Feature> features,
        BundleData data) {
    static final String SCHEMA = "kubewright.io/catalogue/v1";
    private static final String RESOURCE = "catalogue.yaml";

    /** A project at one version; exactly one of {@code go} and {@code c} is there. */
    record Part(
            String version,
            String licence,
            String origin,
            int seconds,
            @Nullable GoRecipe go,
            @Nullable CRecipe c) {
        List<String> outputs() {
            return go != null
                    ? Stream.concat(
                                    go.outputs().stream().map(Output::name),
                                    go.copies().stream().map(Copy::name))
                            .toList()
                    : c != null ? List.of(c.output()) : List.of();
        }

        Optional<String> module() {
            return Optional.ofNullable(go != null ? go.module() : c != null ? c.module() : null);
        }

        @Override
        public String toString() {
            return RecordText.of(
                    "Part", "version", version, "licence", licence, "origin", origin, "seconds", seconds, "go", go, "c",
                    c);
        }
    }

    /**
     * Packages of Go modules to compile.
     *
     * @param module directory under parts/ with go.mod and go.sum
     * @param resources further files of that directory
     * @param stamps string variables set by the linker
     * @param debianPackages what cgo needs on the building machine besides a C compiler
     * @param copies files of modules that belong to the outputs as they are
     */
    record GoRecipe(
            String module,
            List<String> resources,
            boolean cgo,
            List<String> debianPackages,
            List<String> tags,
            Map<String, String> stamps,
            List<Output> outputs,
            List<Copy> copies) {
        GoRecipe {
            resources = List.copyOf(requireNonNullElse(resources, List.of()));
            debianPackages = List.copyOf(requireNonNullElse(debianPackages, List.of()));
            tags = List.copyOf(requireNonNullElse(tags, List.of()));
            stamps = new LinkedHashMap<>(requireNonNullElse(stamps, Map.of()));
            copies = List.copyOf(requireNonNullElse(copies, List.of()));
        }

        @Override
        public String toString() {
            List<Object> fields = new ArrayList<>(List.of(
                    "module",
                    module,
                    "resources",
                    resources,
                    "cgo",
                    cgo,
                    "debianPackages",
                    debianPackages,
                    "tags",
                    tags,
                    "stamps",
                    stamps,
                    "outputs",
                    outputs));
            // Most have none, and their names in the cache are older than the word.
            if (!copies.isEmpty()) {
                fields.addAll(List.of("copies", copies));
            }
            return RecordText.of("GoRecipe", fields.toArray());
        }
    }

    /**
     * A file that a module ships.
     *
     * @param from the module
     */
    record Copy(String name, String from, String file) {
        @Override
        public String toString() {
            return RecordText.of("Copy", "name", name, "from", from, "file", file);
        }
    }

    /** @param produces what the go command calls the program when that is not its name here */
    record Output(
            String name,

            @com.fasterxml.jackson.annotation.JsonProperty("package")
            String source,

            @Nullable String produces) {
        String produced() {
            return produces == null ? name : produces;
        }

        @Override
        public String toString() {
            return RecordText.of("Output", "name", name, "source", source, "produces", produces);
        }
    }

    /** One C file of a Go module, linked statically. */
    record CRecipe(String module, String from, String file, String output, Map<String, String> defines) {
        @Override
        public String toString() {
            return RecordText.of(
                    "CRecipe", "module", module, "from", from, "file", file, "output", output, "defines", defines);
        }
    }

    /** @param without packages left out although others ask for them */
    record Layer(@Nullable String debian, List<String> packages, List<String> without, Map<String, String> links) {
        Layer {
            packages = List.copyOf(requireNonNullElse(packages, List.of()));
            without = List.copyOf(requireNonNullElse(without, List.of()));
            links = new LinkedHashMap<>(requireNonNullElse(links, Map.of()));
        }

        @Override
        public String toString() {
            return RecordText.of("Layer", "debian", debian, "packages", packages, "without", without, "links", links);
        }
    }

    /**
     * A container image.
     *
     * @param files by path in the image: PART/OUTPUT or =RESOURCE
     * @param hardLinks by path in the image: the path it is another name of
     * @param directories by path in the image: the user that owns it
     */
    record Image(
            String name,
            String repository,
            String part,
            String layer,
            Map<String, String> files,
            Map<String, String> hardLinks,
            Map<String, Integer> directories,
            List<String> entrypoint,
            List<String> command,
            Map<String, String> environment,
            String user) {
        Image {
            hardLinks = new LinkedHashMap<>(requireNonNullElse(hardLinks, Map.of()));
            directories = new LinkedHashMap<>(requireNonNullElse(directories, Map.of()));
            command = List.copyOf(requireNonNullElse(command, List.of()));
            environment = new LinkedHashMap<>(requireNonNullElse(environment, Map.of()));
            user = requireNonNullElse(user, "");
        }

        Set<String> parts() {
            Set<String> parts = new TreeSet<>(Set.of(part));
            files.values().stream()
                    .filter(file -> !file.startsWith("="))
                    .map(Catalogue::partOf)
                    .forEach(parts::add);
            return parts;
        }

        @Override
        public String toString() {
            return RecordText.of(
                    "Image",
                    "name",
                    name,
                    "repository",
                    repository,
                    "part",
                    part,
                    "layer",
                    layer,
                    "files",
                    files,
                    "hardLinks",
                    hardLinks,
                    "directories",
                    directories,
                    "entrypoint",
                    entrypoint,
                    "command",
                    command,
                    "environment",
                    environment,
                    "user",
                    user);
        }
    }

    record ModuleFile(String part, String module, String from, String file) {
        @Override
        public String toString() {
            return RecordText.of("ModuleFile", "part", part, "module", module, "from", from, "file", file);
        }
    }

    record PackageSet(String set, String distribution, List<String> names) {
        @Override
        public String toString() {
            return RecordText.of("PackageSet", "set", set, "distribution", distribution, "names", names);
        }
    }

    record Distribution(String family, String suite) {
        @Override
        public String toString() {
            return RecordText.of("Distribution", "family", family, "suite", suite);
        }
    }

    record Feature(List<String> binaries, List<String> images, List<String> manifests, List<String> packages) {
        Feature {
            binaries = List.copyOf(requireNonNullElse(binaries, List.of()));
            images = List.copyOf(requireNonNullElse(images, List.of()));
            manifests = List.copyOf(requireNonNullElse(manifests, List.of()));
            packages = List.copyOf(requireNonNullElse(packages, List.of()));
        }
    }

    /** What a set of features comes down to. */
    record Selection(
            Set<String> features,
            Set<String> parts,
            Map<String, String> binaries,
            List<Image> images,
            Map<String, ModuleFile> manifests,
            List<PackageSet> packages) {
        static Selection of(
                Set<String> features,
                Map<String, String> binaries,
                List<Image> images,
                Map<String, ModuleFile> manifests,
                List<PackageSet> packages) {
            Set<String> parts = new TreeSet<>();
            binaries.values().forEach(each -> parts.add(partOf(each)));
            images.forEach(each -> parts.addAll(each.parts()));
            manifests.values().forEach(each -> parts.add(each.part()));
            return new Selection(features, parts, binaries, images, manifests, packages);
        }

        /** What is left without these binaries, the images of these parts, and these manifests. */
        Selection without(Set<String> otherBinaries, Set<String> imageParts, Set<String> otherManifests) {
            Map<String, String> binariesLeft = new LinkedHashMap<>(binaries);
            binariesLeft.keySet().removeAll(otherBinaries);
            Map<String, ModuleFile> manifestsLeft = new LinkedHashMap<>(manifests);
            manifestsLeft.keySet().removeAll(otherManifests);
            List<Image> imagesLeft = images.stream()
                    .filter(image -> !imageParts.contains(image.part()))
                    .toList();
            return of(features, binariesLeft, imagesLeft, manifestsLeft, packages);
        }
    }

    /** The catalogue that is part of the program. */
    static Catalogue builtIn() {
        try (InputStream in = Resources.open(RESOURCE)) {
            return parse(new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8));
        } catch (IOException unreadable) {
            throw BundleException.storage("reading the catalogue", unreadable);
        }
    }

    static Catalogue parse(String text) {
        return BuiltIn.parse(RESOURCE, text, Catalogue.class, Catalogue::problems);
    }

    /** The part in PART/OUTPUT. */
    static String partOf(String output) {
        return output.substring(0, output.indexOf('/'));
    }

    Image image(String name) {
        return images.stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> unknown("image", name));
    }

    Part part(String name) {
        return Optional.ofNullable(parts.get(name)).orElseThrow(() -> unknown("part", name));
    }

    /** @throws BundleException when a feature is unknown */
    Selection select(Collection<String> wanted) {
        Set<String> names = new TreeSet<>(wanted);
        Set<String> binaryNames = new TreeSet<>();
        Set<String> imageNames = new LinkedHashSet<>();
        Set<String> manifestNames = new TreeSet<>();
        Set<String> setNames = new TreeSet<>();
        for (String name : names) {
            Feature feature = Optional.ofNullable(features.get(name)).orElseThrow(() -> unknown("feature", name));
            binaryNames.addAll(feature.binaries());
            imageNames.addAll(feature.images());
            manifestNames.addAll(feature.manifests());
            setNames.addAll(feature.packages());
        }
        Map<String, String> chosenBinaries = new LinkedHashMap<>();
        binaryNames.forEach(each -> chosenBinaries.put(each, required(binaries, each, "binary")));
        Map<String, ModuleFile> chosenManifests = new LinkedHashMap<>();
        manifestNames.forEach(each -> chosenManifests.put(each, required(manifests, each, "manifest")));
        List<Image> chosenImages =
                images.stream().filter(each -> imageNames.contains(each.name())).toList();
        return Selection.of(
                names,
                chosenBinaries,
                chosenImages,
                chosenManifests,
                packages.stream().filter(each -> setNames.contains(each.set())).toList());
    }

    private static <T> T required(Map<String, T> from, String name, String kind) {
        return Optional.ofNullable(from.get(name)).orElseThrow(() -> unknown(kind, name));
    }

    private static BundleException unknown(String kind, String name) {
        return new BundleException(
                BundleException.Code.NOT_IN_CATALOGUE,
                kind + " " + name + " is not in the catalogue",
                "`kubewright bundle list --catalogue` shows what is.");
    }

    /** Contradictions between the sections; empty when they agree. */
    List<String> problems() {
        List<String> problems = new ArrayList<>();
        if (!schema.equals(SCHEMA)) {
            problems.add("schema is " + schema + ", not " + SCHEMA);
        }
        parts.forEach((name, part) -> {
            if ((part.go() == null) == (part.c() == null)) {
                problems.add("part " + name + " needs either go or c");
            }
        });
        Set<String> outputs = parts.entrySet().stream()
                .flatMap(part -> part.getValue().outputs().stream().map(output -> part.getKey() + "/" + output))
                .collect(Collectors.toSet());
        binaries.forEach((name, output) -> {
            if (!outputs.contains(output)) {
                problems.add("binary " + name + " names " + output + ", which no part makes");
            }
        });
        for (Image image : images) {
            if (!layers.containsKey(image.layer())) {
                problems.add("image " + image.name() + " names the layer " + image.layer() + ", which is not there");
            }
            if (!parts.containsKey(image.part())) {
                problems.add("image " + image.name() + " takes its tag from " + image.part() + ", which is no part");
            }
            image.files().forEach((path, file) -> {
                if (!file.startsWith("=") && !outputs.contains(file)) {
                    problems.add("image " + image.name() + " holds " + file + ", which no part makes");
                }
            });
        }
        manifests.forEach((name, manifest) -> {
            if (!parts.containsKey(manifest.part())) {
                problems.add("manifest " + name + " belongs to " + manifest.part() + ", which is no part");
            }
        });
        for (PackageSet set : packages) {
            if (!distributions.containsKey(set.distribution())) {
                problems.add("package set " + set.set() + " is for " + set.distribution() + ", which is not there");
            }
        }
        Set<String> imageNames = images.stream().map(Image::name).collect(Collectors.toSet());
        Set<String> setNames = packages.stream().map(PackageSet::set).collect(Collectors.toSet());
        features.forEach((name, feature) -> {
            absent(feature.binaries(), binaries.keySet()).forEach(each -> problems.add(name + " needs binary " + each));
            absent(feature.images(), imageNames).forEach(each -> problems.add(name + " needs image " + each));
            absent(feature.manifests(), manifests.keySet())
                    .forEach(each -> problems.add(name + " needs manifest " + each));
            absent(feature.packages(), setNames).forEach(each -> problems.add(name + " needs package set " + each));
        });
        return problems;
    }

    private static List<String> absent(List<String> wanted, Set<String> there) {
        return wanted.stream().filter(each -> !there.contains(each)).toList();
    }
}
