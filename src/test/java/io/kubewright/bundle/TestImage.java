package io.kubewright.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * An image of one layer, which no runtime could start and any registry takes.
 *
 * @param blobs configuration and layer by digest, hex
 * @param config and {@code layer}: digests, hex
 */
record TestImage(Architecture architecture, byte[] manifest, Map<String, byte[]> blobs, String config, String layer) {
    private static final JsonMapper JSON = new JsonMapper();
    private static final String OCI = "application/vnd.oci.image.";

    static TestImage of(Architecture architecture, String content) {
        return of(architecture, content.getBytes(UTF_8));
    }

    static TestImage of(Architecture architecture, byte[] layer) {
        byte[] config = JSON.writeValueAsBytes(Map.of(
                "architecture", architecture.label(),
                "os", "linux",
                "rootfs", Map.of("type", "layers", "diff_ids", List.of("sha256:" + Digest.of(layer)))));
        Map<String, Object> manifest = new LinkedHashMap<>();
        manifest.put("schemaVersion", 2);
        manifest.put("mediaType", OCI + "manifest.v1+json");
        manifest.put("config", descriptor(OCI + "config.v1+json", config));
        manifest.put("layers", List.of(descriptor(OCI + "layer.v1.tar", layer)));
        return new TestImage(
                architecture,
                JSON.writeValueAsBytes(manifest),
                Map.of(Digest.of(config), config, Digest.of(layer), layer),
                Digest.of(config),
                Digest.of(layer));
    }

    private static Map<String, Object> descriptor(String type, byte[] content) {
        Map<String, Object> descriptor = new LinkedHashMap<>();
        descriptor.put("mediaType", type);
        descriptor.put("digest", "sha256:" + Digest.of(content));
        descriptor.put("size", content.length);
        return descriptor;
    }

    String digest() {
        return Digest.of(manifest);
    }

    static byte[] index(TestImage... images) {
        return JSON.writeValueAsBytes(Map.of(
                "schemaVersion",
                2,
                "mediaType",
                OCI + "index.v1+json",
                "manifests",
                Stream.of(images)
                        .map(image -> {
                            Map<String, Object> descriptor = descriptor(OCI + "manifest.v1+json", image.manifest());
                            descriptor.put(
                                    "platform",
                                    Map.of(
                                            "os",
                                            "linux",
                                            "architecture",
                                            image.architecture().label()));
                            return descriptor;
                        })
                        .toList()));
    }
}
