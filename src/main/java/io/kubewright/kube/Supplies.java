package io.kubewright.kube;

import io.kubewright.bundle.Architecture;
import io.kubewright.bundle.Bundle;
import io.kubewright.bundle.BundleData;
import io.kubewright.bundle.BundleFile;
import io.kubewright.engine.Blob;
import io.kubewright.engine.resource.ImageArchive;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What this room takes from a bundle, for one architecture.
 *
 * @param binaries by the bundle's name, such as {@code kubelet}
 * @param plugins CNI plugins by file name
 * @param images by the bundle's short name, such as {@code kube-apiserver}
 */
record Supplies(
        Map<String, Blob> binaries, Map<String, Blob> plugins, Map<String, ImageArchive> images, BundleData data) {
    private static final List<String> BINARIES =
            List.of("containerd", "containerd-shim-runc-v2", "ctr", "runc", "crictl", "kubelet", "kubeadm", "kubectl");

    static final List<String> NODE_IMAGES = List.of("pause", "kube-proxy");
    static final List<String> CONTROL_PLANE_IMAGES =
            List.of("etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler");
    static final String VIP_IMAGE = "kube-vip";
    static final String DNS_IMAGE = "coredns";

    /**
     * @param vip whether the bundle must hold kube-vip
     * @throws io.kubewright.bundle.BundleException when something is missing
     */
    static Supplies of(Bundle bundle, String architecture, boolean vip) {
        Architecture which = Architecture.of(architecture);
        Map<String, Blob> plugins = new TreeMap<>();
        for (BundleFile plugin : bundle.filesUnder("cni", which)) {
            plugins.put(plugin.name().substring("cni/".length()), plugin.blob());
        }
        Stream<String> images = Stream.concat(
                Stream.concat(NODE_IMAGES.stream(), CONTROL_PLANE_IMAGES.stream()),
                vip ? Stream.of(DNS_IMAGE, VIP_IMAGE) : Stream.of(DNS_IMAGE));
        return new Supplies(
                BINARIES.stream()
                        .collect(Collectors.toMap(
                                name -> name, name -> bundle.file(name, which).blob())),
                plugins,
                images.map(name -> bundle.image(name, which))
                        .collect(Collectors.toMap(
                                image -> image.name(),
                                image -> new ImageArchive(
                                        image.ref(),
                                        image.manifestDigest(),
                                        image.archive().blob()))),
                bundle.data());
    }

    Blob binary(String name) {
        return found(binaries, name);
    }

    ImageArchive image(String name) {
        return found(images, name);
    }

    private static <T> T found(Map<String, T> things, String name) {
        T thing = things.get(name);
        if (thing == null) {
            throw new IllegalArgumentException("not among the supplies: " + name);
        }
        return thing;
    }
}
