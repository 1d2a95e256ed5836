package io.kubewright.registry;

import java.util.List;
import java.util.Optional;

/**
 * The private registry. Of type {@code none} it is only trusted and mirrored, not installed.
 *
 * @param host DNS name that clients type
 * @param size a Kubernetes quantity, such as 200Gi
 * @param pullSecretNamespaces namespaces that get a pull secret
 * @param mirror whether nodes pull upstream images through it
 * @param values further chart values as a JSON object
 */
public record RegistrySection(
        Type type,
        Optional<String> host,
        String size,
        List<Trust> trust,
        List<String> pullSecretNamespaces,
        boolean mirror,
        String values) {
    /** What is installed. */
    public enum Type {
        HARBOR,
        DISTRIBUTION,
        NONE
    }

    /** Who gets the authority's certificate. */
    public enum Trust {
        NODES
    }
}
