if ! grep -q -e '--encryption-provider-config=' "$manifests/kube-apiserver.yaml"; then
    keep
    @PLACE@
    kubeadm init phase control-plane apiserver --config "$directory/kubeadm.yaml"
    restarted
    if [ -e "$settings.sums" ]; then sums; fi
fi
