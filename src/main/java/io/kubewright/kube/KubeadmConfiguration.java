package io.kubewright.kube;

import io.kubewright.engine.Deviation;
import io.kubewright.engine.Secret;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.KubeYaml;
import io.kubewright.spec.Cidr;
import io.kubewright.spec.Host;
import io.kubewright.spec.Taint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What kubeadm is told, as trees of its API {@code kubeadm.k8s.io/v1beta4} (kubeadm 1.31 to 1.37).
 *
 * <p>Texts made here hold tokens and keys: they go into root-only files under /run and nowhere else.
 */
final class KubeadmConfiguration {
    /**
     * What a slow host may take; by default 4, 2 and 1 minute (kubeadm v1beta4, Timeouts). The last one ended an init on an
     * emulated machine before the administrator had got his rights.
     */
    private static final Map<String, String> TIMEOUTS =
            Map.of("controlPlaneComponentHealthCheck", "10m0s", "etcdAPICall", "5m0s", "kubernetesAPICall", "5m0s");

    private static final String API = "kubeadm.k8s.io/v1beta4";
    private static final String SOCKET = "unix:///run/containerd/containerd.sock";
    private static final Map<String, Object> CONTROL_PLANE_TAINT =
            Map.of("key", "node-role.kubernetes.io/control-plane", "effect", "NoSchedule");

    private final KubeInput input;
    private final Supplies supplies;
    private final NodeSettings settings;

    /** @param supplies of any of the hosts: only what does not depend on the architecture is used */
    KubeadmConfiguration(KubeInput input, Supplies supplies) {
        this.input = input;
        this.supplies = supplies;
        this.settings = new NodeSettings(input);
    }

    /** For {@code kubeadm init} on the first control plane. The token is one that nobody uses: kubeadm wants one. */
    String init(Node node, Secret token) {
        return KubeYaml.write(List.of(
                initConfiguration(node, token), clusterConfiguration(), kubeletConfiguration(), proxyConfiguration()));
    }

    /** For the phases of init that are run again on a node, control plane or worker, that has other settings now. */
    String again(Node node, NodeSettings.Encryption encryption) {
        return KubeYaml.write(List.of(
                new KubeObject(nodeConfiguration(node)),
                clusterConfiguration(encryption),
                kubeletConfiguration(),
                proxyConfiguration()));
    }

    /** The settings of a node in words, without secrets. */
    String settings(Node node) {
        return settings.text(node, kubeletConfiguration());
    }

    /** Fragment that puts the files that settings name where kubeadm and the API server look for them. */
    String place(Node node) {
        return settings.place(node);
    }

    /** Fragment that removes files that settings no longer name. */
    String tidy() {
        return settings.tidy();
    }

    /** Whether the file has kubeadm patches. */
    boolean patches() {
        return settings.patches();
    }

    /** Whether Secrets are encrypted in etcd. */
    boolean encrypts() {
        return input.kubernetes().encryptionAtRest();
    }

    /** Fragment with the functions that settings are made with. */
    String functions() {
        return Templates.text("settings.sh") + (encrypts() ? Templates.text("encryption.sh") : "");
    }

    /** Fragment for init and join: the files of the settings, and a note of what kubeadm does its work by. */
    String begin(Node node) {
        return functions() + settings.place(node) + "told " + io.kubewright.engine.resource.Heredoc.of(settings(node));
    }

    /** For phases that only want to know which cluster it is. */
    String cluster() {
        return KubeYaml.write(clusterConfiguration());
    }

    /** For {@code kubeadm token create} and the upload of certificates. */
    String credentials(Secret token, Secret certificateKey) {
        Map<String, Object> tree = document(API, "InitConfiguration");
        tree.put("bootstrapTokens", List.of(token(token, "1h0m0s")));
        tree.put("certificateKey", certificateKey.reveal());
        return KubeYaml.write(List.of(new KubeObject(tree), clusterConfiguration()));
    }

