package io.kubewright.cluster;

import io.kubewright.bundle.Architecture;
import io.kubewright.bundle.Bundle;
import io.kubewright.bundle.BundleImage;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.Resource;
import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.ImageArchive;
import io.kubewright.engine.resource.ImageImport;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The image of the proof pods on every host, because what is not there cannot be pulled when it is needed. */
final class ProofImages {
    static final String PATH = "kube/images/proof";
    static final String IMAGE = "probe";

    private ProofImages() {}

    /** @param facts by host name */
    static List<Resource> of(Map<String, HostFacts> facts, Bundle bundle) {
        return facts.entrySet().stream()
                .map(host -> of(
                        host.getKey(),
                        bundle.image(IMAGE, Architecture.of(host.getValue().architecture()))))
                .toList();
    }

    private static Resource of(String host, BundleImage image) {
        return new ImageImport(
                new StepId(PATH, host),
                Set.of(new StepId("kube/containerd", host)),
                List.of(new ImageArchive(
                        image.ref(), image.manifestDigest(), image.archive().blob())));
    }
}
