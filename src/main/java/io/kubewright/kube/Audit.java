package io.kubewright.kube;

import java.nio.file.Path;

/** What the API server writes to its audit log. */
public sealed interface Audit {
    /** Nothing. */
    record None() implements Audit {}

    /** Who did what when, without bodies. */
    record Metadata() implements Audit {}

    /** A policy file on the machine Kubewright runs on; absolute. */
    record PolicyFile(Path path) implements Audit {}
}