    /** For {@code kubeadm join}. */
    String join(Node node, Secret token, String authorityHash, Secret certificateKey) {
        Map<String, Object> bootstrap = new TreeMap<>();
        bootstrap.put("token", token.reveal());
        bootstrap.put("apiServerEndpoint", input.endpoint().hostAndPort());
        bootstrap.put("caCertHashes", List.of("sha256:" + authorityHash));
        Map<String, Object> tree = document(API, "JoinConfiguration");
        tree.put("discovery", Map.of("bootstrapToken", bootstrap));
        tree.put("nodeRegistration", registration(node));
        tree.put("timeouts", TIMEOUTS);
        withPatches(tree);
        if (node.host().isControlPlane()) {
            tree.put(
                    "controlPlane",
                    Map.of("localAPIEndpoint", localEndpoint(node), "certificateKey", certificateKey.reveal()));
        }
        return KubeYaml.write(new KubeObject(tree));
    }

    private KubeObject initConfiguration(Node node, Secret token) {
        Map<String, Object> tree = nodeConfiguration(node);
        tree.put("bootstrapTokens", List.of(token(token, "10m0s")));
        return new KubeObject(tree);
    }

    private Map<String, Object> nodeConfiguration(Node node) {
        Map<String, Object> tree = document(API, "InitConfiguration");
        tree.put("localAPIEndpoint", localEndpoint(node));
        tree.put("nodeRegistration", registration(node));
        tree.put("timeouts", TIMEOUTS);
        withPatches(tree);
        return tree;
    }

    private void withPatches(Map<String, Object> tree) {
        if (settings.patches()) {
            tree.put("patches", Map.of("directory", NodeSettings.PATCHES));
        }
    }

    private static Map<String, Object> token(Secret token, String lifetime) {
        return Map.of(
                "token", token.reveal(),
                "ttl", lifetime,
                "description", "made by kubewright for one run",
                "usages", List.of("signing", "authentication"),
                "groups", List.of("system:bootstrappers:kubeadm:default-node-token"));
    }

    private static Map<String, Object> localEndpoint(Node node) {
        return Map.of("advertiseAddress", node.address(), "bindPort", EndpointSection.API_PORT);
    }

    private Map<String, Object> registration(Node node) {
        Map<String, Object> tree = new TreeMap<>();
        tree.put("name", node.name());
        tree.put("criSocket", SOCKET);
        tree.put("imagePullPolicy", supplies.data().imagePullPolicy());
        tree.put("kubeletExtraArgs", List.of(Map.of("name", "node-ip", "value", node.addresses())));
        tree.put("taints", taints(node.host()));
        if (node.has(Deviation.CGROUP_V1)) {
            tree.put("ignorePreflightErrors", List.of("SystemVerification"));
        }
        return tree;
    }

    /** An empty list is not the same as none: it takes away the taint that kubeadm gives to control planes. */
    private static List<Object> taints(Host host) {
        List<Object> taints = new ArrayList<>();
        if (host.isControlPlane() && !host.isWorker()) {
            taints.add(CONTROL_PLANE_TAINT);
        }
        for (Taint taint : host.taints()) {
            Map<String, Object> tree = new TreeMap<>();
            tree.put("key", taint.key());
            tree.put("effect", taint.effect());
            if (!taint.value().isEmpty()) {
                tree.put("value", taint.value());
            }
            taints.add(tree);
        }
        return taints;
    }

    private KubeObject clusterConfiguration() {
        return clusterConfiguration(NodeSettings.Encryption.WRITTEN);
    }

    private KubeObject clusterConfiguration(NodeSettings.Encryption encryption) {
        KubernetesSection kubernetes = input.kubernetes();
        Map<String, Object> tree = document(API, "ClusterConfiguration");
        tree.put("clusterName", input.clusterName());
        tree.put("kubernetesVersion", "v" + kubernetes.version());
        tree.put("controlPlaneEndpoint", input.endpoint().hostAndPort());
        tree.put("imageRepository", supplies.data().imageRepository());
        tree.put(
                "networking",
                Map.of("podSubnet", joined(kubernetes.podCidr()), "serviceSubnet", joined(kubernetes.serviceCidr())));
        tree.put("etcd", Map.of("local", etcd()));
        tree.put(
                "dns",
                Map.of(
                        "imageRepository", supplies.data().dnsImageRepository(),
                        "imageTag", supplies.data().dnsImageTag()));
        tree.put("apiServer", apiServer(encryption));
        Map<String, String> leaderFlags = settings.leaderFlags();
        if (!leaderFlags.isEmpty()) {
            Map<String, Object> patient = Map.of("extraArgs", arguments(leaderFlags));
            tree.put("controllerManager", patient);
            tree.put("scheduler", patient);
        }
        return new KubeObject(tree);
    }

