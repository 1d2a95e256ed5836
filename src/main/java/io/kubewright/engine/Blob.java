package io.kubewright.engine;

import java.nio.file.Path;

/**
 * A file of the bundle that hosts may need.
 *
 * @param sha256 lower-case hex, 64 digits
 * @param size bytes
 * @param source where it lies on the operator's machine
 */
public record Blob(String sha256, long size, Path source) {}
