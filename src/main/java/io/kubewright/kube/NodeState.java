package io.kubewright.kube;

import io.kubewright.engine.Shell;
import java.util.List;

/**
 * What kubeadm has made of a host, as text. Files decide, not whether something answers: a cluster that is down must
 * never look like one that does not exist.
 */
final class NodeState {
    /** Says that a run of ours began and has not ended; its text is {@code init} or {@code join}. */
    static final String MARK = "\"$KW_STATE/kube-unfinished\"";

    /** Seconds that an API that falters, as a busy one does, is asked again before a step gives up. */
    static final int API_PATIENCE = 300;

    /** Where kubeadm, the kubelet and the pod network put what they make. */
    private static final List<String> DIRECTORIES = List.of(
            "/etc/kubernetes",
            "/var/lib/kubelet",
            "/var/lib/etcd",
            "/var/lib/cni",
            "/var/lib/calico",
            "/var/log/pods",
            "/var/log/containers",
            "/var/log/kubernetes",
            "/var/log/calico");

    /** What the kubelet and pods make when it is missing, and what others may use by now. */
    private static final List<String> SHARED_DIRECTORIES =
            List.of("/lib/modules", "/usr/libexec/kubernetes/kubelet-plugins/volume/exec");

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
        return Templates.text("node-reset.sh")
                + each(DIRECTORIES, "kw_restore \"$each\"")
                + each(SHARED_DIRECTORIES, "kw_forsake \"$each/.\"")
                + "rm -f " + MARK + "\n";
    }

    /** Fragment that says that kubeadm's work begins; its word is {@code init} or {@code join}. */
    static String begin(String word) {
        return "mkdir -p \"$KW_STATE\"\n"
                + each(DIRECTORIES, "kw_claim \"$each\"")
                + each(SHARED_DIRECTORIES, "kw_missing \"$each/.\"")
                + "mountpoint -q /sys/fs/bpf || : >\"$KW_STATE/no-bpf-file-system\"\n"
                + "echo " + word + " >" + MARK + "\n";
    }

    private static String each(List<String> directories, String command) {
        return "for each in " + Shell.words(directories) + "; do " + command + "; done\n";
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

    /**
     * Probe that says what the node's own API server answers to a kubectl command, and nothing where there is no cluster
     * (yet). One that was just restarted refuses everybody until it has read who has which rights, and one whose host
     * starts does not answer at all: both are waited for.
     *
     * @param command words after {@code kubectl}, quoted
     * @param show fragment that prints what matters of the answer, which lies in {@code "$directory/answer"}
     */
    static String asksOwnApi(Node node, String command, String show) {
        return Templates.text(
                "own-api.sh", "OWN_ADMIN", ownAdmin(node).strip(), "COMMAND", command, "SHOW", show.strip());
    }

    /** Fragment that stops where the cluster's endpoint is a name that this host does not know. */
    static String resolves(EndpointSection endpoint) {
        return endpoint.external().isEmpty() ? "" : """
                endpoint=%1$s
                if ! getent hosts "$endpoint" >/dev/null; then
                    echo "this host does not know the address of $endpoint, the endpoint of the cluster" >&2
                    exit 1
                fi
                """.formatted(Shell.quote(endpoint.host()));
    }

    static String serverTo(String url) {
        return Shell.quote("s#^\\( *server: \\).*#\\1" + url + "#");
    }
}
