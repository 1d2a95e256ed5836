package io.kubewright.kube;

import io.kubewright.bundle.BundleData;
import io.kubewright.engine.Blob;
import io.kubewright.engine.Deviation;
import io.kubewright.engine.Digest;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.ImageArchive;
import io.kubewright.spec.Become;
import io.kubewright.spec.Cidr;
import io.kubewright.spec.Host;
import io.kubewright.spec.IpAddress;
import io.kubewright.spec.Pointer;
import io.kubewright.spec.Role;
import io.kubewright.spec.SshSettings;
import io.kubewright.spec.Taint;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Small clusters to make resources for. */
final class Samples {
    private static final Map<String, Deviation> LAB = Stream.of(
                    new Deviation(Deviation.CGROUP_V1, "the machine has cgroup v1"),
                    new Deviation(Deviation.NO_SYS_RESOURCE, "the machine lacks CAP_SYS_RESOURCE"),
                    new Deviation(Deviation.SHARED_PROCESSORS, "five hosts share two processors"))
            .collect(Collectors.toMap(Deviation::name, Function.identity()));

    private Samples() {}

    static Host host(String name, int number, Set<Role> roles) {
        return new Host(
                name,
                "192.0.2." + number,
                IpAddress.parse("10.20.0." + number),
                Optional.empty(),
                roles,
                Map.of(),
                List.of(),
                new SshSettings(
                        Optional.empty(),
                        Become.NONE,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                Pointer.parse("/hosts/" + number));
    }

    /** Three control planes, of which one is a worker too, and two workers, one with label and taint. */
    static KubeInput cluster(boolean lab) {
        Host labelled = host("n5", 15, EnumSet.of(Role.WORKER));
        return input(
                List.of(
                        host("n1", 11, EnumSet.of(Role.CONTROL_PLANE)),
                        host("n2", 12, EnumSet.of(Role.CONTROL_PLANE)),
                        host("n3", 13, EnumSet.of(Role.CONTROL_PLANE, Role.WORKER)),
                        host("n4", 14, EnumSet.of(Role.WORKER)),
                        new Host(
                                labelled.name(),
                                labelled.address(),
                                labelled.nodeIp(),
                                labelled.secondNodeIp(),
                                labelled.roles(),
                                Map.of("rack", "a"),
                                List.of(new Taint("nvidia.com/gpu", "present", "NoSchedule")),
                                labelled.ssh(),
                                labelled.pointer())),
                new EndpointSection(
                        Optional.of(IpAddress.parse("10.20.0.10")), Optional.empty(), List.of("api.corp.local")),
                Set.of(),
                lab);
    }

    static KubeInput input(List<Host> hosts, EndpointSection endpoint, Set<String> existing, boolean lab) {
        Map<String, HostFacts> facts = new LinkedHashMap<>();
        hosts.forEach(host -> facts.put(host.name(), facts(host, lab)));
        return new KubeInput(
                "corp",
                hosts,
                endpoint,
                new KubernetesSection(
                        "1.36.4",
                        List.of(Cidr.parse("10.244.0.0/16")),
                        List.of(Cidr.parse("10.96.0.0/16")),
                        false,
                        new Audit.None(),
                        false,
                        Map.of(),
                        List.of(),
                        Map.of()),
                facts,
                existing,
                Set.of(),
                hosts.stream()
                        .collect(Collectors.toMap(Host::name, host -> Set.of(new StepId("host/sysctl", host.name())))),
                Map.of(),
                true,
                Optional.empty());
    }

    /** The same cluster with every option of {@code kubernetes} that changes how its programs are started. */
    static KubeInput options(boolean lab) {
        KubeInput plain = cluster(lab);
        return with(
                plain,
                new KubernetesSection(
                        plain.kubernetes().version(),
                        plain.kubernetes().podCidr(),
                        plain.kubernetes().serviceCidr(),
                        true,
                        new Audit.Metadata(),
                        true,
                        Map.of("profiling", "false", "audit-log-maxage", "7"),
                        List.of("kube.corp.example", "203.0.113.7"),
                        Map.of(
                                "kube-apiserver",
                                "{\"metadata\":{\"annotations\":{\"corp.example/owner\":\"platform\"}}}",
                                "kubeletconfiguration",
                                "{\"maxPods\":200}")));
    }

    /** One control plane whose pods and services have addresses of both IP families. */
    static KubeInput dualStack() {
        Host plain = host("n1", 11, EnumSet.of(Role.CONTROL_PLANE, Role.WORKER));
        Host both = new Host(
                plain.name(),
                plain.address(),
                plain.nodeIp(),
                Optional.of(IpAddress.parse("fd00:20::11")),
                plain.roles(),
                plain.labels(),
                plain.taints(),
                plain.ssh(),
                plain.pointer());
        KubeInput one = input(
                List.of(both),
                new EndpointSection(Optional.of(IpAddress.parse("10.20.0.10")), Optional.empty(), List.of()),
                Set.of(),
                false);
        KubernetesSection section = one.kubernetes();
        return with(
                one,
                new KubernetesSection(
                        section.version(),
                        List.of(section.podCidr().getFirst(), Cidr.parse("fd00:10:244::/56")),
                        List.of(section.serviceCidr().getFirst(), Cidr.parse("fd00:10:96::/112")),
                        false,
                        new Audit.None(),
                        false,
                        Map.of(),
                        List.of(),
                        Map.of()));
    }

    static KubeInput with(KubeInput input, KubernetesSection kubernetes) {
        return new KubeInput(
                input.clusterName(),
                input.hosts(),
                input.endpoint(),
                kubernetes,
                input.facts(),
                input.existing(),
                input.remains(),
                input.prepared(),
                input.beforeJoin(),
                input.swapOff(),
                input.proxy());
    }

    static KubeInput existing(KubeInput input, String... names) {
        return new KubeInput(
                input.clusterName(),
                input.hosts(),
                input.endpoint(),
                input.kubernetes(),
                input.facts(),
                Set.of(names),
                Set.of(),
                input.prepared(),
                input.beforeJoin(),
                input.swapOff(),
                input.proxy());
    }

    private static HostFacts facts(Host host, boolean lab) {
        return new HostFacts(
                host.name(),
                host.name(),
                "debian",
                "13",
                "amd64",
                "6.12.1",
                4,
                8L << 30,
                lab ? 1 : 2,
                List.of(
                        new HostFacts.Link("eth0", 1500, "52:54:00:00:00:01", List.of(host.address() + "/24")),
                        new HostFacts.Link("eth1", 9000, "52:54:00:00:00:02", List.of(host.nodeIp() + "/24"))),
                Optional.of("eth0"),
                Optional.empty(),
                "machine",
                Optional.empty(),
                Optional.empty(),
                Optional.of("apt-get"),
                List.of(),
                lab ? LAB : Map.of());
    }

    static Map<String, Supplies> supplies(boolean source) {
        Map<String, Blob> binaries = Stream.of(
                        "containerd",
                        "containerd-shim-runc-v2",
                        "ctr",
                        "runc",
                        "crictl",
                        "kubelet",
                        "kubeadm",
                        "kubectl")
                .collect(Collectors.toMap(name -> name, Samples::blob));
        Map<String, ImageArchive> images = Stream.of(
                        "pause:3.10.2",
                        "kube-proxy:v1.36.4",
                        "etcd:3.6.11-0",
                        "kube-apiserver:v1.36.4",
                        "kube-controller-manager:v1.36.4",
                        "kube-scheduler:v1.36.4",
                        "kube-vip:v1.2.2",
                        "coredns:v1.14.2")
                .collect(Collectors.toMap(
                        name -> name.substring(0, name.indexOf(':')),
                        name -> new ImageArchive(
                                "registry.k8s.io/" + name, "sha256:" + Digest.sha256("digest " + name), blob(name))));
        return Map.of(
                "amd64",
                new Supplies(
                        binaries,
                        Map.of("loopback", blob("loopback"), "macvlan", blob("macvlan")),
                        images,
                        new BundleData(
                                source ? "Never" : "IfNotPresent",
                                "registry.k8s.io",
                                "3.6.11-0",
                                "registry.k8s.io/coredns",
                                "v1.14.2",
                                "registry.k8s.io/pause:3.10.2",
                                Map.of())));
    }

    private static Blob blob(String name) {
        return new Blob(Digest.sha256(name), name.length(), Path.of("/bundle", name));
    }
}
