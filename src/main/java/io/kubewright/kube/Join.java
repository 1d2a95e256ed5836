package io.kubewright.kube;

import io.kubewright.engine.Deviation;
import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.Shell;
import io.kubewright.engine.StepId;
import java.util.Optional;
import java.util.Set;

/**
 * A further node. Control planes need the join before them: etcd takes one new member at a time, and each new member
 * needs a majority of those before it.
 */
record Join(
        Node node,
        Set<StepId> needs,
        StepId credentials,
        StepId key,
        EndpointSection endpoint,
        KubeadmConfiguration configuration)
        implements HostResource {
    static final String PATH = "kube/join";

    /**
     * What must be done in the cluster before the remains of a join that broke off may go. A member of etcd that counts may
     * lose its data only after it was taken out; for that etcd must answer, after a loss of power once this very member is
     * back. And kubeadm joins no node of a name that the cluster holds for ready.
     */
    private String beforeAnotherTry() {
        return Templates.text("etcd.sh")
                + Templates.text(
                        "join-again.sh", "name", Shell.quote(node.name()), "address", Shell.quote(node.authority()));
    }

    @Override
    public StepId id() {
        return node.step(PATH);
    }

    @Override
    public String probe() {
        return NodeState.probe();
    }

    @Override
    public String desired(String observed) {
        return NodeState.joined(node.host().isControlPlane(), endpoint);
    }

    @Override
    public String apply(String observed, Outputs outputs) {
        if (NodeState.isStopped(observed, desired(observed))) {
            return NodeState.start();
        }
        String text = configuration.join(
                node,
                JoinCredentials.token(outputs, credentials),
                JoinCredentials.authorityHash(outputs, credentials),
                JoinCredentials.certificateKey(outputs, credentials));
        return (NodeState.isUnfinished(observed) ? beforeAnotherTry() + NodeState.undo() : "")
                + NodeState.resolves(endpoint)
                + NodeState.workspace(text)
                + NodeState.begin("join")
                + configuration.begin(node)
                + (node.host().isControlPlane() && configuration.encrypts()
                        ? Encryption.received(outputs, key) + "encryption written\n"
                        : "")
                + "kw_say 'kubeadm join'\n"
                + "kubeadm join --config \"$directory/kubeadm.yaml\"\n"
                + "kw_wait 60 systemctl is-active --quiet kubelet.service\n"
                + "rm -f " + NodeState.MARK + "\n";
    }

    @Override
    public String undo() {
        return NodeState.undo();
    }

    @Override
    public Optional<Refusal> refusal(String observed) {
        return Refusals.of(node, observed, desired(observed));
    }

    @Override
    public Optional<String> deviation() {
        return node.deviation(Deviation.CGROUP_V1, Deviation.NO_SYS_RESOURCE, Deviation.SHARED_PROCESSORS);
    }
}
