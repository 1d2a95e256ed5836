if [ -e /etc/kubernetes/admin.conf ] && [ -e /etc/kubernetes/manifests/kube-apiserver.yaml ] &&
    [ ! -e "$KW_STATE/kube-unfinished" ]; then
    directory=$(umask 077 && mktemp -d /run/kubewright-probe.XXXXXX)
    trap 'rm -rf "$directory"' EXIT
    @OWN_ADMIN@
    ask() { kubectl --kubeconfig "$directory/admin.conf" --request-timeout 10s @COMMAND@ >"$directory/answer"; }
    if ! ask 2>"$directory/refusal"; then
        # Nothing starts an API server where the kubelet does not run.
        if ! systemctl is-active --quiet kubelet.service; then
            cat "$directory/refusal" >&2
            exit 1
        fi
        kw_wait 60 kubectl --kubeconfig "$directory/admin.conf" --request-timeout 5s get --raw /readyz
        ask
    fi
    @SHOW@
fi
