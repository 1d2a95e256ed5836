package io.kubewright.kube;

import io.kubewright.engine.Shell;

/**
 * What kubeadm has made of a host, as text. Files decide, not whether something answers: a cluster that is down must
 * never look like one that does not exist.
 */
final class NodeState {
    /** Says that a run of ours began and has not ended; its text is {@code init} or {@code join}. */
    static final String MARK = "\"$KW_STATE/kube-unfinished\"";

    private static final String PROBE = Templates.text("node-state.sh");

    private NodeState() {}

    static String probe() {
        return PROBE;
    }

    static String joined(boolean controlPlane, EndpointSection endpoint) {
        return "node: joined\nrole: %s\nendpoint: %s\nkubelet: running\n"
                .formatted(controlPlane ? "control-plane" : "worker", endpoint.hostAndPort());
    }

    static boolean isUnfinished(String observed) {
        return observed.startsWith("node: unfinished\n");
    }

    static boolean isOurs(String observed) {
        return observed.contains("\nbegun by: kubewright\n");
    }

    /** Joined, with nothing amiss but a kubelet that does not run. */
    static boolean isStopped(String observed, String joined) {
        return observed.equals(joined.replace("kubelet: running", "kubelet: stopped"));
    }

    static String start() {
        return "systemctl start kubelet.service\nkw_wait 60 systemctl is-active --quiet kubelet.service\n";
    }

    /** Takes all of kubeadm's work back, and what the pod network left behind. */
    static String undo() {
        return Templates.text("node-reset.sh") + "rm -f " + MARK + "\n";
    }

    /** Fragment that makes $directory, root-only and gone at the end, with kubeadm's configuration in it. */
    static String workspace(String configuration) {
        return """
                umask 077
                directory=$(mktemp -d /run/kubewright-kubeadm.XXXXXX)
                trap 'rm -rf "$directory"' EXIT
                cat >"$directory/kubeadm.yaml" %s""".formatted(io.kubewright.engine.resource.Heredoc.of(configuration));
    }

    /** Fragment that makes $directory/admin.conf, which names the node's own API server. */
    static String ownAdmin(Node node) {
        return "sed %s /etc/kubernetes/admin.conf >\"$directory/admin.conf\"\n".formatted(serverTo(node.ownApi()));
    }

    static String serverTo(String url) {
        return Shell.quote("s#^\\( *server: \\).*#\\1" + url + "#");
    }
}
