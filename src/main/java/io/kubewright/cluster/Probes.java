package io.kubewright.cluster;

import io.kubewright.bundle.Architecture;
import io.kubewright.bundle.Bundle;
import io.kubewright.engine.Blob;
import io.kubewright.engine.Targets;
import io.kubewright.kubeapi.proof.HostProbe;
import java.util.LinkedHashMap;
import java.util.Map;

/** The bundle's probe. */
final class Probes {
    /** Of the binary, in the bundle and in the proofs' image. */
    static final String NAME = "kubewright-probe";

    private Probes() {}

    static HostProbe on(Targets targets, Bundle bundle) {
        Map<String, Blob> binaries = new LinkedHashMap<>();
        for (Architecture architecture : bundle.architectures()) {
            binaries.put(
                    architecture.label().equals("arm64") ? "aarch64" : "x86_64",
                    bundle.file(NAME, architecture).blob());
        }
        return new HostProbe(targets, binaries);
    }
}
