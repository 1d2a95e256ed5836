# What a host is; read only. One "key value" a line; "link", "address" and "place" lines repeat.
echo "hostname $(uname -n)"
(. /etc/os-release && echo "os $ID ${VERSION_ID:-unknown}")
# Not just any that lies about, and none where nothing can be written to /usr (image-based systems).
for system in $(. /etc/os-release && echo "$ID ${ID_LIKE:-}"); do
    case $system in
        debian | ubuntu) manager=apt-get ;;
        rhel | fedora) manager=dnf ;;
        suse) manager=zypper ;;
        *) continue ;;
    esac
    if [ -w /usr ] && command -v "$manager" >/dev/null; then echo "package-manager $manager"; fi
    break
done
case $(uname -m) in
    x86_64) echo "architecture amd64" ;;
    aarch64) echo "architecture arm64" ;;
    *) echo "architecture $(uname -m)" ;;
esac
echo "kernel $(uname -r)"
echo "cpus $(getconf _NPROCESSORS_ONLN)"
echo "memory $(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)"
if [ "$(stat -fc %T /sys/fs/cgroup)" = cgroup2fs ]; then echo "cgroup 2"; else echo "cgroup 1"; fi
echo "machine-id $(cat /etc/machine-id 2>/dev/null || echo none)"
for unit in chrony chronyd systemd-timesyncd ntpsec ntp openntpd; do
    # A package that was unpacked and not configured has no configuration yet.
    case $unit in chrony*) [ -f /etc/chrony/chrony.conf ] || [ -f /etc/chrony.conf ] || continue ;; esac
    if [ -f "/usr/lib/systemd/system/$unit.service" ] || [ -f "/lib/systemd/system/$unit.service" ]; then
        echo "time-service $unit.service"
        break
    fi
done
# on UNIT: at work, or at the next boot.
on() {
    [ -f "/usr/lib/systemd/system/$1.service" ] || [ -f "/lib/systemd/system/$1.service" ] || return 1
    systemctl show -p ActiveState -p UnitFileState "$1.service" | grep -qE '=(active|enabled)$'
}
if on firewalld; then
    echo 'firewall firewalld'
elif grep -qsi '^ENABLED="*yes' /etc/ufw/ufw.conf; then
    echo 'firewall ufw'
elif on netfilter-persistent || on iptables; then
    echo 'firewall iptables'
elif on nftables; then
    echo 'firewall nftables'
fi
[ ! -r /etc/kubewright-lab-id ] || echo "lab $(cat /etc/kubewright-lab-id)"
ip -o link show | sed 's/\\/ /g' | while read -r _ name rest; do
    name=${name%:}
    name=${name%@*}
    mtu=$(echo "$rest" | sed -n 's/.* mtu \([0-9]*\).*/\1/p')
    mac=$(echo "$rest" | sed -n 's,.* link/[a-z]* \([0-9a-f:]*\).*,\1,p')
    echo "link $name $mtu ${mac:-none}"
done
ip -o addr show scope global | while read -r _ name _ address _; do echo "address $name $address"; done
ip -4 route show default | sed -n 's/.* dev \([^ ]*\).*/default \1/p' | head -n 1
places='/etc /opt /usr/local /var/lib/containerd /var/lib/etcd /var/lib/kubelet /var/lib/kubewright'
set --
for place in $places; do
    while [ ! -d "$place" ]; do
        place=${place%/*}
        place=${place:-/}
    done
    set -- "$@" "$place"
done
stat -Lc %d "$@" >"$KW_TMP/devices"
stat -fc '%a %S' "$@" >"$KW_TMP/free"
for place in $places; do
    read -r device <&4
    read -r blocks size <&5
    # access(2) tells of a file system that is read-only, also to root.
    if [ -w "$1" ]; then writable=writable; else writable=read-only; fi
    shift
    echo "place $place $device $((blocks * size)) $writable"
done 4<"$KW_TMP/devices" 5<"$KW_TMP/free"
if [ -e /etc/kubernetes/admin.conf ] && [ -e /etc/kubernetes/manifests/kube-apiserver.yaml ] &&
    [ ! -e "$KW_STATE/kube-unfinished" ]; then
    echo control-plane
fi
for place in /etc/kubernetes/kubelet.conf /var/lib/etcd/member "$KW_STATE/kube-unfinished"; do
    if [ -e "$place" ]; then
        echo node
        break
    fi
done
if [ -e /etc/kubernetes/kubelet.conf ] && [ ! -e "$KW_STATE/kube-unfinished" ]; then echo joined; fi
