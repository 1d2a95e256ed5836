package io.kubewright.ingress;

import java.nio.file.Path;

/** Who signs the certificates of what is served through the ingress. */
public record CertificatesSection(Authority authority) {
    /** The signer. */
    public sealed interface Authority {
        /** An authority made for this cluster. */
        record Own() implements Authority {}

        /** An authority of the user's; both paths absolute, on the machine Kubewright runs on. */
        record Given(Path certificate, Path key) implements Authority {}

        /** cert-manager, with an issuer of its own. */
        record CertManager() implements Authority {}
    }
}
