package io.kubewright.bundle;

/**
 * A host package of a bundle.
 *
 * @param set what it is needed for: {@code node} or {@code time}
 * @param name as the distribution calls it
 * @param version the distribution's full version
 * @param wanted asked for by name; false for what those need
 * @param file the package itself
 */
public record BundlePackage(String set, String name, String version, boolean wanted, BundleFile file) {}
