#!/bin/sh
# Makes the disk of a virtual machine from the root file system of all and the files of its own.
# Runs as root in a mount namespace of its own. Arguments: directory of the host, lower directory.
set -eu
directory=$1 lower=$2
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$directory/upper,workdir=$directory/work" "$directory/root"
rm -f "$directory/disk.partial"
mke2fs -q -t ext4 -L root -d "$directory/root" "$directory/disk.partial" 16G
mv "$directory/disk.partial" "$directory/disk"
