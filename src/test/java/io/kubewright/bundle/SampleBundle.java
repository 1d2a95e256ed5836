package io.kubewright.bundle;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A bundle that names everything a cluster needs; of its files only the manifest is there. */
public final class SampleBundle {
    private static final String ARCHITECTURE = "amd64";
    private static final List<String> BINARIES = List.of(
            "cni/loopback",
            "containerd",
            "containerd-shim-runc-v2",
            "crictl",
            "ctr",
            "kubeadm",
            "kubectl",
            "kubelet",
            "runc");
    private static final List<String> IMAGES = List.of(
            "pause:3.10.2",
            "kube-proxy:v1.36.4",
            "etcd:v3.6.16",
            "kube-apiserver:v1.36.4",
            "kube-controller-manager:v1.36.4",
            "kube-scheduler:v1.36.4",
            "kube-vip:v1.2.2",
            "coredns:v1.14.7",
            "calico-cni:v3.31.0",
            "calico-node:v3.31.0",
            "calico-kube-controllers:v3.31.0",
            "probe:v1");

    private SampleBundle() {}

    /** Writes it. */
    public static Path write(Path directory, String calicoManifest) throws IOException {
        List<Lock.FileEntry> files = new ArrayList<>();
        List<Lock.NamedEntry> binaries = new ArrayList<>();
        for (String name : BINARIES) {
            files.add(absent("bin/" + name));
            binaries.add(new Lock.NamedEntry(name, ARCHITECTURE, "bin/" + name));
        }
        List<Lock.ImageEntry> images = new ArrayList<>();
        for (String image : IMAGES) {
            String name = image.substring(0, image.indexOf(':'));
            String path = "images/" + name + ".tar";
            files.add(absent(path));
            images.add(new Lock.ImageEntry(
                    name,
                    "registry.k8s.io/" + image,
                    ARCHITECTURE,
                    "sha256:" + Digest.of("manifest of " + image),
                    "sha256:" + Digest.of("configuration of " + image),
                    path));
        }
        Path manifest = directory.resolve("manifests/calico.yaml");
        Files.createDirectories(directory.resolve("manifests"));
        Files.writeString(manifest, calicoManifest);
        files.add(new Lock.FileEntry("manifests/calico.yaml", Digest.of(manifest), Files.size(manifest)));
        files.add(absent("packages/conntrack.deb"));
        Lock lock = new Lock(
                Lock.SCHEMA,
                "source",
                "0".repeat(64),
                List.of("calico", "core", "kube-vip", "proof"),
                List.of(ARCHITECTURE),
                Map.of(),
                List.of(),
                files,
                binaries,
                images,
                List.of(new Lock.NamedEntry("calico", "", "manifests/calico.yaml")),
                List.of(new Lock.PackageEntry(
                        "debian-13", ARCHITECTURE, "node", "conntrack", "1", true, "packages/conntrack.deb")),
                List.of(),
                new BundleData(
                        "Never",
                        "registry.k8s.io",
                        "v3.6.16",
                        "registry.k8s.io/coredns",
                        "v1.14.7",
                        "registry.k8s.io/pause:3.10.2",
                        Map.of()));
        Files.write(directory.resolve(Lock.FILE), lock.bytes());
        return directory;
    }

    private static Lock.FileEntry absent(String path) {
        return new Lock.FileEntry(path, Digest.of("content of " + path), path.length());
    }
}
