kubernetes=/etc/kubernetes
control_plane=no
complete=yes
any=no
for component in etcd kube-apiserver kube-controller-manager kube-scheduler; do
    if [ -e "$kubernetes/manifests/$component.yaml" ]; then control_plane=yes any=yes; fi
done
if [ -d /var/lib/etcd/member ]; then control_plane=yes any=yes; fi
for file in "$kubernetes/kubelet.conf" /var/lib/kubelet/config.yaml; do
    if [ -e "$file" ]; then any=yes; else complete=no; fi
done
if [ "$control_plane" = yes ]; then
    config=$kubernetes/admin.conf
    for component in etcd kube-apiserver kube-controller-manager kube-scheduler; do
        [ -e "$kubernetes/manifests/$component.yaml" ] || complete=no
    done
    [ -e "$config" ] && [ -d /var/lib/etcd/member ] || complete=no
    role=control-plane
else
    config=$kubernetes/kubelet.conf
    role=worker
fi
begun=
if [ -e "$KW_STATE/kube-unfinished" ]; then begun=kubewright complete=no any=yes; fi
if [ "$any" = no ]; then
    :
elif [ "$complete" = yes ]; then
    echo 'node: joined'
    echo "role: $role"
    echo "endpoint: $(sed -n 's#^ *server: https://##p' "$config" | head -n 1)"
    if systemctl is-active --quiet kubelet.service; then echo 'kubelet: running'; else echo 'kubelet: stopped'; fi
else
    echo 'node: unfinished'
    echo "role: $role"
    echo "begun by: ${begun:-another}"
    for file in "$kubernetes/kubelet.conf" /var/lib/kubelet/config.yaml "$kubernetes/admin.conf" /var/lib/etcd/member; do
        if [ -e "$file" ]; then echo "there: $file"; fi
    done
fi
