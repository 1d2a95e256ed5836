package io.kubewright.kube;

import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.StepId;
import io.kubewright.engine.resource.Heredoc;
import io.kubewright.kubeapi.KubeYaml;
import java.util.Set;

/** The role of kube-vip's own identity, put into the cluster on its first control plane. */
record VipRights(Node node, Set<StepId> needs) implements HostResource {
    static final String PATH = "kube/vip/rights";

    private static final String LOOK = "-n kube-system get role,rolebinding kube-vip --ignore-not-found -o"
            + " go-template='{{range .items}}{{.kind}} {{if .rules}}{{.rules}}{{else}}{{.roleRef}} {{.subjects}}{{end}}"
            + "{{\"\\n\"}}{{end}}'";

    @Override
    public StepId id() {
        return node.step(PATH);
    }

    @Override
    public String probe() {
        return NodeState.asksOwnApi(node, LOOK, "cat \"$directory/answer\"\n");
    }

    @Override
    public String desired(String observed) {
        return "Role [map[apiGroups:[coordination.k8s.io] resourceNames:[" + Vip.LEASE
                + "] resources:[leases] verbs:[get update patch]]"
                + " map[apiGroups:[coordination.k8s.io] resources:[leases] verbs:[create]]]\n"
                + "RoleBinding map[apiGroup:rbac.authorization.k8s.io kind:Role name:kube-vip]"
                + " [map[apiGroup:rbac.authorization.k8s.io kind:User name:" + Vip.USER + "]]\n";
    }

    @Override
    public String apply(String observed, Outputs outputs) {
        return """
                directory=$(umask 077 && mktemp -d /run/kubewright-kubeadm.XXXXXX)
                trap 'rm -rf "$directory"' EXIT
                """
                + NodeState.ownAdmin(node)
                + "cat >\"$directory/rights.yaml\" " + Heredoc.of(KubeYaml.write(Vip.rights()))
                + "kw_wait " + NodeState.API_PATIENCE
                + " kubectl --kubeconfig \"$directory/admin.conf\" --request-timeout 20s"
                + " apply --server-side --field-manager=kubewright --force-conflicts -f \"$directory/rights.yaml\"\n";
    }

    @Override
    public String undo() {
        return """
                if [ -e /etc/kubernetes/admin.conf ]; then
                    kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 10s -n kube-system \\
                        delete role,rolebinding kube-vip --ignore-not-found || :
                fi
                """;
    }
}
