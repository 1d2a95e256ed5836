#!/bin/sh
# Boots one host of a lab, and again each time it asks to reboot; ends when the host powers off or is killed.
# Runs inside the host's cgroups. Network and mounts are made anew at each boot, as on a real machine.
# Arguments: directory of the host, its name, its network namespace, its link on the switch, the switch's namespace,
# the bridge, address with prefix length, gateway, MAC address, lower directory, directory of these scripts;
# further options of systemd-nspawn.
set -eu
umask 022
directory=$1 name=$2 namespace=$3 link=$4 switch=$5 bridge=$6 address=$7 gateway=$8 mac=$9
shift 9
lower=$1 scripts=$2
shift 2

# fd00:10:77:0::11/64 for 10.77.0.11/24: the digits stay readable.
second() {
    host=${address%/*}
    echo "fd00:$(echo "${host%.*}" | tr . :)::${host##*.}/64"
}

network() {
    ip -n "$switch" link del "$link" 2>/dev/null || true
    ip netns del "$namespace" 2>/dev/null || true
    ip netns add "$namespace"
    ip -n "$switch" link add "$link" type veth peer name eth0 address "$mac" netns "$namespace"
    ip -n "$switch" link set "$link" master "$bridge" up
    ip -n "$namespace" link set lo up
    ip -n "$namespace" address add "$address" dev eth0
    if [ -e /proc/sys/net/ipv6 ]; then ip -n "$namespace" address add "$(second)" dev eth0 nodad; fi
    ip -n "$namespace" link set eth0 up
    ip -n "$namespace" route add default via "$gateway"
}

while :; do
    network
    code=0
    # SYSTEMD_NSPAWN_API_VFS_WRITABLE: /proc/sys and /sys writable, as the kubelet needs them.
    # SYSTEMD_NSPAWN_LOCK: the root belongs to this host alone, and a lock would outlive a host that is killed.
    # bpf, perf_event_open, keyctl, add_key: CNI and containers. No CAP_SYS_TIME: the clock is the machine's.
    sh "$scripts/join.sh" "$directory/cgroups" unshare --mount --propagation slave sh -eu -c '
        mount -t overlay overlay -o "lowerdir=$1,upperdir=$2/upper,workdir=$2/work" "$2/root"
        machine=$3 namespace=$4 root=$2/root name=$5
        shift 5
        SYSTEMD_NSPAWN_API_VFS_WRITABLE=1 SYSTEMD_NSPAWN_LOCK=0 exec systemd-nspawn --quiet --directory="$root" --boot --keep-unit \
            --register=no --link-journal=no --resolv-conf=off --timezone=off --network-namespace-path="/run/netns/$namespace" \
            --machine="$machine" --hostname="$name" --capability=all --drop-capability=CAP_SYS_TIME \
            --system-call-filter="@raw-io @mount bpf keyctl add_key perf_event_open" --bind=/dev/kmsg "$@"
        ' boot "$lower" "$directory" "$namespace" "$namespace" "$name" "$@" || code=$?
    # 133 is how systemd-nspawn says that the host asked to reboot.
    [ "$code" -eq 133 ] || exit "$code"
done
