package io.kubewright.bundle;

import java.util.Arrays;
import java.util.Locale;

/** A processor architecture that hosts may have. */
public enum Architecture {
    AMD64("x86_64-linux-gnu"),
    ARM64("aarch64-linux-gnu");

    private final String triple;

    Architecture(String triple) {
        this.triple = triple;
    }

    /** The name that Go, OCI and Debian all use: {@code amd64} or {@code arm64}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The prefix of GNU tools and the directory of Debian's libraries. */
    String triple() {
        return triple;
    }

    /** @throws BundleException when the name is neither amd64 nor arm64 */
    public static Architecture of(String label) {
        return Arrays.stream(values())
                .filter(each -> each.label().equals(label))
                .findFirst()
                .orElseThrow(() -> new BundleException(
                        BundleException.Code.NOT_IN_CATALOGUE,
                        "architecture " + label + " is not one a bundle can hold",
                        "Hosts must be amd64 or arm64."));
    }

    /** The architecture of this machine. */
    public static Architecture ofThisMachine() {
        return switch (System.getProperty("os.arch", "")) {
            case "amd64", "x86_64" -> AMD64;
            case "aarch64", "arm64" -> ARM64;
            case String other -> of(other);
        };
    }
}
