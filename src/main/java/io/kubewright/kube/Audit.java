package io.kubewright.kube;

import java.nio.file.Path;

/** What the API server writes to its audit log. */
public sealed interface Audit {
    /** Nothing. */
    record None() implements Audit {}

    /** Who did what when, without bodies. */
    record Metadata() implements Audit {}

    /**
     * A policy file on the machine Kubewright runs on.
     *
     * @param path absolute
     * @param content ends with a line feed
     */
    record PolicyFile(Path path, String content) implements Audit {}
}
