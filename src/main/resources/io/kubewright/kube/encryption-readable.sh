if ! grep -q -e '--encryption-provider-config=' "$manifests/kube-apiserver.yaml"; then
    keep
    if [ -e "$settings.sums" ]; then unaltered >"$KW_TMP/unaltered"; fi
    @PLACE@
    kubeadm init phase control-plane apiserver --config "$directory/kubeadm.yaml"
    restarted
    if [ -e "$settings.sums" ]; then renew <"$KW_TMP/unaltered"; fi
fi
