package io.kubewright.kube;

import io.kubewright.bundle.Bundle;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.Resource;
import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.ImageArchive;
import io.kubewright.engine.resource.ImageImport;
import io.kubewright.spec.Host;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** From prepared hosts to joined nodes: the runtime, the kubelet, init, joins, the virtual IP. */
public final class KubeResources {
    private final KubeInput input;
    private final Map<String, Supplies> supplies;
    private final List<Resource> resources = new ArrayList<>();

    private KubeResources(KubeInput input, Map<String, Supplies> supplies) {
        this.input = input;
        this.supplies = supplies;
    }

    /**
     * All resources, in an order in which they could be done.
     *
     * @throws KubeException when a host cannot take part as the file has it
     * @throws io.kubewright.bundle.BundleException when the bundle lacks something
     */
    public static List<Resource> of(KubeInput input, Bundle bundle) {
        Map<String, Supplies> supplies = new HashMap<>();
        input.facts().values().stream()
                .map(HostFacts::architecture)
                .distinct()
                .forEach(architecture -> supplies.put(
                        architecture,
                        Supplies.of(bundle, architecture, input.endpoint().vip().isPresent())));
        return of(input, supplies);
    }

    /** @param supplies by architecture */
    static List<Resource> of(KubeInput input, Map<String, Supplies> supplies) {
        KubeResources made = new KubeResources(input, supplies);
        made.make();
        return List.copyOf(made.resources);
    }

    /** The step after which containerd runs on a host. */
    public static StepId runtime(String host) {
        return new StepId(Containerd.PATH, host);
    }

    /** The step after which the cluster's API answers. */
    public static StepId apiAnswers(KubeInput input) {
        return new StepId(
                input.endpoint().vip().isPresent() ? VipHolder.PATH : Init.PATH,
                input.first().name());
    }

    /** The steps after which this host is a node; what runs on nodes needs them. */
    public static StepId joined(KubeInput input, Host host) {
        return new StepId(host.equals(input.first()) ? Init.PATH : Join.PATH, host.name());
    }

    private void make() {
        List<Node> nodes =
                input.hosts().stream().flatMap(host -> node(host).stream()).toList();
        nodes.forEach(this::addSoftware);
        Optional<Node> first = node(input.first());
        if (first.isPresent()) {
            addCluster(first.get(), nodes);
        }
    }

    private Optional<Node> node(Host host) {
        return Optional.ofNullable(input.facts().get(host.name()))
                .map(facts -> new Node(host, facts, supplied(facts.architecture())));
    }

    private Supplies supplied(String architecture) {
        return Optional.ofNullable(supplies.get(architecture)).orElseThrow();
    }

    private void addSoftware(Node node) {
        Set<StepId> prepared = input.prepared().getOrDefault(node.name(), Set.of());
        StepId containerd = node.step(Containerd.PATH);
        resources.add(Containerd.of(node, prepared));
        resources.add(Tools.of(node, Set.of(containerd)));
        resources.add(Kubelet.of(node, Set.of(node.step(Tools.PATH))));
        resources.add(new ImageImport(images(node), Set.of(containerd), needed(node)));
    }

    private static StepId images(Node node) {
        return node.step("kube/images");
    }

    /** CoreDNS is needed on every node: the scheduler chooses where it runs. */
    private List<ImageArchive> needed(Node node) {
        List<String> names = new ArrayList<>(Supplies.NODE_IMAGES);
        names.add(Supplies.DNS_IMAGE);
        if (node.host().isControlPlane()) {
            names.addAll(Supplies.CONTROL_PLANE_IMAGES);
            input.endpoint().vip().ifPresent(vip -> names.add(Supplies.VIP_IMAGE));
        }
        return names.stream().map(node.supplies()::image).toList();
    }

    private static Set<StepId> ready(Node node, StepId... more) {
        Set<StepId> needs = new LinkedHashSet<>(Set.of(node.step(Kubelet.PATH), images(node)));
        needs.addAll(List.of(more));
        return needs;
    }

    private void addCluster(Node first, List<Node> nodes) {
        KubeadmConfiguration configuration = new KubeadmConfiguration(input, first.supplies());
        Optional<Vip> vip = input.endpoint()
                .vip()
                .map(address -> new Vip(
                        address,
                        first.supplies().image(Supplies.VIP_IMAGE).reference(),
                        first.supplies().data().imagePullPolicy()));
        StepId init = first.step(Init.PATH);
        resources.add(new Init(first, ready(first), input.endpoint(), configuration, vip));
        vip.ifPresent(each -> {
            resources.add(new VipRights(first, Set.of(init)));
            resources.add(new VipHolder(first, Set.of(first.step(VipRights.PATH)), each, configuration));
        });
        addJoins(first, nodes, configuration, vip);
        List<NodeLabels.Label> labels = NodeLabels.of(input);
        if (!labels.isEmpty()) {
            Set<StepId> joined = new LinkedHashSet<>();
            nodes.forEach(node -> joined.add(joined(input, node.host())));
            resources.add(new NodeLabels(first, joined, labels));
        }
    }

    private void addJoins(Node first, List<Node> nodes, KubeadmConfiguration configuration, Optional<Vip> vip) {
        List<Node> others =
                nodes.stream().filter(node -> !node.name().equals(first.name())).toList();
        if (others.isEmpty()) {
            return;
        }
        StepId credentials = first.step(JoinCredentials.PATH);
        Set<StepId> joins = new LinkedHashSet<>();
        others.forEach(node -> joins.add(node.step(Join.PATH)));
        resources.add(new JoinCredentials(first, Set.of(apiAnswers(input)), joins, configuration));
        StepId before = credentials;
        for (Node node : others) {
            boolean controlPlane = node.host().isControlPlane();
            StepId join = node.step(Join.PATH);
            Set<StepId> needs = ready(node, credentials);
            if (controlPlane) {
                needs.add(before);
                before = join;
            }
            if (input.remains().contains(node.name())) {
                needs.add(Departure.removal(node.name()));
            }
            resources.add(new Join(node, needs, credentials, input.endpoint(), configuration));
            if (controlPlane) {
                vip.ifPresent(each -> resources.add(
                        new VipHolder(node, Set.of(join, first.step(VipRights.PATH)), each, configuration)));
            }
        }
        resources.add(new JoinCredentials.Revoked(first, new HashSet<>(joins), joins));
    }
}
