# The settings of a node: what kubeadm was last told, in words, and what came of it.
settings=$KW_STATE/kube-settings
own=/etc/kubernetes/kubewright
configuration=/var/lib/kubelet/config.yaml
manifests=/etc/kubernetes/manifests

# place NAME <content: a file of ours below /etc/kubernetes, for root alone.
place() {
    mkdir -p "$(dirname "$own/$1")"
    chmod 700 "$own" "$(dirname "$own/$1")"
    (umask 077 && cat >"$own/$1.new")
    sync "$own/$1.new" 2>/dev/null || :
    mv -f "$own/$1.new" "$own/$1"
}

# told <settings: kubeadm does its work by these.
told() {
    rm -f "$settings.sums"
    (umask 077 && cat >"$settings.new")
    mv -f "$settings.new" "$settings"
}

# sums: remembers what kubeadm made, so that a change by another is seen.
sums() {
    for file in "$manifests/kube-apiserver.yaml" "$manifests/kube-controller-manager.yaml" \
        "$manifests/kube-scheduler.yaml" "$configuration" "$own"/* "$own/patches"/*; do
        if [ -f "$file" ]; then sha256sum "$file"; fi
    done >"$settings.sums.new"
    sync "$settings" "$settings.sums.new" 2>/dev/null || :
    mv -f "$settings.sums.new" "$settings.sums"
}

# altered FILE: another has changed what kubeadm made there.
altered() {
    grep "  $1\$" "$settings.sums" >"$KW_TMP/sum" 2>/dev/null && ! sha256sum -c --quiet "$KW_TMP/sum" >/dev/null 2>&1
}

# unaltered: the files that are as kubeadm made them.
unaltered() { sha256sum -c "$settings.sums" 2>/dev/null | sed -n 's/: OK$//p'; }

# renew <files: what they are now is what kubeadm made; of all others it stays what it was.
renew() {
    cat >"$KW_TMP/renewed"
    while read -r sum file; do
        if [ -f "$file" ] && grep -qxF "$file" "$KW_TMP/renewed"; then sha256sum "$file"; else echo "$sum  $file"; fi
    done <"$settings.sums" >"$settings.sums.new"
    mv -f "$settings.sums.new" "$settings.sums"
}

# healthy: the kubelet serves its health, so it took its configuration.
healthy() {
    port=$(sed -n 's/^healthzPort: *//p' "$configuration")
    if [ "$port" = 0 ]; then
        systemctl is-active --quiet kubelet.service
    else
        kubectl --kubeconfig /dev/null --server "http://127.0.0.1:${port:-10248}" --request-timeout 2s get --raw /healthz
    fi
}

# api_container: the API server's container that runs now.
api_container() { crictl ps --quiet --state running --name '^kube-apiserver$'; }

renewed() {
    now=$(api_container)
    [ -n "$now" ] && [ "$now" != "$before" ]
}

api_ready() {
    kubectl --kubeconfig "$directory/admin.conf" --request-timeout 5s get --raw /readyz
}

# keep: remembers the control plane as it is, for the way back from settings that it does not start with.
keep() {
    before=$(api_container || :)
    rm -rf "$KW_TMP/kept"
    mkdir -p "$KW_TMP/kept"
    cp -a "$manifests" "$KW_TMP/kept/manifests"
    if [ -d "$own" ]; then cp -a "$own" "$KW_TMP/kept/own"; fi
}

# restarted: waits until the API server runs by its new manifest; puts the old one back when it does not.
restarted() {
    if cmp -s "$manifests/kube-apiserver.yaml" "$KW_TMP/kept/manifests/kube-apiserver.yaml"; then return 0; fi
    kw_say 'waiting for the API server of this host to come back with its new settings'
    if kw_wait 240 renewed && kw_wait 120 api_ready; then return 0; fi
    echo 'the API server does not start with these settings, so the former ones are put back; it said:' >&2
    crictl logs --tail 20 "$(crictl ps --all --quiet --name '^kube-apiserver$' | head -n 1)" >&2 || :
    rm -rf "$own"
    if [ -d "$KW_TMP/kept/own" ]; then cp -a "$KW_TMP/kept/own" "$own"; fi
    for file in kube-apiserver kube-controller-manager kube-scheduler; do
        cp -a "$KW_TMP/kept/manifests/$file.yaml" "$manifests/.$file.yaml.kw-new"
        mv -f "$manifests/.$file.yaml.kw-new" "$manifests/$file.yaml"
    done
    return 1
}

# names: of the certificate, in settings.
names() { sed -n 's/^  certificate names: //p' "$1"; }

# kubelet: its part of settings.
kubelet() { sed -n '/^kubelet:/,$p' "$1"; }

# dns: CoreDNS' part of settings.
dns() { sed -n '/^  patch corednsdeployment:/,/^  [^ ]/p' "$1"; }

# certificate: a new one for the API server, which takes it up by itself. Without it being made the old one stays.
certificate() {
    rm -rf "$KW_TMP/pki"
    mkdir -p "$KW_TMP/pki"
    mv /etc/kubernetes/pki/apiserver.crt /etc/kubernetes/pki/apiserver.key "$KW_TMP/pki/"
    if ! kubeadm init phase certs apiserver --config "$directory/kubeadm.yaml"; then
        mv "$KW_TMP/pki/apiserver.crt" "$KW_TMP/pki/apiserver.key" /etc/kubernetes/pki/
        return 1
    fi
}
