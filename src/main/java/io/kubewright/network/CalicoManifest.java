package io.kubewright.network;

import io.kubewright.bundle.BundleData;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.KubeYaml;
import io.kubewright.kubeapi.Tree;
import io.kubewright.spec.Cidr;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Calico's own manifest with our changes: VXLAN between all nodes, the cluster's pod network, addresses as the kubelet
 * has them, packet sizes, and the images of the bundle. Each change must find what it is to change.
 */
final class CalicoManifest {
    /** Image short names of the bundle by the last segment of the repository that the manifest names. */
    private static final Map<String, String> IMAGES =
            Map.of("cni", "calico-cni", "node", "calico-node", "kube-controllers", "calico-kube-controllers");

    private static final String CONTAINERS = "containers";
    private static final String INIT_CONTAINERS = "initContainers";
    private static final String NODE = "calico-node";
    private static final String CONTROLLERS = "calico-kube-controllers";
    private static final String PLUGIN = "cni_network_config";
    private static final String IPAM = "\"type\": \"calico-ipam\"";
    /** calico-node's word for the addresses that the kubelet reports. */
    private static final String OF_KUBELET = "kubernetes-internal-ip";

    private static final int HEALTH_PORT = 9099;
    /** What calico-node asks Felix for over HTTP, by the words that have it ask. With VXLAN there is no BIRD to ask. */
    private static final Map<String, String> HEALTH = Map.of("-felix-live", "/liveness", "-felix-ready", "/readiness");

    private static final List<String> IN_PROBES = List.of("/bin/calico-node", "-bird-live", "-bird-ready");

    private final Map<String, KubeObject> objects = new LinkedHashMap<>();

    private CalicoManifest(List<KubeObject> objects) {
        objects.forEach(object -> this.objects.put(key(object.kind(), object.name()), object));
    }

    /**
     * What the changes need.
     *
     * @param pods one network, or an IPv4 and an IPv6 one
     * @param mtu of pods, bytes; empty leaves it to Calico
     * @param images by the bundle's short name: what pods name them
     */
    record Settings(List<Cidr> pods, Optional<Integer> mtu, Map<String, String> images, BundleData data) {
        boolean dualStack() {
            return pods.size() > 1;
        }
    }

    /**
     * The changed objects, in the manifest's order.
     *
     * @throws NetworkException with {@link NetworkException.Code#MANIFEST} when the manifest is not what we know
     * @throws io.kubewright.kubeapi.ApiException when a change finds nothing to change, naming object and path
     */
    static List<KubeObject> changed(String manifest, Settings settings) {
        CalicoManifest calico = new CalicoManifest(KubeYaml.read("the bundle's manifest calico", manifest));
        calico.configure(settings);
        calico.encapsulate(settings);
        calico.probeOverHttp();
        calico.bringImages(settings, "DaemonSet", NODE);
        calico.bringImages(settings, "Deployment", CONTROLLERS);
        calico.restartOnConfiguration();
        return List.copyOf(calico.objects.values());
    }

    private void configure(Settings settings) {
        change("ConfigMap", "calico-config", configuration -> {
            KubeObject backend = configuration.replacing("vxlan", "data", "calico_backend");
            if (settings.dualStack()) {
                backend = bothFamilies(backend);
            }
            KubeObject made = backend;
            return settings.mtu()
                    .map(mtu -> made.replacing(Integer.toString(mtu), "data", "veth_mtu"))
                    .orElse(made);
        });
    }

    /** The plugin gives each pod an address of either family. Its configuration is a text with gaps, so not yet JSON. */
    private static KubeObject bothFamilies(KubeObject configuration) {
        String plugin = configuration.at("data", PLUGIN).text("");
        if (plugin.indexOf(IPAM) < 0
                || plugin.indexOf(IPAM) != plugin.lastIndexOf(IPAM)
                || plugin.contains("assign_ipv")) {
            throw strange(configuration + " has a " + PLUGIN + " which we do not know");
        }
        return configuration.replacing(
                plugin.replace(IPAM, IPAM + ", \"assign_ipv4\": \"true\", \"assign_ipv6\": \"true\""), "data", PLUGIN);
    }

    private void encapsulate(Settings settings) {
        change("DaemonSet", NODE, daemons -> {
            KubeObject node = daemons;
            node = node.replacing("Never", variable("CALICO_IPV4POOL_IPIP"));
            node = node.replacing("Always", variable("CALICO_IPV4POOL_VXLAN"));
            node = node.replacing("Never", variable("CALICO_IPV6POOL_VXLAN"));
            node = added(
                    node, "CALICO_IPV4POOL_CIDR", settings.pods().getFirst().toString());
            node = added(node, "IP_AUTODETECTION_METHOD", OF_KUBELET);
            if (settings.dualStack()) {
                node = node.replacing("true", variable("FELIX_IPV6SUPPORT"));
                node = node.replacing("Always", variable("CALICO_IPV6POOL_VXLAN"));
                node = added(
                        node, "CALICO_IPV6POOL_CIDR", settings.pods().getLast().toString());
                node = added(node, "IP6", "autodetect");
                node = added(node, "IP6_AUTODETECTION_METHOD", OF_KUBELET);
            }
            return node;
        });
    }

