package io.kubewright.kube;

import io.kubewright.engine.Deviation;
import io.kubewright.engine.HostFacts;
import io.kubewright.engine.Shell;
import io.kubewright.engine.resource.TextFile;
import io.kubewright.kubeapi.KubeObject;
import io.kubewright.kubeapi.KubeYaml;
import io.kubewright.spec.IpAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The virtual IP of the API and kube-vip (1.2.2), which holds it: ARP, one leader by a lease.
 *
 * <p>Each kube-vip has a kubeconfig of its own that names the API server of its own node. One that named the virtual IP
 * would make that IP depend on itself.
 *
 * @param alone whether it runs on one control plane, so that nobody can take over
 */
record Vip(IpAddress address, String image, String pullPolicy, boolean alone) {
    static final String MANIFEST = "/etc/kubernetes/manifests/kube-vip.yaml";
    static final String KUBECONFIG = "/etc/kubernetes/kube-vip.conf";
    static final String USER = "kube-vip";
    static final String LEASE = "plndr-cp-lock";

    /** During init no role exists yet; kubeadm 1.29 and later give the administrator none before the API answers. */
    private static final String BOOTSTRAP_USER = "kube-vip-bootstrap";

    TextFile manifest(Node node) {
        return new TextFile(MANIFEST, "0600", KubeYaml.write(pod(node)));
    }

    /** Fragment for use within init: rights of an hour that come from the certificate alone. */
    String bootstrap(Node node) {
        return kubeconfig(node, BOOTSTRAP_USER, "--org system:masters --validity-period 1h")
                + manifest(node).put();
    }

    /** Fragment that signs the node's kube-vip an identity; needs $directory/kubeadm.yaml and the authority's key. */
    static String kubeconfig(Node node, String user, String options) {
        return """
                kubeadm kubeconfig user --client-name %s %s --config "$directory/kubeadm.yaml" >"$directory/user.conf"
                sed %s "$directory/user.conf" | kw_put %s 0600
                """.formatted(Shell.quote(user), options, NodeState.serverTo(node.ownApi()), KUBECONFIG);
    }

    /** Fragment that takes the address off the node's link, once nobody holds it there any more. */
    String release(Node node) {
        return node.facts()
                .linkOf(node.address())
                .map(link -> "ip address delete %s/%d dev %s 2>/dev/null || :\n"
                        .formatted(address, address.bits(), Shell.quote(link.name())))
                .orElse("");
    }

    String url() {
        return "https://" + (address.isIpv6() ? "[" + address + "]" : address) + ":" + EndpointSection.API_PORT;
    }

    private KubeObject pod(Node node) {
        String link = node.facts()
                .linkOf(node.address())
                .map(HostFacts.Link::name)
                .orElseThrow(() -> new KubeException(
                        KubeException.Code.NO_LINK,
                        node.name() + ": no network link holds " + node.address() + ", the host's nodeIp",
                        "Give the address to a link, or set nodeIp to one that the host has."));
        Map<String, Object> container = new LinkedHashMap<>();
        container.put("name", "kube-vip");
        container.put("image", image);
        container.put("imagePullPolicy", pullPolicy);
        container.put("args", List.of("manager"));
        container.put("env", environment(link, lease(node)));
        container.put(
                "securityContext",
                Map.of(
                        "allowPrivilegeEscalation",
                        false,
                        "capabilities",
                        Map.of("drop", List.of("ALL"), "add", List.of("NET_ADMIN", "NET_RAW"))));
        container.put("resources", Map.of("requests", Map.of("cpu", "10m", "memory", "32Mi")));
        container.put("volumeMounts", List.of(Map.of("name", "kubeconfig", "mountPath", KUBECONFIG, "readOnly", true)));
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put("hostNetwork", true);
        spec.put("priorityClassName", "system-node-critical");
        spec.put("containers", List.of(container));
        spec.put(
                "volumes",
                List.of(Map.of("name", "kubeconfig", "hostPath", Map.of("path", KUBECONFIG, "type", "File"))));
        Map<String, Object> content = new LinkedHashMap<>();
        content.put("apiVersion", "v1");
        content.put("kind", "Pod");
        content.put(
                "metadata",
                Map.of(
                        "name",
                        "kube-vip",
                        "namespace",
                        "kube-system",
                        "labels",
                        Map.of("app.kubernetes.io/name", "kube-vip", "app.kubernetes.io/managed-by", "kubewright")));
        content.put("spec", spec);
        return new KubeObject(content);
    }

