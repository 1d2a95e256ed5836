package io.kubewright.bundle;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Pulls images by the OCI distribution protocol (distribution-spec v1.1), also in the media types of Docker's schema 2. */
final class Registry {
    private static final Set<String> INDEXES = Set.of(
            "application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json");
    private static final Set<String> MANIFESTS = Set.of(
            "application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json");
    private static final String ACCEPT = String.join(", ", new java.util.TreeSet<>(union()));
    /** What registries must take at least (distribution-spec, "Pushing manifests"). */
    private static final int MANIFEST_AT_MOST = 4 << 20;

    private static final JsonMapper JSON = new JsonMapper();

    private final Sources sources;
    private final Web web;
    private final Logins logins;
    private final Patience patience;
    private final Downloads downloads;
    private final Map<String, RegistryAccess> accesses = new ConcurrentHashMap<>();

    Registry(Sources sources, Web web, Logins logins, Patience patience, Downloads downloads) {
        this.sources = sources;
        this.web = web;
        this.logins = logins;
        this.patience = patience;
        this.downloads = downloads;
    }

    private static Set<String> union() {
        Set<String> all = new LinkedHashSet<>(INDEXES);
        all.addAll(MANIFESTS);
        return all;
    }

    /**
     * An image, whole on this machine.
     *
     * @param mediaType of the manifest
     * @param manifest the very bytes whose digest pins the image
     * @param config digest of the configuration, hex
     * @param blobs configuration and layers by their digests, hex
     */
    record Pulled(String mediaType, byte[] manifest, String config, Map<String, FileTree.Content> blobs) {}

    private record Manifest(String mediaType, byte[] bytes) {
        String digest() {
            return Digest.of(bytes);
        }

        JsonNode tree() throws FetchException {
            return json(bytes);
        }
    }

    private record Descriptor(String digest, long size) {
        static Descriptor of(JsonNode node, String where) throws FetchException {
            String digest = node.path("digest").asString("");
            long size = node.path("size").asLong(-1);
            if (!digest.matches("sha256:[0-9a-f]{64}") || size < 0) {
                throw FetchException.refused(
                        where + ": it has a descriptor without a SHA-256 digest and size: " + node);
            }
            return new Descriptor(digest.substring("sha256:".length()), size);
        }
    }

    /**
     * Pulls what a tag names for one architecture.
     *
     * @param repository with its registry: {@code registry.k8s.io/kube-apiserver}
     * @param pinned the manifest's digest, hex; empty when the tag is to be believed
     * @throws BundleException {@code OTHER_CONTENT} when the tag names another manifest than the pinned one
     */
    Pulled pull(String repository, String tag, Architecture architecture, Optional<String> pinned, Received received)
            throws InterruptedException {
        String ref = repository + ":" + tag;
        Manifest manifest = downloads.firstOf(
                ref, places(repository, "manifests/" + tag), place -> manifest(ref, place, architecture, pinned));
        try {
            return pull(ref, repository, architecture, manifest, received);
        } catch (FetchException refused) {
            throw new BundleException(
                    BundleException.Code.BUILD_FAILED,
                    String.valueOf(refused.getMessage()),
                    "This registry or mirror serves an image that cannot be used; name another in sources.yaml.",
                    refused);
        }
    }

    private Pulled pull(String ref, String repository, Architecture architecture, Manifest manifest, Received received)
            throws FetchException, InterruptedException {
        JsonNode tree = manifest.tree();
        Descriptor config = Descriptor.of(tree.path("config"), ref);
        Map<String, FileTree.Content> blobs = new TreeMap<>();
        blobs.put(config.digest(), blob(ref, repository, config, received));
        requirePlatform(ref, architecture, blobs.get(config.digest()));
        for (JsonNode layer : tree.path("layers")) {
            if (layer.path("mediaType").asString("").contains("foreign")) {
                throw FetchException.refused(ref + ": a layer of it may be had from its makers only");
            }
            Descriptor each = Descriptor.of(layer, ref);
            blobs.put(each.digest(), blob(ref, repository, each, received));
        }
        return new Pulled(manifest.mediaType(), manifest.bytes(), config.digest(), blobs);
    }

    private FileTree.Content blob(String ref, String repository, Descriptor blob, Received received)
            throws InterruptedException {
        Downloads.Wanted wanted = new Downloads.Wanted(
                ref + " blob sha256:" + blob.digest(), Optional.of(blob.digest()), OptionalLong.of(blob.size()));
        List<Downloads.Place> places = places(repository, "blobs/sha256:" + blob.digest());
        return new FileTree.OnDisk(downloads.fetch(wanted, places, received).file());
    }