    /** A variable that the manifest does not have: were it there, what it says would have to be read first. */
    private static KubeObject added(KubeObject daemons, String name, String value) {
        daemons.replacing(daemons.at(container(NODE)).at("image").text(""), concat(container(NODE), "image"));
        return daemons.with(value, variable(name));
    }

    /**
     * The kubelet asks Felix itself. The manifest starts calico-node anew for each probe because one probe can ask only
     * one component over HTTP (github.com/projectcalico/node/pull/241); without BIRD there is only one, and a program of
     * 100 MB no longer starts twice in ten seconds on every node, nor is a node with little processor time taken for dead.
     */
    private void probeOverHttp() {
        change("DaemonSet", NODE, daemons -> {
            daemons.replacing("true", variable("FELIX_HEALTHENABLED"));
            KubeObject node = daemons;
            for (String probe : List.of("livenessProbe", "readinessProbe")) {
                String path = healthPath(daemons, probe);
                node = node.removing(concat(container(NODE), probe, "exec"))
                        .with("localhost", concat(container(NODE), probe, "httpGet", "host"))
                        .with(path, concat(container(NODE), probe, "httpGet", "path"))
                        .with(HEALTH_PORT, concat(container(NODE), probe, "httpGet", "port"));
            }
            return node;
        });
    }

    private static String healthPath(KubeObject daemons, String probe) {
        List<String> command = daemons.at(concat(container(NODE), probe, "exec", "command")).items().stream()
                .map(word -> word.text(""))
                .toList();
        List<String> asked =
                command.stream().filter(word -> !IN_PROBES.contains(word)).toList();
        if (asked.size() != 1 || !HEALTH.containsKey(asked.getFirst())) {
            throw strange(daemons + " has the " + probe + " " + command + ", which we do not know");
        }
        return Optional.ofNullable(HEALTH.get(asked.getFirst())).orElseThrow();
    }

    private void bringImages(Settings settings, String kind, String name) {
        change(kind, name, workload -> {
            KubeObject made = workload;
            for (String list : List.of(INIT_CONTAINERS, CONTAINERS)) {
                for (Tree container :
                        workload.at("spec", "template", "spec", list).items()) {
                    made = bringImage(made, settings, list, container);
                }
            }
            return made;
        });
    }

    private static KubeObject bringImage(KubeObject workload, Settings settings, String list, Tree container) {
        String name = container.at("name").text("");
        String[] path = {"spec", "template", "spec", list, "[" + name + "]"};
        String image = ours(workload, name, container.at("image").text(""), settings.images());
        KubeObject made = workload.replacing(image, concat(path, "image"))
                .with(settings.data().imagePullPolicy(), concat(path, "imagePullPolicy"));
        for (Map.Entry<String, String> variable :
                new java.util.TreeMap<>(settings.data().environment().getOrDefault(name, Map.of())).entrySet()) {
            made = made.with(variable.getValue(), concat(path, "env", "[" + variable.getKey() + "]", "value"));
        }
        return made;
    }

    /** The bundle's image in the place of the manifest's; both must be of one version. */
    private static String ours(KubeObject workload, String container, String image, Map<String, String> images) {
        String repository = image.contains(":") ? image.substring(0, image.lastIndexOf(':')) : image;
        String name = IMAGES.get(repository.substring(repository.lastIndexOf('/') + 1));
        String ours = name == null ? null : images.get(name);
        if (ours == null) {
            throw strange(workload + " runs " + image + " in container " + container + ", which we do not know");
        }
        if (!tag(image).equals(tag(ours))) {
            throw strange(workload + " is made for " + image + ", but the bundle has " + ours
                    + ": a mix of versions is known to break");
        }
        return ours;
    }

    private static String tag(String image) {
        return image.substring(image.lastIndexOf(':') + 1);
    }

    /** Variables taken from the configuration are read at a pod's start only, so its digest is part of the template. */
    private void restartOnConfiguration() {
        String configuration = io.kubewright.engine.Digest.sha256(KubeYaml.write(object("ConfigMap", "calico-config")));
        change(
                "DaemonSet",
                NODE,
                daemons -> daemons.with(
                        configuration, "spec", "template", "metadata", "annotations", "kubewright.io/configuration"));
    }

    private void change(String kind, String name, UnaryOperator<KubeObject> change) {
        objects.put(key(kind, name), change.apply(object(kind, name)));
    }

    private KubeObject object(String kind, String name) {
        KubeObject object = objects.get(key(kind, name));
        if (object == null) {
            throw strange("the manifest has no " + kind + " " + name);
        }
        return object;
    }

    private static String key(String kind, String name) {
        return kind + " " + name;
    }

    private static String[] container(String name) {
        return new String[] {"spec", "template", "spec", CONTAINERS, "[" + name + "]"};
    }

    private static String[] variable(String name) {
        return concat(container(NODE), "env", "[" + name + "]", "value");
    }

    private static String[] concat(String[] path, String... more) {
        List<String> joined = new ArrayList<>(List.of(path));
        joined.addAll(List.of(more));
        return joined.toArray(String[]::new);
    }

    private static NetworkException strange(String message) {
        return new NetworkException(
                NetworkException.Code.MANIFEST,
                "Calico's manifest in the bundle: " + message,
                "Build the bundle again, so that its manifest and images are of one version.");
    }
}
