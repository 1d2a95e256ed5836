if [ "$(kubelet "$KW_TMP/wanted")" != "$(kubelet "$settings" 2>/dev/null)" ]; then
    kubeadm init phase kubelet-start --config "$directory/kubeadm.yaml"
    kw_wait 60 systemctl is-active --quiet kubelet.service
fi
