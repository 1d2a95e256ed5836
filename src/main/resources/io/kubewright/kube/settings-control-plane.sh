keep
@PLACE@
if [ "$(names "$KW_TMP/wanted")" != "$(names "$settings" 2>/dev/null)" ]; then certificate; fi
kubeadm init phase control-plane all --config "$directory/kubeadm.yaml"
restarted
kw_wait @PATIENCE@ kubeadm init phase upload-config all --kubeconfig "$directory/admin.conf" --config "$directory/kubeadm.yaml"
if [ "$(dns "$KW_TMP/wanted")" != "$(dns "$settings" 2>/dev/null)" ]; then
    kw_wait @PATIENCE@ kubeadm init phase addon coredns --kubeconfig "$directory/admin.conf" --config "$directory/kubeadm.yaml"
fi