    /** Seconds; kube-vip ends, and with it the address, when it cannot renew its lease in time. */
    private record Lease(int duration, int renewal, int retry) {
        /** A host that is dead is replaced within 5 s. */
        static final Lease SHARED = new Lease(5, 3, 1);

        /** As long as Kubernetes' own components wait. */
        static final Lease ON_SHARED_PROCESSORS = new Lease(15, 10, 2);

        /** Nobody waits for it: after a restart the same node takes it at once. */
        static final Lease ALONE = new Lease(60, 40, 5);
    }

    private Lease lease(Node node) {
        if (alone) {
            return Lease.ALONE;
        }
        return node.has(Deviation.SHARED_PROCESSORS) ? Lease.ON_SHARED_PROCESSORS : Lease.SHARED;
    }

    /** What of it differs from production. */
    Optional<String> deviation(Node node) {
        return alone ? Optional.empty() : node.deviation(Deviation.SHARED_PROCESSORS);
    }

    private List<Object> environment(String link, Lease lease) {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("address", address.toString());
        values.put("port", String.valueOf(EndpointSection.API_PORT));
        values.put("vip_subnet", String.valueOf(address.bits()));
        values.put("vip_interface", link);
        values.put("vip_arp", "true");
        values.put("cp_enable", "true");
        values.put("cp_namespace", "kube-system");
        values.put("svc_enable", "false");
        values.put("vip_leaderelection", "true");
        values.put("vip_leasename", LEASE);
        values.put("vip_leaseduration", String.valueOf(lease.duration()));
        values.put("vip_renewdeadline", String.valueOf(lease.renewal()));
        values.put("vip_retryperiod", String.valueOf(lease.retry()));
        values.put("k8s_config_file", KUBECONFIG);
        values.put("prometheus_server", "");
        List<Object> environment = new ArrayList<>();
        values.forEach((name, value) -> environment.add(Map.of("name", name, "value", value)));
        environment.add(
                Map.of("name", "vip_nodename", "valueFrom", Map.of("fieldRef", Map.of("fieldPath", "spec.nodeName"))));
        return environment;
    }

    /** What kube-vip may do: keep one lease. */
    static List<KubeObject> rights() {
        Map<String, Object> own = Map.of(
                "apiGroups", List.of("coordination.k8s.io"),
                "resources", List.of("leases"),
                "resourceNames", List.of(LEASE),
                "verbs", List.of("get", "update", "patch"));
        // The API cannot restrict "create" to a name.
        Map<String, Object> create = Map.of(
                "apiGroups",
                List.of("coordination.k8s.io"),
                "resources",
                List.of("leases"),
                "verbs",
                List.of("create"));
        Map<String, Object> metadata = Map.of(
                "name", "kube-vip",
                "namespace", "kube-system",
                "labels", Map.of("app.kubernetes.io/managed-by", "kubewright"));
        return List.of(
                new KubeObject(Map.of(
                        "apiVersion",
                        "rbac.authorization.k8s.io/v1",
                        "kind",
                        "Role",
                        "metadata",
                        metadata,
                        "rules",
                        List.of(own, create))),
                new KubeObject(Map.of(
                        "apiVersion",
                        "rbac.authorization.k8s.io/v1",
                        "kind",
                        "RoleBinding",
                        "metadata",
                        metadata,
                        "roleRef",
                        Map.of("apiGroup", "rbac.authorization.k8s.io", "kind", "Role", "name", "kube-vip"),
                        "subjects",
                        List.of(Map.of("apiGroup", "rbac.authorization.k8s.io", "kind", "User", "name", USER)))));
    }
}
