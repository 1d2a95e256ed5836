package io.kubewright.network;

import io.kubewright.bundle.Architecture;
import io.kubewright.bundle.Bundle;
import io.kubewright.bundle.BundleImage;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.Resource;
import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.ImageArchive;
import io.kubewright.engine.resource.ImageImport;
import io.kubewright.kubeapi.ClusterApi;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.ObjectRef;
import io.kubewright.kubeapi.ObjectResource;
import io.kubewright.kubeapi.Readiness;
import io.kubewright.spec.Cidr;
import io.kubewright.spec.Host;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Calico as the pod network: its images on every host; then its definitions, rights and configuration; then the pool of
 * pod addresses; then what runs.
 */
public final class CalicoResources {
    /** Where all of Calico's steps are. */
    public static final String PATH = "network/calico";

    private static final List<String> IMAGES = List.of("calico-cni", "calico-node", "calico-kube-controllers");
    private static final Set<String> WORKLOADS = Set.of("DaemonSet", "Deployment");
    private static final String POOLS = PATH + "/customresourcedefinition/ippools.crd.projectcalico.org";
    private static final Duration ROLLOUT = Duration.ofMinutes(5);

    private CalicoResources() {}

    /**
     * All resources, in an order in which they could be done.
     *
     * @throws NetworkException when the file or the bundle's manifest asks for what cannot be
     * @throws io.kubewright.bundle.BundleException when the bundle lacks something
     */
    public static List<Resource> of(ClusterApi api, Bundle bundle, CalicoInput input) {
        Map<String, String> references = new LinkedHashMap<>();
        List<Resource> resources = new ArrayList<>();
        for (Host host : input.hosts()) {
            Optional.ofNullable(input.facts().get(host.name())).ifPresent(facts -> {
                ImageImport images = images(host, facts, bundle, input);
                resources.add(images);
            });
        }
        bundle.architectures()
                .forEach(architecture -> IMAGES.forEach(name ->
                        references.put(name, bundle.image(name, architecture).ref())));
        List<KubeObject> manifest = CalicoManifest.changed(
                bundle.manifest("calico"),
                new CalicoManifest.Settings(
                        pods(input),
                        PodMtu.of(input.hosts(), input.facts(), input.calico().mtu()),
                        references,
                        bundle.data()));
        resources.addAll(objects(api, manifest, input));
        return List.copyOf(resources);
    }

    /** The step after which pods of nodes have their network. */
    public static StepId running() {
        return StepId.cluster(PATH + "/daemonset/calico-node");
    }

    /** The objects as resources with their needs. */
    static List<Resource> objects(ClusterApi api, List<KubeObject> manifest, CalicoInput input) {
        List<Resource> resources = new ArrayList<>();
        Set<StepId> before = new LinkedHashSet<>();
        for (KubeObject object : manifest) {
            if (!WORKLOADS.contains(object.kind())) {
                resources.add(ObjectResource.of(api, path(object), input.ready(), object));
                before.add(StepId.cluster(path(object)));
            }
        }
        for (Cidr pods : pods(input)) {
            KubeObject pool = pool(pods);
            resources.add(ObjectResource.of(api, path(pool), Set.of(StepId.cluster(POOLS)), pool));
            before.add(StepId.cluster(path(pool)));
        }
        before.add(images(input.first()));
        for (KubeObject object : manifest) {
            if (WORKLOADS.contains(object.kind())) {
                resources.add(
                        ObjectResource.of(api, path(object), before, object).until(Readiness.rolledOut(ROLLOUT)));
                before.add(StepId.cluster(path(object)));
            }
        }
        return resources;
    }

    /**
     * The pool of pod addresses. calico-node would make one from its variables at its very first start and never look at
     * them again; as an object of ours it is planned, and drift of it is seen.
     */
    static KubeObject pool(Cidr pods) {
        String name = pods.isIpv6() ? "default-ipv6-ippool" : "default-ipv4-ippool";
        return KubeObject.of(ObjectRef.of("crd.projectcalico.org/v1", "IPPool", name))
                .with(pods.toString(), "spec", "cidr")
                .with("Never", "spec", "ipipMode")
                .with("Always", "spec", "vxlanMode")
                .with(true, "spec", "natOutgoing")
                .with(pods.isIpv6() ? 122 : 26, "spec", "blockSize")
                .with("all()", "spec", "nodeSelector")
                .with(List.of("Workload", "Tunnel"), "spec", "allowedUses");
    }

    private static ImageImport images(Host host, HostFacts facts, Bundle bundle, CalicoInput input) {
        Architecture architecture = Architecture.of(facts.architecture());
        List<ImageArchive> archives = IMAGES.stream()
                .map(name -> archive(bundle.image(name, architecture)))
                .toList();
        StepId runtime = Optional.ofNullable(input.runtimes().get(host.name())).orElseThrow();
        return new ImageImport(images(host), Set.of(runtime), archives);
    }

    private static ImageArchive archive(BundleImage image) {
        return new ImageArchive(
                image.ref(), image.manifestDigest(), image.archive().blob());
    }

    private static StepId images(Host host) {
        return new StepId(PATH + "/images", host.name());
    }

    private static String path(KubeObject object) {
        return PATH + "/" + object.kind().toLowerCase(Locale.ROOT) + "/" + object.name();
    }

    private static List<Cidr> pods(CalicoInput input) {
        if (input.podCidr().getFirst().isIpv6()) {
            throw new NetworkException(
                    NetworkException.Code.UNSUPPORTED,
                    "kubernetes.podCidr is " + input.podCidr() + ": Calico is set up with IPv4 first",
                    "Write one IPv4 network, or an IPv4 one and an IPv6 one.");
        }
        return input.podCidr();
    }
}
