# Takes a node apart, asking nobody: whatever the cluster must know it has been told before. kubeadm reset is not used: it
# deletes the data of etcd also when it could not take the member out, which costs a cluster of two its majority.
systemctl stop kubelet.service 2>/dev/null || :
if [ -S /run/containerd/containerd.sock ] && command -v ctr >/dev/null; then
    # Tasks are killed first. Taking sandboxes down in good order would ask the pod network, which asks the API, which is
    # gone with the first of them.
    ctr -n k8s.io tasks ls -q | while read -r task; do
        ctr -n k8s.io tasks kill --signal SIGKILL "$task" >/dev/null 2>&1 || :
    done
    for _ in 1 2 3 4 5 6 7 8 9 10; do
        running=$(ctr -n k8s.io tasks ls | grep -c RUNNING || :)
        [ "$running" -gt 0 ] || break
        sleep 0.5
    done
    ctr -n k8s.io tasks ls -q | while read -r task; do
        ctr -n k8s.io tasks delete --force "$task" >/dev/null 2>&1 || :
    done
    ctr -n k8s.io containers ls -q | while read -r container; do
        ctr -n k8s.io containers delete "$container" >/dev/null 2>&1 || :
    done
    # Its memory of sandboxes is read at the start alone.
    systemctl try-restart containerd.service || :
fi
for process in $(grep -als containerd-shim-runc-v2 /proc/[0-9]*/cmdline || :); do
    case "$(tr '\0' ' ' <"$process" 2>/dev/null)" in
    */containerd-shim-runc-v2\ -namespace\ k8s.io\ *) kill -9 "$(basename "$(dirname "$process")")" 2>/dev/null || : ;;
    esac
done
# Whatever of a pod has no shim any more, such as runc's own process of a container that was just being made.
for _ in 1 2 3 4 5 6 7 8 9 10; do
    left=$(find /sys/fs/cgroup -path '*kubepods*' -name cgroup.procs -exec cat {} + 2>/dev/null | grep -vx 0 | sort -u)
    [ -n "$left" ] || break
    for process in $left; do kill -9 "$process" 2>/dev/null || :; done
    sleep 0.2
done
rm -rf /etc/cni/net.d/10-calico.conflist /etc/cni/net.d/calico-kubeconfig /opt/cni/bin/calico /opt/cni/bin/calico-ipam \
    /etc/kubernetes/manifests /etc/kubernetes/pki /etc/kubernetes/kubewright /etc/kubernetes/tmp
rm -f "$KW_STATE/kube-settings" "$KW_STATE/kube-settings.sums"
rm -f /etc/kubernetes/*.conf /var/lib/kubelet/config.yaml /var/lib/kubelet/kubeadm-flags.env
kw_remove /run/calico
kw_remove /run/nodeagent
for mount in $(kw_mounts /var/lib/kubelet) $(kw_mounts /run/netns | grep '/cni-' || :); do
    if [ "$mount" != /var/lib/kubelet ]; then umount "$mount" 2>/dev/null || umount -l "$mount" || :; fi
done
rm -rf /var/lib/kubelet/pki /var/lib/etcd/member
for namespace in $(ls /run/netns 2>/dev/null); do
    case $namespace in cni-*) rm -f "/run/netns/$namespace" ;; esac
done
for link in $(ip -o link show | sed -n 's/^[0-9]*: \(cali[^:@ ]*\|vxlan[.-][^:@ ]*\|tunl0\|cni0\|kube-ipvs0\)[:@ ].*/\1/p'); do
    ip link delete "$link" 2>/dev/null || :
done
# Felix marks its routes with protocol 80.
for family in -4 -6; do ip "$family" route flush proto 80 2>/dev/null || :; done
for family in iptables ip6tables; do
    for save in "$family" "$family-nft" "$family-legacy"; do
        if command -v "$save-save" >/dev/null; then
            "$save-save" 2>/dev/null | grep -v -e KUBE- -e cali -e kube-proxy | "$save-restore" 2>/dev/null || :
        fi
    done
done
if command -v ipset >/dev/null; then
    for set in $(ipset list -name 2>/dev/null | grep -e '^cali' -e '^KUBE-'); do
        ipset destroy "$set" 2>/dev/null || :
    done
fi
if command -v nft >/dev/null; then
    for table in kube-proxy calico; do
        nft delete table ip "$table" 2>/dev/null || :
        nft delete table ip6 "$table" 2>/dev/null || :
    done
fi
if [ -e "$KW_STATE/no-bpf-file-system" ]; then
    umount /sys/fs/bpf 2>/dev/null || :
    rm -f "$KW_STATE/no-bpf-file-system"
fi
find /sys/fs/cgroup -depth -type d -path '*kubepods*' -exec rmdir {} + 2>/dev/null || :