    private static void requirePlatform(
            String ref, Architecture architecture, FileTree.@org.jspecify.annotations.Nullable Content config)
            throws FetchException {
        if (!(config instanceof FileTree.OnDisk(java.nio.file.Path file))) {
            throw new IllegalStateException("blobs lie on disk");
        }
        try {
            JsonNode tree = json(Files.readAllBytes(file));
            String found = tree.path("os").asString("") + "/"
                    + tree.path("architecture").asString("");
            if (!found.equals("linux/" + architecture.label())) {
                throw FetchException.refused(
                        ref + ": the image is for " + found + ", not linux/" + architecture.label());
            }
        } catch (FetchException refused) {
            throw refused;
        } catch (IOException unreadable) {
            throw BundleException.storage("reading the configuration of " + ref, unreadable);
        }
    }

    /** {@code HOST/PREFIX} serves a repository as {@code HOST/v2/PREFIX/REPOSITORY}, as a reference to it would say. */
    private List<Downloads.Place> places(String repository, String rest) {
        int slash = repository.indexOf('/');
        String path = repository.substring(slash + 1);
        List<Downloads.Place> places = new ArrayList<>();
        for (URI base : sources.of(repository.substring(0, slash))) {
            String prefix = base.getPath() == null || base.getPath().isEmpty()
                    ? ""
                    : base.getPath().substring(1) + "/";
            String server = base.getScheme() + "://" + base.getAuthority();
            RegistryAccess access = accesses.computeIfAbsent(
                    server + "/" + prefix + path, any -> new RegistryAccess(web, logins, prefix + path));
            places.add(new Downloads.Place(URI.create(server + "/v2/" + prefix + path + "/" + rest), access));
        }
        return places;
    }

    /** What a place's tag leads to, through an index where there is one. */
    private Manifest manifest(String ref, Downloads.Place place, Architecture architecture, Optional<String> pinned)
            throws IOException, InterruptedException {
        Manifest named = get(place);
        Manifest chosen = INDEXES.contains(named.mediaType()) ? ofPlatform(ref, place, named, architecture) : named;
        if (!MANIFESTS.contains(chosen.mediaType())) {
            throw FetchException.refused(
                    Web.address(place.uri()) + ": " + chosen.mediaType() + " is no image that this version knows");
        }
        if (pinned.isPresent() && !pinned.get().equals(chosen.digest())) {
            throw FetchException.otherContent(Web.address(place.uri()) + ": for " + architecture.label()
                    + " it names sha256:" + chosen.digest() + " instead of sha256:" + pinned.get());
        }
        return chosen;
    }

    private Manifest ofPlatform(String ref, Downloads.Place place, Manifest index, Architecture architecture)
            throws IOException, InterruptedException {
        for (JsonNode each : index.tree().path("manifests")) {
            JsonNode platform = each.path("platform");
            if (platform.path("os").asString("").equals("linux")
                    && platform.path("architecture").asString("").equals(architecture.label())) {
                Descriptor descriptor = Descriptor.of(each, ref);
                String address = place.uri().toString();
                URI own = URI.create(
                        address.substring(0, address.lastIndexOf('/') + 1) + "sha256:" + descriptor.digest());
                Manifest manifest = get(new Downloads.Place(own, place.access()));
                if (!manifest.digest().equals(descriptor.digest())) {
                    throw FetchException.otherContent(Web.address(own) + ": its SHA-256 is " + manifest.digest()
                            + " instead of " + descriptor.digest());
                }
                return manifest;
            }
        }
        throw FetchException.refused(Web.address(place.uri()) + ": it has no image for linux/" + architecture.label());
    }

    private Manifest get(Downloads.Place place) throws IOException, InterruptedException {
        return patience.persist(() -> {
            try (Web.Answer answer = web.get(place.uri(), Map.of("Accept", ACCEPT), place.access())) {
                byte[] bytes = answer.body().readNBytes(MANIFEST_AT_MOST + 1);
                if (bytes.length > MANIFEST_AT_MOST) {
                    throw FetchException.refused(Web.address(place.uri()) + ": a manifest of more than 4 MiB");
                }
                requireSame(place, bytes, answer.header("Docker-Content-Digest"));
                // What a manifest says of itself is under its digest; the header is not.
                String header = answer.header("Content-Type").orElse("").replaceFirst("\\s*;.*", "");
                return new Manifest(json(bytes).path("mediaType").asString(header), bytes);
            }
        });
    }

    private static void requireSame(Downloads.Place place, byte[] bytes, Optional<String> told) throws IOException {
        String found = "sha256:" + Digest.of(bytes);
        if (told.isPresent() && told.get().startsWith("sha256:") && !told.get().equals(found)) {
            throw new IOException(Web.address(place.uri()) + ": it says " + told.get() + " and sends " + found);
        }
    }

    private static JsonNode json(byte[] bytes) throws FetchException {
        try {
            return JSON.readTree(bytes);
        } catch (JacksonException malformed) {
            throw FetchException.refused("not JSON: " + malformed.getOriginalMessage());
        }
    }
}
