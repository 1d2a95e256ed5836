if [ "$(kubelet "$KW_TMP/wanted")" != "$(kubelet "$settings" 2>/dev/null)" ]; then
    if [ -e "$manifests/kube-apiserver.yaml" ]; then
        kubeadm init phase kubelet-start --config "$directory/kubeadm.yaml"
    else
        # Phases of init want the authority's keys, which a worker lacks: it takes what the control planes have uploaded.
        kubeadm upgrade node phase kubelet-config@PATCHES@
        systemctl restart kubelet.service
    fi
    kw_wait 60 systemctl is-active --quiet kubelet.service
fi
