#!/bin/sh
# What host/packages does with real dnf, zypper and apt-get: the product's own shell functions, in a Debian 13 tree, on packages
# of our own making that are named like the real ones. Not part of mvn verify: it needs root, debootstrap, a Debian archive
# and some minutes.
#
#     src/test/sh/packages-by-managers.sh DIRECTORY
#
# DIRECTORY becomes the tree; one that is there already is used again. Needs nothing of the network once the tree is there.
set -eu

root=${1:?usage: $0 DIRECTORY}
sources=$(cd "$(dirname "$0")/../../main/resources/io/kubewright" && pwd)
inside=$(cd "$(dirname "$0")" && pwd)/packages-by-managers-inside.sh

if [ ! -e "$root/made" ]; then
    unshare -m sh -eu -c '
        debootstrap --variant=minbase trixie "$1"
        mount -t proc proc "$1/proc"
        cp /etc/resolv.conf "$1/etc/resolv.conf"
        DEBIAN_FRONTEND=noninteractive chroot "$1" apt-get -q -y --no-install-recommends install dnf rpm createrepo-c zypper
    ' sh "$root"
    : >"$root/made"
fi
mkdir -p "$root/functions"
cp "$sources/engine/prelude.sh" "$sources"/host/packages*.sh "$inside" "$root/functions/"
exec unshare -m -n -p -f sh -eu -c '
    # rpm wants a file system of its own for its scripts.
    mount --bind "$1" "$1"
    mount -t proc proc "$1/proc"
    mount --bind /dev "$1/dev"
    mount -t tmpfs tmpfs "$1/run"
    exec chroot "$1" sh -eu /functions/packages-by-managers-inside.sh
' sh "$root"
