package io.kubewright.engine.resource;

import io.kubewright.engine.Blob;

/**
 * A container image of the bundle.
 *
 * @param reference as pods name it, with registry and tag
 * @param digest of the manifest, {@code sha256:…}
 * @param archive OCI archive that holds exactly this image
 */
public record ImageArchive(String reference, String digest, Blob archive) {}
