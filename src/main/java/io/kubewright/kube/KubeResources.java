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
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

    /** The step after which the first control plane has the settings of the file, among them the networks. */
    public static StepId settings(KubeInput input) {
        return new StepId(Settings.PATH, input.first().name());
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
        Set<StepId> before = new LinkedHashSet<>(prepared);
        input.proxy().ifPresent(proxy -> {
            Proxy step = new Proxy(node.step(Proxy.PATH), prepared, proxy.environment(input));
            before.add(step.id());
            resources.add(step);
        });
        resources.add(Containerd.of(node, Set.copyOf(before)));
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
                        first.supplies().data().imagePullPolicy(),
                        input.hasLoneControlPlane()));
        StepId init = first.step(Init.PATH);
        resources.add(new Init(first, ready(first), input.endpoint(), configuration, vip));
        vip.ifPresent(each -> {
            resources.add(new VipRights(first, Set.of(init)));
            resources.add(new VipHolder(first, Set.of(first.step(VipRights.PATH)), each, configuration));
        });
        List<Node> newcomers =
                nodes.stream().filter(node -> !isThere(first, node)).toList();
        addThere(first, nodes, configuration, vip);
        Set<StepId> settled = addSettings(first, nodes, configuration);
        addJoins(first, newcomers, configuration, vip, settled);
        addLaterSettings(newcomers, configuration, settled);
        if (configuration.encrypts()) {
            resources.add(new Encryption.Rewritten(first, settled, settled));
        }
        List<NodeLabels.Label> labels = NodeLabels.of(input);
        if (!labels.isEmpty()) {
            Set<StepId> joined = new LinkedHashSet<>();
            nodes.forEach(node -> joined.add(joined(input, node.host())));
            resources.add(new NodeLabels(first, joined, labels));
        }
    }

    /** Whether the node was a control plane when this was planned, or is the first of all. */
    private boolean isThere(Node first, Node node) {
        return node.name().equals(first.name()) || input.existing().contains(node.name());
    }

    /** The other control planes that are there: no credentials are made for them, all they might need is a start. */
    private void addThere(Node first, List<Node> nodes, KubeadmConfiguration configuration, Optional<Vip> vip) {
        nodes.stream()
                .filter(node -> isThere(first, node) && !node.name().equals(first.name()))
                .forEach(node -> addJoin(first, node, ready(node), configuration, vip));
    }

    private void addJoin(
            Node first, Node node, Set<StepId> needs, KubeadmConfiguration configuration, Optional<Vip> vip) {
        StepId join = node.step(Join.PATH);
        resources.add(new Join(
                node,
                needs,
                first.step(JoinCredentials.PATH),
                first.step(Encryption.Key.PATH),
                input.endpoint(),
                configuration));
        if (node.host().isControlPlane()) {
            vip.ifPresent(each ->
                    resources.add(new VipHolder(node, Set.of(join, first.step(VipRights.PATH)), each, configuration)));
        }
    }

    /**
     * Control planes that are there get the settings of the file before anybody joins, since whoever joins takes them from
     * the cluster.
     *
     * @return the steps after which they have
     */
    private Set<StepId> addSettings(Node first, List<Node> nodes, KubeadmConfiguration configuration) {
        List<Node> there =
                controlPlanes(nodes).filter(node -> isThere(first, node)).toList();
        Set<StepId> before = new LinkedHashSet<>();
        there.forEach(node -> before.add(joined(input, node.host())));
        Set<StepId> settled =
                there.stream().map(node -> node.step(Settings.PATH)).collect(Collectors.toSet());
        if (configuration.encrypts()) {
            addEncryption(first, there, controlPlanes(nodes).toList(), configuration, before);
        }
        for (Node node : there) {
            resources.add(new Settings(node, Set.copyOf(before), configuration));
            before.add(node.step(Settings.PATH));
        }
        return settled;
    }

    /** @param before gets the steps after which every API server that is there can read what is encrypted */
    private void addEncryption(
            Node first, List<Node> there, List<Node> all, KubeadmConfiguration configuration, Set<StepId> before) {
        Set<StepId> settings =
                all.stream().map(node -> node.step(Settings.PATH)).collect(Collectors.toSet());
        Set<StepId> changed = new LinkedHashSet<>(settings);
        all.stream()
                .filter(node -> !node.name().equals(first.name()))
                .forEach(node -> changed.add(node.step(Join.PATH)));
        StepId key = first.step(Encryption.Key.PATH);
        resources.add(new Encryption.Key(first, Set.of(first.step(Init.PATH)), changed));
        before.add(key);
        for (Node node : there) {
            resources.add(new Encryption.Readable(node, Set.copyOf(before), settings, key, configuration));
            before.add(node.step(Encryption.Readable.PATH));
        }
    }

    /** Nodes that join have them already; what is left is to take note. Workers that are there follow the control planes. */
    private void addLaterSettings(List<Node> newcomers, KubeadmConfiguration configuration, Set<StepId> settled) {
        newcomers.forEach(node -> {
            Set<StepId> needs = new LinkedHashSet<>(settled);
            needs.add(node.step(Join.PATH));
            resources.add(new Settings(node, Set.copyOf(needs), configuration));
        });
    }

    private static Stream<Node> controlPlanes(List<Node> nodes) {
        return nodes.stream().filter(node -> node.host().isControlPlane());
    }

    private void addJoins(
            Node first,
            List<Node> newcomers,
            KubeadmConfiguration configuration,
            Optional<Vip> vip,
            Set<StepId> settled) {
        if (newcomers.isEmpty()) {
            return;
        }
        StepId credentials = first.step(JoinCredentials.PATH);
        Set<StepId> joins = new LinkedHashSet<>();
        newcomers.forEach(node -> joins.add(node.step(Join.PATH)));
        Set<StepId> before = new LinkedHashSet<>(settled);
        before.add(apiAnswers(input));
        resources.add(new JoinCredentials(first, before, joins, configuration));
        StepId last = credentials;
        for (Node node : newcomers) {
            Set<StepId> needs = ready(node, credentials);
            needs.addAll(input.beforeJoin().getOrDefault(node.name(), Set.of()));
            if (node.host().isControlPlane()) {
                needs.add(last);
                last = node.step(Join.PATH);
                if (configuration.encrypts()) {
                    needs.add(first.step(Encryption.Key.PATH));
                }
            }
            if (input.remains().contains(node.name())) {
                needs.add(Departure.removal(node.name()));
            }
            addJoin(first, node, needs, configuration, vip);
        }
        resources.add(new JoinCredentials.Revoked(first, new HashSet<>(joins), joins));
    }
}
