#!/bin/sh
# Managed by kubewright (host/firewall). Puts the rules of /etc/kubewright/firewall.rules into this host's nftables, or takes
# them out. Argument: open_chains or close_chains.
set -eu
PATH=/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin
LC_ALL=C
export PATH LC_ALL
work=$(mktemp -d /run/kubewright-firewall.XXXXXX)
trap 'rm -rf "$work"' EXIT
@FUNCTIONS@
case $1 in
    open_chains | close_chains) "$1" ;;
    *) exit 64 ;;
esac
