if [ -e "$KW_STATE/kube-settings.sums" ] && [ ! -e "$KW_STATE/kube-unfinished" ] && [ -e /etc/kubernetes/kubelet.conf ]; then
    cat "$KW_STATE/kube-settings"
    sha256sum -c --quiet "$KW_STATE/kube-settings.sums" 2>/dev/null | sed -n 's/: FAILED.*/: changed by another/p'
fi
