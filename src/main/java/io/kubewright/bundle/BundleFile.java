package io.kubewright.bundle;

import io.kubewright.engine.Blob;
import java.nio.file.Path;

/**
 * A file of a bundle.
 *
 * @param name what callers ask for: {@code kubelet}, {@code cni/loopback}
 * @param path absolute
 * @param sha256 lower-case hex
 * @param size bytes
 */
public record BundleFile(String name, Path path, String sha256, long size) {
    /** The same as a thing that hosts may need. */
    public Blob blob() {
        return new Blob(sha256, size, path);
    }
}
