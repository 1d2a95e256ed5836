package io.kubewright.host;

import io.kubewright.engine.Blob;

/**
 * A Debian package of the bundle.
 *
 * @param name as dpkg knows it
 * @param version as dpkg compares it; any installed version satisfies
 */
public record HostPackage(String name, String version, Blob file) {}
