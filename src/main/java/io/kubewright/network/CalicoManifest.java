package io.kubewright.network;

import static io.kubewright.network.ProjectManifest.at;
import static io.kubewright.network.ProjectManifest.container;

import io.kubewright.bundle.BundleData;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.spec.Cidr;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Calico's own manifest with our changes: VXLAN between all nodes, the cluster's pod network, addresses as the kubelet
 * has them, packet sizes, and the images of the bundle. Each change must find what it is to change.
 */
final class CalicoManifest {
    /** Image short names of the bundle by the last segment of the repository that the manifest names. */
    private static final Map<String, String> IMAGES =
            Map.of("cni", "calico-cni", "node", "calico-node", "kube-controllers", "calico-kube-controllers");

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

    private final ProjectManifest manifest;

    private CalicoManifest(ProjectManifest manifest) {
        this.manifest = manifest;
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
        CalicoManifest calico = new CalicoManifest(new ProjectManifest("Calico", Map.of("calico", manifest)));
        calico.configure(settings);
        calico.encapsulate(settings);
        calico.probeOverHttp();
        ProjectManifest.Images images = new ProjectManifest.Images(IMAGES, settings.images(), true, settings.data());
        calico.manifest.bringImages(images, "DaemonSet", NODE);
        calico.manifest.bringImages(images, "Deployment", CONTROLLERS);
        // calico-node takes variables from it.
        calico.manifest.restartOn("ConfigMap", "calico-config", "DaemonSet", NODE);
        return calico.manifest.objects();
    }

    private void configure(Settings settings) {
        manifest.change("ConfigMap", "calico-config", configuration -> {
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
    private KubeObject bothFamilies(KubeObject configuration) {
        String plugin = configuration.at("data", PLUGIN).text("");
        if (plugin.indexOf(IPAM) < 0
                || plugin.indexOf(IPAM) != plugin.lastIndexOf(IPAM)
                || plugin.contains("assign_ipv")) {
            throw manifest.strange(configuration + " has a " + PLUGIN + " which we do not know");
        }
        return configuration.replacing(
                plugin.replace(IPAM, IPAM + ", \"assign_ipv4\": \"true\", \"assign_ipv6\": \"true\""), "data", PLUGIN);
    }

    private void encapsulate(Settings settings) {
        manifest.change("DaemonSet", NODE, daemons -> {
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
        daemons.replacing(daemons.at(container(NODE)).at("image").text(""), at(container(NODE), "image"));
        return daemons.with(value, variable(name));
    }

    /**
     * The kubelet asks Felix itself. The manifest starts calico-node anew for each probe because one probe can ask only
     * one component over HTTP (github.com/projectcalico/node/pull/241); without BIRD there is only one, and a program of
     * 100 MB no longer starts twice in ten seconds on every node, nor is a node with little processor time taken for dead.
     */
    private void probeOverHttp() {
        manifest.change("DaemonSet", NODE, daemons -> {
            daemons.replacing("true", variable("FELIX_HEALTHENABLED"));
            KubeObject node = daemons;
            for (String probe : List.of("livenessProbe", "readinessProbe")) {
                String path = healthPath(daemons, probe);
                node = node.removing(at(container(NODE), probe, "exec"))
                        .with("localhost", at(container(NODE), probe, "httpGet", "host"))
                        .with(path, at(container(NODE), probe, "httpGet", "path"))
                        .with(HEALTH_PORT, at(container(NODE), probe, "httpGet", "port"));
            }
            return node;
        });
    }

    private String healthPath(KubeObject daemons, String probe) {
        List<String> command = daemons.at(at(container(NODE), probe, "exec", "command")).items().stream()
                .map(word -> word.text(""))
                .toList();
        List<String> asked =
                command.stream().filter(word -> !IN_PROBES.contains(word)).toList();
        if (asked.size() != 1 || !HEALTH.containsKey(asked.getFirst())) {
            throw manifest.strange(daemons + " has the " + probe + " " + command + ", which we do not know");
        }
        return Optional.ofNullable(HEALTH.get(asked.getFirst())).orElseThrow();
    }

    private static String[] variable(String name) {
        return at(container(NODE), "env", "[" + name + "]", "value");
    }
}
