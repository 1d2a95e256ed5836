package io.kubewright.bundle;

/**
 * A container image of a bundle.
 *
 * @param name short name in the catalogue, such as {@code kube-apiserver}
 * @param ref what pods name it: {@code registry.k8s.io/kube-apiserver:v1.36.4}
 * @param manifestDigest {@code sha256:…} of the manifest: what a registry and {@code ctr images ls} call its digest
 * @param imageId {@code sha256:…} of the configuration: what the CRI and a pod's status call its id
 * @param archive OCI layout in a tar, importable with {@code ctr -n k8s.io images import}
 */
public record BundleImage(
        String name,
        String ref,
        Architecture architecture,
        String manifestDigest,
        String imageId,
        BundleFile archive) {}