    private Map<String, Object> apiServer(NodeSettings.Encryption encryption) {
        Map<String, Object> tree = new TreeMap<>();
        tree.put("certSANs", List.copyOf(certificateNames()));
        Map<String, List<?>> more = Map.of(
                "extraArgs", arguments(settings.apiServerFlags()),
                "extraVolumes", settings.apiServerVolumes(),
                "extraEnvs", settings.apiServerVariables(encryption));
        more.forEach((name, list) -> {
            if (!list.isEmpty()) {
                tree.put(name, list);
            }
        });
        return tree;
    }

    private Map<String, Object> etcd() {
        Map<String, Object> local = new TreeMap<>();
        local.put("dataDir", "/var/lib/etcd");
        local.put("imageTag", supplies.data().etcdImageTag());
        if (input.anyHas(Deviation.SHARED_PROCESSORS)) {
            local.put("extraArgs", arguments(Map.of("heartbeat-interval", "500", "election-timeout", "5000")));
        }
        return local;
    }

    /** 127.0.0.1 and localhost are there for the way over SSH, every node address so that no VIP is needed to repair one. */
    private Set<String> certificateNames() {
        Set<String> names = new LinkedHashSet<>();
        names.addAll(settings.certificateNames());
        input.hosts().stream().filter(Host::isControlPlane).forEach(host -> {
            names.add(host.name());
            names.add(host.nodeIp().toString());
        });
        names.add("127.0.0.1");
        names.add("localhost");
        return names;
    }

    private KubeObject kubeletConfiguration() {
        boolean noSysResource = input.anyHas(Deviation.NO_SYS_RESOURCE);
        boolean cgroupV1 = input.anyHas(Deviation.CGROUP_V1);
        Map<String, Object> tree = document("kubelet.config.k8s.io/v1beta1", "KubeletConfiguration");
        tree.put("cgroupDriver", cgroupV1 ? "cgroupfs" : "systemd");
        tree.put("failSwapOn", input.swapOff());
        if (!input.swapOff() && !cgroupV1) {
            // The host's own programs may use it; a pod's memory limit means what it says.
            tree.put("memorySwap", Map.of("swapBehavior", "NoSwap"));
        }
        if (input.kubernetes().kubeletServingCertificates()) {
            tree.put("serverTLSBootstrap", true);
        }
        if (cgroupV1) {
            tree.put("failCgroupV1", false);
        }
        if (noSysResource) {
            tree.put("featureGates", Map.of("KubeletInUserNamespace", true));
            tree.put("oomScoreAdj", 0);
        }
        return new KubeObject(tree);
    }

    /** Calico's iptables data plane breaks services under kube-proxy's nftables mode. conntrack 0: host/sysctl owns it. */
    private KubeObject proxyConfiguration() {
        Map<String, Object> tree = document("kubeproxy.config.k8s.io/v1alpha1", "KubeProxyConfiguration");
        tree.put("mode", "iptables");
        tree.put("conntrack", Map.of("maxPerCore", 0, "min", 0));
        if (input.anyHas(Deviation.NO_SYS_RESOURCE)) {
            tree.put("oomScoreAdj", 0);
        }
        return new KubeObject(tree);
    }

    private static List<Map<String, String>> arguments(Map<String, String> extra) {
        return new TreeMap<>(extra)
                .entrySet().stream()
                        .map(each -> Map.of("name", each.getKey(), "value", each.getValue()))
                        .toList();
    }

    private static String joined(List<Cidr> networks) {
        return networks.stream().map(Cidr::toString).collect(Collectors.joining(","));
    }

    private static Map<String, Object> document(String apiVersion, String kind) {
        Map<String, Object> tree = new LinkedHashMap<>();
        tree.put("apiVersion", apiVersion);
        tree.put("kind", kind);
        return tree;
    }
}
