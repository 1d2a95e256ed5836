package io.kubewright.cluster;

import io.kubewright.bundle.Architecture;
import io.kubewright.bundle.BuildEvent;
import io.kubewright.bundle.Builder;
import io.kubewright.bundle.Bundle;
import io.kubewright.bundle.Sources;
import io.kubewright.bundle.UpstreamBuilder;
import io.kubewright.network.Attachment;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/** The bundle that a file asks for: where it is, or what makes it. */
public final class Bundles {
    private Bundles() {}

    /** The features that the file needs of a bundle; only what they name is built. */
    public static Set<String> features(Specification specification) {
        Set<String> features = new TreeSet<>(Set.of("core", "calico", "proof"));
        if (specification.endpoint().vip().isPresent()) {
            features.add("kube-vip");
        }
        if (!specification.network().attachments().isEmpty()) {
            features.add("attachments");
        }
        if (specification.network().attachments().stream()
                .anyMatch(each -> each.ipam() instanceof Attachment.Ipam.Whereabouts)) {
            features.add("whereabouts");
        }
        return features;
    }

    /** The bundle when it is there; building is a command of its own. */
    public static Bundle open(Specification specification) {
        Optional<Bundle> found = switch (specification.bundle()) {
            case "source" -> builder(_ -> {}).existing(features(specification), architectures());
            case "upstream" ->
                fetcher(Sources.ORIGINS, _ -> {})
                        .existing(specification.kubernetes().version(), features(specification), architectures());
            case String directory -> Optional.of(Bundle.open(Path.of(directory)));
        };
        return found.orElseThrow(() -> new ClusterException(
                ClusterException.Code.NO_BUNDLE,
                specification.file() + ": the bundle '" + specification.bundle()
                        + "' has not been made on this machine, and nothing is installed from anywhere else",
                "Make it first: kubewright bundle build -f " + specification.file()));
    }

    /** Builds what is not there yet. */
    public static Bundle build(Specification specification, Consumer<BuildEvent> listener) throws InterruptedException {
        return switch (specification.bundle()) {
            case "source" -> builder(listener).build(features(specification), architectures());
            case "upstream" ->
                fetcher(Sources.find(Optional.empty(), System.getenv()), listener)
                        .build(
                                specification.kubernetes().version(),
                                features(specification),
                                architectures(),
                                Optional.empty());
            case String _ -> open(specification);
        };
    }

    private static Builder builder(Consumer<BuildEvent> listener) {
        return new Builder(Builder.defaultCache(System.getenv()), listener);
    }

    private static UpstreamBuilder fetcher(Sources sources, Consumer<BuildEvent> listener) {
        return new UpstreamBuilder(Builder.defaultCache(System.getenv()), sources, listener);
    }

    private static Set<Architecture> architectures() {
        return Set.of(Architecture.ofThisMachine());
    }
}
