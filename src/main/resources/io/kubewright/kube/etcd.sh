# ask ARGUMENT...: etcdctl, within the container of etcd on this host.
ask() {
    runtime="crictl --runtime-endpoint unix:///run/containerd/containerd.sock"
    container=$($runtime ps --quiet --state Running --label io.kubernetes.pod.namespace=kube-system --name '^etcd$' |
        head -n 1)
    if [ -z "$container" ]; then
        echo "containerd runs no container etcd here" >&2
        return 1
    fi
    $runtime exec --sync --timeout 30 "$container" etcdctl --cacert /etc/kubernetes/pki/etcd/ca.crt \
        --cert /etc/kubernetes/pki/etcd/healthcheck-client.crt --key /etc/kubernetes/pki/etcd/healthcheck-client.key \
        --command-timeout 20s "$@"
}

# members ENDPOINTS: who is a member, into $KW_TMP/members.
members() { ask --endpoints "$1" member list >"$KW_TMP/members"; }

# member_at ADDRESS: the id of the member there, from what members found.
member_at() { awk -F', ' -v peer="//$1:2380" 'index($4, peer) { print $1 }' "$KW_TMP/members"; }
