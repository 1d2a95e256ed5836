package io.kubewright.kube;

import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.StepId;
import java.util.Optional;
import java.util.Set;

/**
 * kube-vip on one control plane under its own identity. What init put there for its own time counts as absent, so that
 * this step's state is the same before and after init.
 */
record VipHolder(Node node, Set<StepId> needs, Vip vip, KubeadmConfiguration configuration) implements HostResource {
    static final String PATH = "kube/vip";

    /** Hours. kubeadm does not renew this certificate, and all it allows is to keep one lease. */
    private static final int VALIDITY = 10 * 365 * 24;

    @Override
    public StepId id() {
        return node.step(PATH);
    }

    @Override
    public String probe() {
        return """
                if grep -qs '^current-context: "\\{0,1\\}%1$s@' %2$s; then
                """.formatted(Vip.USER, Vip.KUBECONFIG) + vip.manifest(node).probe() + """
                echo "kubeconfig %1$s $(stat -c '%%a %%U:%%G' %1$s) $(sed -n 's/^ *server: //p' %1$s)"
                fi
                """.formatted(Vip.KUBECONFIG);
    }

    @Override
    public String desired(String observed) {
        return vip.manifest(node).state() + "kubeconfig " + Vip.KUBECONFIG + " 600 root:root " + node.ownApi() + "\n";
    }

    /**
     * kube-vip reads its kubeconfig when it starts. A container that was stopped is started again within seconds; a static pod
     * that has changed takes the kubelet 20 s.
     */
    @Override
    public String apply(String observed, Outputs outputs) {
        return NodeState.workspace(configuration.cluster())
                + "before=$(crictl ps --quiet --state running --name '^kube-vip$')\n"
                + Vip.kubeconfig(node, Vip.USER, "--validity-period " + VALIDITY + "h")
                + vip.manifest(node).put()
                + """
                for container in $before; do crictl stop --timeout 5 "$container" >/dev/null || :; done
                renewed() {
                    now=$(crictl ps --quiet --state running --name '^kube-vip$')
                    [ -n "$now" ] && [ "$now" != "$before" ]
                }
                kw_wait 120 renewed
                """
                + NodeState.ownAdmin(node)
                + """
                kw_wait 60 kubectl --kubeconfig "$directory/admin.conf" --server %s --request-timeout 2s get --raw /readyz
                """.formatted(vip.url());
    }

    @Override
    public Optional<String> deviation() {
        return vip.deviation(node);
    }

    @Override
    public String undo() {
        return """
                kw_restore %s
                gone() { [ -z "$(crictl ps --quiet --name '^kube-vip$' 2>/dev/null)" ]; }
                if systemctl is-active --quiet kubelet.service; then kw_wait 60 gone || :; fi
                kw_restore %s
                """.formatted(Vip.MANIFEST, Vip.KUBECONFIG) + vip.release(node);
    }
}
