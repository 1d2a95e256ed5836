package io.kubewright.kube;

import io.kubewright.engine.HostResource;
import io.kubewright.engine.Outputs;
import io.kubewright.engine.Shell;
import io.kubewright.engine.StepId;
import io.kubewright.spec.Host;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Takes a control plane's member out of etcd, from another control plane. All that stay must be well: with one of them
 * amiss the majority could go.
 *
 * @param on where it is done
 * @param leaving whose member goes
 * @param staying whose members stay
 */
record EtcdDeparture(Host on, Host leaving, List<Host> staying, Set<StepId> needs, Set<StepId> accompanies)
        implements HostResource {
    @Override
    public StepId id() {
        return new StepId("kube/etcd/leave-" + leaving.name(), on.name());
    }

    @Override
    public String probe() {
        return "";
    }

    @Override
    public String desired(String observed) {
        return "";
    }

    @Override
    public String apply(String observed, Outputs outputs) {
        return """
                runtime="crictl --runtime-endpoint unix:///run/containerd/containerd.sock"
                container=$($runtime ps --quiet --state Running --label io.kubernetes.pod.namespace=kube-system \\
                    --name '^etcd$' | head -n 1)
                if [ -z "$container" ]; then
                    echo "containerd runs no container etcd here" >&2
                    exit 1
                fi
                ask() {
                    $runtime exec --sync --timeout 30 "$container" etcdctl --cacert /etc/kubernetes/pki/etcd/ca.crt \\
                        --cert /etc/kubernetes/pki/etcd/healthcheck-client.crt \\
                        --key /etc/kubernetes/pki/etcd/healthcheck-client.key --command-timeout 20s "$@"
                }
                member=$(ask --endpoints https://127.0.0.1:2379 member list | awk -F', ' -v name=%1$s -v peer=%2$s \\
                    '$3 == name || index($4, peer) { print $1 }')
                if [ -z "$member" ]; then
                    kw_say %1$s' is no member of etcd any more'
                    exit 0
                fi
                if ! ask --endpoints %3$s endpoint health; then
                    echo "not all members of etcd that stay are well, so none is taken out" >&2
                    exit 1
                fi
                ask --endpoints https://127.0.0.1:2379 member remove "$member"
                """.formatted(
                        Shell.quote(leaving.name()),
                        Shell.quote("//" + authority(leaving) + ":2380"),
                        Shell.quote(staying.stream()
                                .map(host -> "https://" + authority(host) + ":2379")
                                .collect(Collectors.joining(","))));
    }

    private static String authority(Host host) {
        return host.nodeIp().isIpv6()
                ? "[" + host.nodeIp() + "]"
                : host.nodeIp().toString();
    }

    @Override
    public String undo() {
        return "";
    }
}
