package io.kubewright.storage;

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
}
