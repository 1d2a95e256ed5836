package io.kubewright.bundle;

/**
 * A project whose work is in a bundle.
 *
 * @param version as the project writes it
 * @param licence SPDX expression
 * @param origin where it came from, such as the Go module
 */
public record BundlePart(String name, String version, String licence, String origin) {}
