#!/bin/sh
# Is one virtual machine of a lab from power-on to power-off; a reboot stays inside.
# Runs inside the host's cgroups. Arguments: directory of the host, its network namespace, its link on the switch, the switch's
# namespace, the bridge, MAC address, the root file system with the kernel, memory in MiB, processors, kvm or tcg.
set -eu
directory=$1 namespace=$2 link=$3 switch=$4 bridge=$5 mac=$6 lower=$7 memory=$8 processors=$9
shift 9
accelerator=$1

# Without the instruction cmpxchg16b: the emulated one ends the guest's kernel within minutes.
case $accelerator in
kvm) set -- -accel kvm -cpu host ;;
*) set -- -accel tcg,thread=multi -cpu Nehalem,-cx16 ;;
esac
ip -n "$switch" link del "$link" 2>/dev/null || true
ip -n "$switch" tuntap add "$link" mode tap
ip -n "$switch" link set "$link" master "$bridge" up
for kernel in "$lower"/boot/vmlinuz-*; do :; done
exec ip netns exec "$switch" qemu-system-x86_64 -name "$namespace" "$@" -smp "$processors" -m "$memory" \
    -nodefaults -display none -serial stdio \
    -kernel "$kernel" -initrd "$lower/boot/initrd.img-${kernel##*/vmlinuz-}" \
    -append 'console=ttyS0 root=/dev/vda rw net.ifnames=0 panic=5 mitigations=off' \
    -drive "file=$directory/disk,if=virtio,format=raw,cache=unsafe,discard=unmap" -device virtio-rng-pci \
    -netdev "tap,id=net,ifname=$link,script=no,downscript=no" -device "virtio-net-pci,netdev=net,mac=$mac"
