#!/bin/sh
# Runs what a Calico node needs without BGP: start-up and tunnel addresses once, then Felix and the monitors side by side.
# The container ends as soon as one of them does, so that the kubelet restarts all; only Felix' own wish to be
# started again (exit status 129: its configuration changed) is met here.
set -u

case "${CALICO_NETWORKING_BACKEND:-}" in
vxlan | none) ;;
*)
    echo "start-calico-node: CALICO_NETWORKING_BACKEND is '${CALICO_NETWORKING_BACKEND:-}'; this image has no BGP daemon, set it to vxlan" >&2
    exit 1
    ;;
esac

calico-node -startup || exit
NODENAME=$(cat /var/lib/calico/nodename) || exit
export NODENAME
calico-node -allocate-tunnel-addrs -allocate-tunnel-addrs-run-once || exit

export FELIX_FELIXHOSTNAME="$NODENAME"
if [ -n "${DATASTORE_TYPE:-}" ]; then
    export FELIX_DATASTORETYPE="$DATASTORE_TYPE"
fi

main=$$
trap 'trap - TERM; kill -TERM 0; exit 143' TERM INT

felix() {
    status=129
    while [ "$status" -eq 129 ]; do
        calico-node -felix
        status=$?
    done
    return "$status"
}

keep() {
    (
        trap - TERM INT
        "$@"
        echo "start-calico-node: $* ended with status $?" >&2
        kill -TERM "$main"
    ) &
}

keep felix
keep calico-node -allocate-tunnel-addrs
keep calico-node -status-reporter
keep calico-node -complete-startup
if [ "$CALICO_NETWORKING_BACKEND" != none ]; then
    keep calico-node -monitor-addresses
fi
if [ "${CALICO_MANAGE_CNI:-}" != false ]; then
    keep calico-node -monitor-token
fi
wait
