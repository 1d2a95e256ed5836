package io.kubewright.bundle;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * An OCI image layout (image-spec v1.1) in one tar. Layers made here are not compressed: what a compressor gives depends on
 * its version, and the archive travels over links that compress, if that pays.
 */
final class OciArchive {
    private static final String MANIFEST = "application/vnd.oci.image.manifest.v1+json";
    private static final String CONFIG = "application/vnd.oci.image.config.v1+json";
    private static final String INDEX = "application/vnd.oci.image.index.v1+json";
    private static final String LAYER = "application/vnd.oci.image.layer.v1.tar";
    private static final String EPOCH = "1970-01-01T00:00:00Z";
    private static final String PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final JsonMapper JSON = new JsonMapper();

    /** @param manifest and {@code config}: {@code sha256:…} */
    record Digests(String manifest, String config) {}

    private record Blob(String digest, long size, FileTree.Content content) {}

    private OciArchive() {}

    /** Writes the image and returns its digests. */
    static Digests write(Path out, String ref, Architecture architecture, Catalogue.Image image, List<FileTree> layers)
            throws IOException {
        List<Blob> layerBlobs = new ArrayList<>();
        for (FileTree layer : layers) {
            layerBlobs.add(measured(layer));
        }
        Blob config = json(config(image, architecture, layerBlobs));
        Blob manifest = json(manifest(config, layerBlobs));
        Map<String, FileTree.Content> blobs = new TreeMap<>();
        for (Blob blob : layerBlobs) {
            blobs.put(blob.digest(), blob.content());
        }
        blobs.put(config.digest(), config.content());
        pack(out, ref, architecture, MANIFEST, manifest, blobs);
        return new Digests("sha256:" + manifest.digest(), "sha256:" + config.digest());
    }

    /** Writes an image as its makers published it: same manifest, same digest. */
    static Digests write(Path out, String ref, Architecture architecture, Registry.Pulled image) throws IOException {
        byte[] bytes = image.manifest();
        Blob manifest = new Blob(Digest.of(bytes), bytes.length, new FileTree.Bytes(bytes));
        pack(out, ref, architecture, image.mediaType(), manifest, image.blobs());
        return new Digests("sha256:" + manifest.digest(), "sha256:" + image.config());
    }

    private static void pack(
            Path out,
            String ref,
            Architecture architecture,
            String mediaType,
            Blob manifest,
            Map<String, FileTree.Content> blobs)
            throws IOException {
        Map<String, FileTree.Content> files = new TreeMap<>();
        blobs.forEach((digest, content) -> files.put("blobs/sha256/" + digest, content));
        files.put("blobs/sha256/" + manifest.digest(), manifest.content());
        files.put(
                "index.json",
                json(index(ref, architecture, mediaType, manifest)).content());
        files.put("oci-layout", json(Map.of("imageLayoutVersion", "1.0.0")).content());
        try (OutputStream stream = new BufferedOutputStream(Files.newOutputStream(out), 1 << 16)) {
            TarWriter tar = new TarWriter(stream);
            tar.directory("blobs", 0755, 0);
            tar.directory("blobs/sha256", 0755, 0);
            for (Map.Entry<String, FileTree.Content> file : files.entrySet()) {
                tar.file(file.getKey(), 0644, file.getValue());
            }
            tar.finish();
        }
    }

    private static Map<String, Object> config(Catalogue.Image image, Architecture architecture, List<Blob> layers) {
        Map<String, Object> run = new LinkedHashMap<>();
        if (!image.user().isEmpty()) {
            run.put("User", image.user());
        }
        List<String> environment = new ArrayList<>(List.of(PATH));
        new TreeMap<>(image.environment()).forEach((name, value) -> environment.add(name + "=" + value));
        run.put("Env", environment);
        run.put("Entrypoint", image.entrypoint());
        if (!image.command().isEmpty()) {
            run.put("Cmd", image.command());
        }
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("created", EPOCH);
        config.put("architecture", architecture.label());
        config.put("os", "linux");
        config.put("config", run);
        Map<String, Object> rootfs = new LinkedHashMap<>();
        rootfs.put("type", "layers");
        rootfs.put(
                "diff_ids",
                layers.stream().map(layer -> "sha256:" + layer.digest()).toList());
        config.put("rootfs", rootfs);
        return config;
    }

    private static Map<String, Object> manifest(Blob config, List<Blob> layers) {
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", MANIFEST);
        manifest.put("config", descriptor(CONFIG, config));
        manifest.put(
                "layers", layers.stream().map(layer -> descriptor(LAYER, layer)).toList());
        return manifest;
    }

    private static Map<String, Object> index(String ref, Architecture architecture, String mediaType, Blob manifest) {
        Map<String, Object> descriptor = descriptor(mediaType, manifest);
        Map<String, Object> platform = new LinkedHashMap<>();
        platform.put("architecture", architecture.label());
        platform.put("os", "linux");
        descriptor.put("platform", platform);
        Map<String, Object> annotations = new LinkedHashMap<>();
        // containerd takes the image's name from the first of these (pkg/transfer/archive and images/archive, v2.3).
        annotations.put("io.containerd.image.name", ref);
        annotations.put("org.opencontainers.image.ref.name", ref.substring(ref.lastIndexOf(':') + 1));
        descriptor.put("annotations", annotations);
        Map<String, Object> index = new LinkedHashMap<>();
        index.put("schemaVersion", 2);
        index.put("mediaType", INDEX);
        index.put("manifests", List.of(descriptor));
        return index;
    }

    private static Map<String, Object> descriptor(String type, Blob blob) {
        Map<String, Object> descriptor = new LinkedHashMap<>();
        descriptor.put("mediaType", type);
        descriptor.put("digest", "sha256:" + blob.digest());
        descriptor.put("size", blob.size());
        return descriptor;
    }

    private static Blob json(Object tree) {
        byte[] bytes = JSON.writeValueAsString(tree).getBytes(StandardCharsets.UTF_8);
        return new Blob(Digest.of(bytes), bytes.length, new FileTree.Bytes(bytes));
    }

    private static Blob measured(FileTree layer) throws IOException {
        MessageDigest digest = Digest.sha256();
        long[] size = new long[1];
        OutputStream counting = new OutputStream() {
            @Override
            public void write(int each) {
                size[0]++;
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                size[0] += length;
            }
        };
        try (DigestOutputStream out = new DigestOutputStream(counting, digest)) {
            layer.writeTo(out);
        }
        return new Blob(Digest.hex(digest), size[0], new FileTree.Layer(layer, size[0]));
    }
}
