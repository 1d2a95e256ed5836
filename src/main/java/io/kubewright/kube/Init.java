package io.kubewright.kube;

import io.kubewright.engine.Deviation;
import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Refusal;
import io.kubewright.engine.Secret;
import io.kubewright.engine.Shell;
import io.kubewright.engine.StepId;
import java.util.Optional;
import java.util.Set;

/** The cluster's beginning: {@code kubeadm init} on the first control plane. */
record Init(
        Node node, Set<StepId> needs, EndpointSection endpoint, KubeadmConfiguration configuration, Optional<Vip> vip)
        implements HostResource {
    static final String PATH = "kube/init";

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
        return NodeState.joined(true, endpoint);
    }

    @Override
    public String apply(String observed, Outputs outputs) {
        if (NodeState.isStopped(observed, desired(observed))) {
            return NodeState.start();
        }
        Secret token = Tokens.newToken();
        return (NodeState.isUnfinished(observed) ? NodeState.undo() : "")
                + NodeState.resolves(endpoint)
                + NodeState.workspace(configuration.init(node, token))
                + NodeState.begin("init")
                + configuration.begin(node)
                + (configuration.encrypts() ? "new_encryption written\n" : "")
                + "kubeadm init phase certs ca --config \"$directory/kubeadm.yaml\"\n"
                + vip.map(each -> each.bootstrap(node)).orElse("")
                + "kw_say " + Shell.quote("kubeadm init" + throughBalancer()) + "\n"
                + "kubeadm init --config \"$directory/kubeadm.yaml\" --skip-token-print --skip-phases addon\n"
                // Its last phase asks the API without trying again: one slow answer would cost the whole cluster.
                + "kw_wait " + NodeState.API_PATIENCE
                + " kubeadm init phase addon all --config \"$directory/kubeadm.yaml\"\n"
                // What was left out above is noted as not wanted, and an upgrade would leave it as it is.
                + "kw_wait " + NodeState.API_PATIENCE
                + " kubeadm init phase upload-config kubeadm --config \"$directory/kubeadm.yaml\"\n"
                + "kw_wait 60 systemctl is-active --quiet kubelet.service\n"
                + NodeState.ownAdmin(node)
                + "kw_wait " + NodeState.API_PATIENCE
                + " kubectl --kubeconfig \"$directory/admin.conf\" --request-timeout 20s"
                + " -n kube-system delete secret --ignore-not-found " + Tokens.object(token) + "\n"
                + "rm -f " + NodeState.MARK + "\n";
    }

    /** kubeadm asks for the API at its endpoint as soon as its own API server is ready, and waits four minutes. */
    private String throughBalancer() {
        return endpoint.external().isEmpty()
                ? ""
                : ": " + endpoint.hostAndPort() + " must lead to "
                        + node.ownApi().replace("https://", "") + " by the time that answers";
    }

    /** kube-vip of the init itself may have put the address onto its link. */
    @Override
    public String undo() {
        return NodeState.undo() + vip.map(each -> each.release(node)).orElse("");
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
