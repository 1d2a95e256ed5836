package io.kubewright.kube;

import io.kubewright.engine.Deviation;
import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.Heredoc;
import java.util.Optional;
import java.util.Set;

/**
 * The settings of a node that runs. Init and join begin with those of the file, so on a new node this step only takes note of
 * them; when the file changes later, kubeadm's phases are run again for what changed, control planes one after another.
 */
record Settings(Node node, Set<StepId> needs, KubeadmConfiguration configuration) implements HostResource {
    static final String PATH = "kube/settings";

    private static final String ENCRYPTED = "\n  Secrets in etcd: encrypted\n";
    private static final String ETCD = "  patch etcd:\n";

    @Override
    public StepId id() {
        return node.step(PATH);
    }

    /** Empty until the step has taken note: what init and join do must not change what this step's plan saw. */
    @Override
    public String probe() {
        return Templates.text("settings-state.sh");
    }

    @Override
    public String desired(String observed) {
        return configuration.settings(node);
    }

    @Override
    public String apply(String observed, Outputs outputs) {
        String work = workspace() + (node.host().isControlPlane() ? controlPlane() : configuration.place(node))
                + Templates.text(
                        "settings-kubelet.sh",
                        "PATCHES",
                        configuration.patches() ? " --patches " + NodeSettings.PATCHES : "")
                + "told <\"$KW_TMP/wanted\"\n"
                + configuration.tidy();
        String all = configuration.functions() + "cat >\"$KW_TMP/wanted\" " + Heredoc.of(desired(observed));
        return all
                + (observed.isEmpty() ? "if ! cmp -s \"$KW_TMP/wanted\" \"$settings\"; then\n" + work + "fi\n" : work)
                + "sums\n";
    }

    private String controlPlane() {
        return Templates.text(
                "settings-control-plane.sh",
                "PLACE",
                configuration.place(node) + (configuration.encrypts() ? "encryption written\n" : ""),
                "PATIENCE",
                String.valueOf(NodeState.API_PATIENCE));
    }

    private String workspace() {
        return NodeState.workspace(configuration.again(node, NodeSettings.Encryption.WRITTEN))
                + (node.host().isControlPlane() ? NodeState.ownAdmin(node) : "");
    }

    /** The node stays as it is and goes with init or join. */
    @Override
    public String undo() {
        return "rm -f \"$KW_STATE/kube-settings.sums\"\n";
    }

    @Override
    public Optional<Refusal> refusal(String observed) {
        String desired = desired(observed);
        if (observed.contains(ENCRYPTED) && !desired.contains(ENCRYPTED)) {
            return Optional.of(new Refusal(
                    "Secrets in etcd are encrypted, and the file no longer asks for it: without the key of "
                            + NodeSettings.ENCRYPTION
                            + " nobody can read them, so each had to be written in plain text first",
                    "Set kubernetes.encryptionAtRest to true again; this version of Kubewright does not decrypt."));
        }
        if (!observed.isEmpty() && !etcdPatch(observed).equals(etcdPatch(desired))) {
            return Optional.of(new Refusal(
                    "the patch of etcd differs from the one that this member was made with; kubeadm writes a member's manifest"
                            + " only when it joins",
                    "Put the patch back, or take the control planes out and in again one by one: kubewright undo --host "
                            + node.name() + ", then apply."));
        }
        return kept(
                        NodeSettings.ADDRESSES,
                        observed,
                        node.name()
                                + " joined with the %s, which are in its certificates, in etcd and in Calico: a node that"
                                + " runs does not change them",
                        "Put nodeIp and secondNodeIp back, or take the host out and in again: kubewright reset --host "
                                + node.name() + ", then apply.")
                .or(() -> kept(
                        NodeSettings.NETWORKS,
                        observed,
                        "the cluster was made with the %s, and addresses in them are in certificates, services and pods:"
                                + " Kubernetes does not change them on a cluster that runs",
                        "Put podCidr and serviceCidr back, or make the cluster anew: kubewright reset, then apply."));
    }

    /**
     * Refuses a change of a line that stays as it was at first; notes of earlier versions lack it.
     *
     * @param reason with a place for the line as it is
     */
    private Optional<Refusal> kept(String beginning, String observed, String reason, String hint) {
        return line(beginning, observed)
                .filter(now -> !line(beginning, desired(observed)).equals(Optional.of(now)))
                .map(now -> new Refusal(reason.formatted(now), hint));
    }

    private static Optional<String> line(String beginning, String text) {
        return text.lines()
                .map(String::strip)
                .filter(line -> line.startsWith(beginning))
                .findFirst();
    }

    /** The lines of its block. */
    private static String etcdPatch(String text) {
        int start = text.indexOf(ETCD);
        if (start < 0) {
            return "";
        }
        StringBuilder block = new StringBuilder();
        text.substring(start + ETCD.length())
                .lines()
                .takeWhile(line -> line.startsWith("    "))
                .forEach(line -> block.append(line).append('\n'));
        return block.toString();
    }

    @Override
    public Optional<String> deviation() {
        return node.deviation(Deviation.CGROUP_V1, Deviation.NO_SYS_RESOURCE);
    }
}
