package io.kubewright.storage;

import io.kubewright.spec.Code;
import io.kubewright.spec.Fields;
import io.kubewright.spec.Names;
import io.kubewright.spec.SectionSchema;
import java.util.Optional;

/** What stands behind the default storage class. */
public record StorageSection(Provider provider) {
    /** Who makes volumes. */
    public sealed interface Provider {
        /** Directories of a node; a volume stays on its node. */
        record LocalPath() implements Provider {}

        /** Longhorn, replicated across nodes. */
        record Longhorn() implements Provider {}

        /** A storage class the cluster already has. */
        record Existing(String storageClass) implements Provider {}
    }

    /** This section's part of the file's schema. */
    public static final SectionSchema SCHEMA = SectionSchema.of("storage", StorageSection.class);

    public static StorageSection read(Fields fields) {
        Optional<String> existing = fields.section("class").parsed("existing", Code.BAD_NAME, Names::dns);
        if (existing.isPresent()) {
            return new StorageSection(new Provider.Existing(existing.get()));
        }
        boolean longhorn = fields.text("class").equals(Optional.of("longhorn"));
        return new StorageSection(longhorn ? new Provider.Longhorn() : new Provider.LocalPath());
    }
}
