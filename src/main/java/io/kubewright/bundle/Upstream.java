package io.kubewright.bundle;

import static java.util.Objects.requireNonNullElse;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** What the projects release: the content of upstream.yaml, whose head explains the words. */
record Upstream(
        String schema,
        Map<String, Map<String, String>> releases,
        Map<String, String> versions,
        List<Artefact> artefacts,
        Map<String, Text> manifests,
        Map<String, String> tags,
        Map<String, String> checksums,
        BundleData data) {
    static final String SCHEMA = "kubewright.io/upstream/v1";
    private static final String RESOURCE = "upstream.yaml";

    /**
     * A release file.
     *
     * @param from its name, with placeholders
     * @param binary what it is itself; empty for an archive
     * @param members what an archive holds: path within, with placeholders, by what callers ask for
     */
    record Artefact(String part, String from, String binary, Map<String, String> members) {
        Artefact {
            binary = requireNonNullElse(binary, "");
            members = new LinkedHashMap<>(requireNonNullElse(members, Map.of()));
        }

        Set<String> binaries() {
            return binary.isEmpty() ? members.keySet() : Set.of(binary);
        }
    }

    /** A manifest as it is released. */
    record Text(String part, String from) {}

    static Upstream builtIn() {
        try (InputStream in = Resources.open(RESOURCE)) {
            return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8), Catalogue.builtIn());
        } catch (IOException unreadable) {
            throw BundleException.storage("reading " + RESOURCE, unreadable);
        }
    }

    static Upstream parse(String text, Catalogue catalogue) {
        return BuiltIn.parse(RESOURCE, text, Upstream.class, upstream -> upstream.problems(catalogue));
    }

    /** Contradictions within and with the catalogue; empty when there are none. */
    private List<String> problems(Catalogue catalogue) {
        List<String> problems = new ArrayList<>();
        if (!schema.equals(SCHEMA)) {
            problems.add("schema is " + schema + ", not " + SCHEMA);
        }
        releases.forEach((release, own) -> {
            Set<String> parts = new TreeSet<>(versions.keySet());
            parts.addAll(own.keySet());
            parts.stream()
                    .filter(part -> !catalogue.parts().containsKey(part))
                    .forEach(part -> problems.add("release " + release + " has " + part + ", which is no part"));
            artefacts.stream()
                    .map(Artefact::part)
                    .filter(part -> !parts.contains(part))
                    .forEach(part -> problems.add("release " + release + " has no version of " + part));
        });
        for (Artefact artefact : artefacts) {
            artefact.binaries().stream()
                    .filter(binary -> !catalogue.binaries().containsKey(binary))
                    .forEach(binary -> problems.add(artefact.from() + " holds " + binary + ", which is no binary"));
        }
        manifests.keySet().stream()
                .filter(name -> !catalogue.manifests().containsKey(name))
                .forEach(name -> problems.add("manifest " + name + " is not in the catalogue"));
        return problems;
    }

    /**
     * What goes with a version of Kubernetes.
     *
     * @param kubernetes without a leading v
     * @throws BundleException {@code NOT_IN_CATALOGUE}
     */
    Release release(String kubernetes) {
        Map<String, String> own = Optional.ofNullable(releases.get(kubernetes))
                .orElseThrow(() -> new BundleException(
                        BundleException.Code.NOT_IN_CATALOGUE,
                        "Kubernetes " + kubernetes + " is not among the releases that are known: "
                                + String.join(", ", releases.keySet()),
                        "Name one of these under kubernetes.version, or use another bundle."));
        Map<String, String> all = new TreeMap<>(versions);
        all.putAll(own);
        return new Release(this, all);
    }

    /** A file to fetch, with what it is for. */
    record ReleaseFile(
            String part, String name, Optional<String> sha256, Optional<String> binary, Map<String, String> members) {}

    /** One Kubernetes release and what goes with it; {@code versions} by part. */
    record Release(Upstream upstream, Map<String, String> versions) {
        boolean has(String part) {
            return versions.containsKey(part);
        }

        String version(String part) {
            return Optional.ofNullable(versions.get(part))
                    .orElseThrow(() -> new IllegalArgumentException("no release of " + part));
        }

        /** The tag of a part's images. */
        String tag(String part) {
            return filled(upstream.tags().getOrDefault(part, "{version}"), part, "");
        }

        private String filled(String text, String part, String architecture) {
            String version = version(part);
            return text.replace("{version}", version)
                    .replace("{number}", version.replaceFirst("^v", ""))
                    .replace("{arch}", architecture);
        }

        /** The release files that hold any of these binaries. */
        List<ReleaseFile> files(Set<String> binaries, Architecture architecture) {
            return upstream.artefacts().stream()
                    .filter(artefact -> artefact.binaries().stream().anyMatch(binaries::contains))
                    .map(artefact -> file(artefact, binaries, architecture))
                    .toList();
        }

        private ReleaseFile file(Artefact artefact, Set<String> binaries, Architecture architecture) {
            String name = filled(artefact.from(), artefact.part(), architecture.label());
            Map<String, String> members = new LinkedHashMap<>();
            artefact.members().forEach((binary, path) -> {
                if (binaries.contains(binary)) {
                    members.put(binary, filled(path, artefact.part(), architecture.label()));
                }
            });
            return new ReleaseFile(
                    artefact.part(),
                    name,
                    checksum(name),
                    Optional.of(artefact.binary()).filter(binary -> !binary.isEmpty()),
                    members);
        }

        ReleaseFile manifest(String manifest) {
            Text text = Optional.ofNullable(upstream.manifests().get(manifest))
                    .orElseThrow(() -> new IllegalArgumentException("no release of " + manifest));
            String name = filled(text.from(), text.part(), "");
            return new ReleaseFile(text.part(), name, checksum(name), Optional.empty(), Map.of());
        }

        private Optional<String> checksum(String name) {
            return Optional.ofNullable(upstream.checksums().get(name));
        }

        /** The part of a selection that has no release and is compiled instead. */
        Catalogue.Selection unreleased(Catalogue.Selection selection) {
            Set<String> released = upstream.artefacts().stream()
                    .flatMap(artefact -> artefact.binaries().stream())
                    .collect(Collectors.toSet());
            return selection.without(
                    released, versions.keySet(), upstream.manifests().keySet());
        }

        BundleData data() {
            BundleData data = upstream.data();
            return new BundleData(
                    data.imagePullPolicy(),
                    data.imageRepository(),
                    tagged(data.etcdImageTag()),
                    data.dnsImageRepository(),
                    tagged(data.dnsImageTag()),
                    tagged(data.pauseImage()),
                    data.environment());
        }

        private String tagged(String text) {
            String filled = text;
            for (String part : versions.keySet()) {
                filled = filled.replace("{" + part + "}", tag(part));
            }
            return filled;
        }
    }
}
