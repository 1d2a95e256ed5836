#!/bin/sh
# The cluster of examples/lab.yaml by a plain parallel shell script: binaries, images, init, joins, kube-vip, Calico. It checks
# nothing, keeps no originals, and begins again from bare hosts when it fails. bench/cluster fills the directory it takes:
#
#   hosts             NAME ADDRESS ROLE, the first control plane first
#   ssh_config        for ssh -F
#   vip               the virtual IP
#   node.tar          what every host gets, from its root; packages lie in /var/tmp/bench
#   images/NAME.tar
#   kubeadm/          cluster.yaml (what all of init's steps share), init.yaml, join-HOST.yaml with @TOKEN@, @HASH@, @KEY@
#   audit-policy.yaml, patches.tar (kubeadm's, from a host's root)
#   vip-HOST.yaml     kube-vip's static pod
#   rights.yaml       of kube-vip
#   calico.yaml
set -eu
cd "$1"
begin=$(date +%s)
vip=$(cat vip)
first=$(head -n 1 hosts | cut -d ' ' -f 1)
planes=$(awk '$3 == "control-plane" {print $1}' hosts)
others=$(sed 1d hosts | cut -d ' ' -f 1)
control='pause etcd kube-apiserver kube-controller-manager kube-scheduler kube-vip'
common='pause kube-proxy calico-cni calico-node coredns'
rest='calico-kube-controllers probe'

say() { echo "$(($(date +%s) - begin)) s: $*"; }
# on HOST COMMAND...: as root
on() {
    host=$1
    shift
    ssh -F ssh_config "$host" sudo "$@"
}
# admin COMMAND...: on the first control plane, as administrator through its own API server
admin() { on "$first" env KUBECONFIG=/run/bench/admin.conf "$@"; }
address() { awk -v name="$1" '$1 == name {print $2}' hosts; }
is_plane() { echo "$planes" | grep -qx "$1"; }

# finish PID...: the first that fails ends all.
finish() { for each in "$@"; do wait "$each"; done; }

