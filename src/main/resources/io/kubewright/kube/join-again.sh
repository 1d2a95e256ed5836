name=@name@
if [ -e /etc/kubernetes/manifests/etcd.yaml ] && [ -e /etc/kubernetes/admin.conf ]; then
    kw_say 'waiting for etcd, to take out the member that the last try left'
    others=$(sed -n 's/.*--initial-cluster=//p' /etc/kubernetes/manifests/etcd.yaml | tr ',' '\n' |
        grep -v "^$name=" | sed 's/^[^=]*=//; s/:2380$/:2379/' | paste -s -d ',' -)
    systemctl start kubelet.service 2>/dev/null || :
    kw_wait 240 members "$others"
    member=$(member_at @address@)
    if [ -n "$member" ]; then ask --endpoints "$others" member remove "$member"; fi
    # From here on this member cannot run any more, and a further try must not wait for it.
    systemctl stop kubelet.service
    rm -f /etc/kubernetes/manifests/etcd.yaml
    kw_wait 60 kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 10s delete node "$name" --ignore-not-found
elif [ -e /etc/kubernetes/kubelet.conf ]; then
    systemctl stop kubelet.service 2>/dev/null || :
    noticed() {
        state=$(kubectl --kubeconfig /etc/kubernetes/kubelet.conf --request-timeout 5s get node "$name" --ignore-not-found \
            -o jsonpath='{.status.conditions[?(@.type=="Ready")].status}') && [ "$state" != True ]
    }
    kw_say 'waiting until the cluster has noticed that the node of the last try is gone'
    kw_wait 120 noticed
fi
