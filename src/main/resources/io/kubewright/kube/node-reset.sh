if command -v kubeadm >/dev/null; then
    kubeadm reset --force --cri-socket unix:///run/containerd/containerd.sock || :
fi
systemctl stop kubelet.service 2>/dev/null || :
if [ -S /run/containerd/containerd.sock ] && command -v crictl >/dev/null; then
    for sandbox in $(crictl pods --quiet 2>/dev/null); do
        crictl stopp "$sandbox" >/dev/null 2>&1 || :
        crictl rmp --force "$sandbox" >/dev/null 2>&1 || :
    done
fi
rm -rf /etc/cni/net.d /var/lib/cni /var/lib/calico /var/run/calico /etc/kubernetes /var/lib/kubelet/config.yaml \
    /var/lib/kubelet/kubeadm-flags.env /var/lib/kubelet/pki
if [ -d /var/lib/etcd ]; then rm -rf /var/lib/etcd/member; fi
for link in $(ip -o link show | sed -n 's/^[0-9]*: \(cali[^:@ ]*\|vxlan[.-][^:@ ]*\|tunl0\|cni0\|kube-ipvs0\)[:@ ].*/\1/p'); do
    ip link delete "$link" 2>/dev/null || :
done
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
