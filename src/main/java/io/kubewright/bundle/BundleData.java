package io.kubewright.bundle;

import java.util.Map;

/**
 * What a cluster must be told because of where the bundle's images come from. Not a deviation: it holds on every host.
 *
 * @param imagePullPolicy for kubeadm's nodeRegistration and for manifests; {@code Never} when no registry serves the refs
 * @param imageRepository kubeadm's imageRepository
 * @param etcdImageTag kubeadm's etcd.local.imageTag
 * @param dnsImageRepository kubeadm's dns.imageRepository
 * @param dnsImageTag kubeadm's dns.imageTag
 * @param pauseImage the exact sandbox image for containerd
 * @param environment variables to add, by container name and variable
 */
public record BundleData(
        String imagePullPolicy,
        String imageRepository,
        String etcdImageTag,
        String dnsImageRepository,
        String dnsImageTag,
        String pauseImage,
        Map<String, Map<String, String>> environment) {
    @Override
    public String toString() {
        return RecordText.of(
                "BundleData",
                "imagePullPolicy",
                imagePullPolicy,
                "imageRepository",
                imageRepository,
                "etcdImageTag",
                etcdImageTag,
                "dnsImageRepository",
                dnsImageRepository,
                "dnsImageTag",
                dnsImageTag,
                "pauseImage",
                pauseImage,
                "environment",
                environment);
    }
}
