package io.kubewright.ingress;

import io.kubewright.spec.Code;
import io.kubewright.spec.Fields;
import io.kubewright.spec.SectionSchema;
import io.kubewright.spec.SourceDirectory;
import java.nio.file.Path;
import java.util.Optional;

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

    /** This section's part of the file's schema. */
    public static final SectionSchema SCHEMA = SectionSchema.of("certificates", CertificatesSection.class);

    public static CertificatesSection read(Fields fields, SourceDirectory directory) {
        Fields given = fields.section("authority").section("given");
        Optional<Path> certificate = given.parsed("certificate", Code.BAD_FORMAT, directory::resolve);
        Optional<Path> key = given.parsed("key", Code.BAD_FORMAT, directory::resolve);
        if (certificate.isPresent() && key.isPresent()) {
            return new CertificatesSection(new Authority.Given(certificate.get(), key.get()));
        }
        boolean certManager = fields.text("authority").equals(Optional.of("cert-manager"));
        return new CertificatesSection(certManager ? new Authority.CertManager() : new Authority.Own());
    }
}