prepare() {
    on "$1" tar -C / --no-same-owner --no-overwrite-dir -xf - <node.tar
    on "$1" sh -s <<'HOST'
set -eu
swapoff -a
DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends -o Dir::Etc::SourceList=/dev/null \
    -o Dir::Etc::SourceParts=/dev/null -o Dpkg::Use-Pty=0 -o APT::Sandbox::User=root install /var/tmp/bench/*.deb >/dev/null
rm -rf /var/tmp/bench
mkdir -p /run/bench
chmod 700 /run/bench
sysctl -q -p /etc/sysctl.d/99-zz-kubewright.conf || :
systemctl daemon-reload
systemctl -q enable --now containerd.service
systemctl -q enable kubelet.service
HOST
}

images() {
    host=$1
    shift
    for image in "$@"; do
        # Its standard error tells of cgroup v1 each time.
        on "$host" ctr -n k8s.io images import - <"images/$image.tar" >/dev/null 2>&1
    done
}

# Nothing unused may be thrown away by the kubelet: it could not be pulled again.
pin() {
    on "$1" sh -c "'ctr -n k8s.io images ls -q | grep -v ^sha256: | while read -r name; do ctr -n k8s.io images label \$name io.cri-containerd.pinned=pinned; done'" >/dev/null 2>&1
}

# identity HOST USER ORGANISATION...: kube-vip's own kubeconfig, to its own node's API server
identity() {
    on "$1" sh -c "'umask 077; mkdir -p /etc/kubernetes /run/bench
        kubeadm kubeconfig user --client-name $2 $3 --config /run/bench/cluster.yaml |
        sed \"s#server: .*#server: https://$(address "$1"):6443#\" >/etc/kubernetes/kube-vip.conf'"
}

vip_pod() {
    sed "s/@USER@/$2/" "vip-$1.yaml" | on "$1" sh -c "'umask 077; mkdir -p /etc/kubernetes/manifests; cat >/etc/kubernetes/kube-vip.yaml; mv /etc/kubernetes/kube-vip.yaml /etc/kubernetes/manifests/kube-vip.yaml'"
}

policy() {
    on "$1" tar -C / -xf - <patches.tar
    on "$1" sh -c "'umask 077; mkdir -p /etc/kubernetes/kubewright; cat >/etc/kubernetes/kubewright/audit-policy.yaml'" <audit-policy.yaml
}

begin_cluster() {
    tar -C kubeadm -cf - cluster.yaml init.yaml | on "$first" tar -C /run/bench -xf -
    policy "$first"
    on "$first" sh -s <<'HOST'
set -eu
umask 077
cat >/etc/kubernetes/kubewright/encryption.yaml <<KEY
apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
  - resources: [secrets]
    providers:
      - secretbox: {keys: [{name: key-1, secret: $(head -c 32 /dev/urandom | base64)}]}
      - identity: {}
KEY
kubeadm init phase certs ca --config /run/bench/init.yaml >/dev/null
HOST
    identity "$first" kube-vip-bootstrap '--org system:masters --validity-period 1h'
    vip_pod "$first" kube-vip-bootstrap
    on "$first" kubeadm init --config /run/bench/init.yaml --skip-token-print >/dev/null
    say init
    on "$first" sh -c "'umask 077; sed \"s#server: .*#server: https://$(address "$first"):6443#\" /etc/kubernetes/admin.conf >/run/bench/admin.conf'"
    admin kubectl apply --server-side -f - <rights.yaml >/dev/null
    identity "$first" kube-vip '--validity-period 87600h'
    vip_pod "$first" kube-vip
}

calico() {
    admin kubectl apply --server-side -f - <calico-crds.yaml >/dev/null
    until admin kubectl apply --server-side -f - <calico.yaml >/dev/null 2>&1; do sleep 1; done
    say 'Calico applied'
}

join() {
    sed "s/@TOKEN@/$token/; s/@HASH@/$hash/; s/@KEY@/$key/" "kubeadm/join-$1.yaml" |
        on "$1" sh -c "'umask 077; cat >/run/bench/join.yaml'"
    if is_plane "$1"; then
        policy "$1"
        on "$1" sh -c "'umask 077; cat >/etc/kubernetes/kubewright/encryption.yaml'" <encryption.yaml
    fi
    on "$1" kubeadm join --config /run/bench/join.yaml >/dev/null
    say "$1 joined"
    if is_plane "$1"; then
        on "$1" sh -c "'umask 077; cat >/run/bench/cluster.yaml'" <kubeadm/cluster.yaml
        identity "$1" kube-vip '--validity-period 87600h'
        vip_pod "$1" kube-vip
    fi
}

approve() {
    until [ "$(admin kubectl get csr --field-selector spec.signerName=kubernetes.io/kubelet-serving \
        -o "'jsonpath={range .items[?(@.status.certificate)]}{.spec.username}{\"\\n\"}{end}'" | sort -u | wc -l)" -eq "$(wc -l <hosts)" ]; do
        admin sh -c "'kubectl get csr --field-selector spec.signerName=kubernetes.io/kubelet-serving -o name | xargs -r kubectl certificate approve'" >/dev/null
        sleep 1
    done
}

# --- all of it ---

prepare "$first"
images "$first" $control
say "$first prepared"
begin_cluster &
cluster=$!
preparing=
for host in $others; do
    {
        prepare "$host"
        if is_plane "$host"; then images "$host" $control; fi
        : >"ready-$host"
    } &
    preparing="$preparing $!"
done
wait $cluster
key=$(on "$first" sh -c "'kubeadm init phase upload-certs --upload-certs --kubeconfig /run/bench/admin.conf --config /run/bench/cluster.yaml'" | tail -n 1)
token=$(on "$first" kubeadm token create --kubeconfig /run/bench/admin.conf --ttl 1h)
hash=$(on "$first" sh -c "'openssl x509 -pubkey -noout -in /etc/kubernetes/pki/ca.crt | openssl pkey -pubin -outform der | sha256sum'" | cut -d ' ' -f 1)
(umask 077 && on "$first" cat /etc/kubernetes/kubewright/encryption.yaml >encryption.yaml)
calico &
applied=$!
images "$first" $common $rest &
at_first=$!
joined=
for host in $others; do
    if ! is_plane "$host"; then
        {
            until [ -e "ready-$host" ]; do sleep 0.2; done
            join "$host"
            images "$host" $common $rest
        } &
        joined="$joined $!"
    fi
done
for host in $others; do
    if is_plane "$host"; then
        until [ -e "ready-$host" ]; do sleep 0.2; done
        join "$host"
        images "$host" $common $rest &
        joined="$joined $!"
    fi
done
finish $preparing $applied $at_first $joined
say 'all joined, all images there'
approve &
approved=$!
for host in $(cut -d ' ' -f 1 hosts); do pin "$host" & joined="$joined $!"; done
admin kubectl wait --for=condition=Ready node --all --timeout=300s >/dev/null
say 'all nodes ready'
for workload in daemonset/calico-node daemonset/kube-proxy deployment/coredns deployment/calico-kube-controllers; do
    admin kubectl -n kube-system rollout status "$workload" --timeout=300s >/dev/null
done
admin kubectl -n kube-system wait pod --all --for=condition=Ready --timeout=300s >/dev/null
# Both pods of CoreDNS came to be while there was one node.
if [ "$(admin kubectl -n kube-system get pod -l k8s-app=kube-dns -o "'jsonpath={range .items[*]}{.spec.nodeName}{\"\\n\"}{end}'" | sort -u | wc -l)" -eq 1 ]; then
    admin sh -c "'kubectl -n kube-system delete \$(kubectl -n kube-system get pod -l k8s-app=kube-dns -o name | head -n 1)'" >/dev/null
    admin kubectl -n kube-system rollout status deployment/coredns --timeout=300s >/dev/null
fi
wait $approved
on "$first" kubeadm token delete --kubeconfig /run/bench/admin.conf "${token%%.*}" >/dev/null
admin kubectl -n kube-system delete secret kubeadm-certs --ignore-not-found >/dev/null
on "$first" kubectl --kubeconfig /run/bench/admin.conf --server "https://$vip:6443" get --raw /readyz >/dev/null
say 'all ready'
