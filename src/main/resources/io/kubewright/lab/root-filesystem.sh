#!/bin/sh
# Builds the root file system that all hosts of a lab share. Runs as root in a mount and PID namespace of its own.
# Arguments: directory to fill, suite, mirror, key ring, directory of downloaded packages, signature option or "", packages
# separated by commas, nspawn or vm.
set -eu
umask 022
target=$1 suite=$2 mirror=$3 keyring=$4 downloads=$5 signature=$6 packages=$7 backend=$8

export DEBIAN_FRONTEND=noninteractive LC_ALL=C
# debootstrap takes paths apart at spaces, so it works under names that have none and that nobody else sees.
work=${0%/*}/building
mkdir -p "$target" "$downloads" "$work/root" "$work/downloads"
mount --bind "$target" "$work/root"
mount --bind "$downloads" "$work/downloads"
target=$work/root downloads=$work/downloads

# shellcheck disable=SC2086 # the signature option is one word or none
debootstrap --variant=minbase --keyring="$keyring" --cache-dir="$downloads" $signature \
    --include="$packages" "$suite" "$target" "$mirror"

chroot "$target" useradd --create-home --shell /bin/bash admin
echo 'admin ALL=(ALL) NOPASSWD:ALL' >"$target/etc/sudoers.d/kubewright-lab"
chmod 0440 "$target/etc/sudoers.d/kubewright-lab"

# What each host must have for itself is made when the host is.
rm -f "$target"/etc/ssh/ssh_host_* "$target/etc/hostname" "$target/etc/resolv.conf"
: >"$target/etc/machine-id"
rm -rf "$target"/var/cache/apt/archives/*.deb "$target"/var/lib/apt/lists/* "$target"/var/log/*.log
mkdir -p "$target/var/log/pods" "$target/var/lib/containerd" "$target/var/lib/kubelet" "$target/var/lib/etcd"

if [ "$backend" = vm ]; then
    ln -sf /usr/lib/systemd/system/systemd-networkd.service \
        "$target/etc/systemd/system/multi-user.target.wants/systemd-networkd.service"
    echo '/dev/vda / ext4 errors=remount-ro 0 1' >"$target/etc/fstab"
    exit
fi

# Addresses and routes are set from outside: networkd would need udev.
for unit in systemd-networkd.service systemd-networkd.socket systemd-resolved.service console-getty.service; do
    ln -sf /dev/null "$target/etc/systemd/system/$unit"
done

mkdir -p "$target/usr/local/lib/kubewright-lab"
cat >"$target/usr/local/lib/kubewright-lab/mounts" <<'SCRIPT'
#!/bin/sh
# What a machine of its own has and a host inside a machine lacks: writable cgroup controllers and shared mounts.
for controller in /sys/fs/cgroup/*; do
    if [ ! -L "$controller" ] && grep -q " $controller cgroup " /proc/mounts; then
        mount -o remount,rw,bind "$controller"
    fi
done
mount --make-rshared /

# With a cgroup tree for each controller systemd groups nothing by processor: every thread of the kubelet and of containerd
# would count half as much as all pods together, and etcd would get next to nothing of a busy machine. As with one tree, the
# rest of the host is one group beside the pods'. The kubelet wants to be in the same group by memory.
for controller in cpu cpuacct memory; do
    tree=/sys/fs/cgroup/$controller
    if [ -e "$tree/cgroup.procs" ]; then
        mkdir -p "$tree/system"
        for process in $(cat "$tree/cgroup.procs"); do
            # 0 is what started the host from outside; others may have ended meanwhile.
            echo "$process" >"$tree/system/cgroup.procs" 2>/dev/null || true
        done
    fi
done
# systemd would weigh its own slice and the pods' much alike on a host with two processors, which the kubelet gives 2048.
if [ -e /sys/fs/cgroup/cpu/system/cpu.shares ]; then echo 2048 >/sys/fs/cgroup/cpu/system/cpu.shares; fi
SCRIPT
chmod 0755 "$target/usr/local/lib/kubewright-lab/mounts"
cat >"$target/etc/systemd/system/kubewright-lab-mounts.service" <<'UNIT'
[Unit]
Description=Mounts of a lab's host
DefaultDependencies=no
Before=sysinit.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/lib/kubewright-lab/mounts
UNIT
mkdir -p "$target/etc/systemd/system/sysinit.target.wants"
ln -sf ../kubewright-lab-mounts.service "$target/etc/systemd/system/sysinit.target.wants/kubewright-lab-mounts.service"
