if [ "$(kubelet "$KW_TMP/wanted")" != "$(kubelet "$settings" 2>/dev/null)" ] || altered "$configuration"; then
    cp -a "$configuration" "$KW_TMP/kubelet.yaml"
    if [ -e "$manifests/kube-apiserver.yaml" ]; then
        kubeadm init phase kubelet-start --config "$directory/kubeadm.yaml"
    else
        # Phases of init want the authority's keys, which a worker lacks: it takes what the control planes have uploaded.
        kubeadm upgrade node phase kubelet-config@PATCHES@
        systemctl restart kubelet.service
    fi
    if ! kw_wait 60 healthy; then
        echo 'the kubelet does not run with these settings, so the former ones are put back; it said:' >&2
        journalctl --quiet --no-pager --unit kubelet.service --lines 20 --output cat >&2 || :
        cp -a "$KW_TMP/kubelet.yaml" "$configuration.kw-new"
        mv -f "$configuration.kw-new" "$configuration"
        systemctl restart kubelet.service
        false
    fi
fi
