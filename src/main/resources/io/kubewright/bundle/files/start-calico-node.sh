#!/bin/sh
# Runs what a Calico node needs without BGP: start-up and tunnel addresses once, then Felix and the monitors side by side.
# The container ends as soon as one of them does, so that the kubelet restarts all; only Felix' own wish to be
# started again (exit status 129: its configuration changed) is met here, and the end of start-up is no such end.
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

# Marks the node as having its network and would then wait for ever. In a program without cgo, Go takes that wait for a
# deadlock after two minutes and ends it (cgo switches the check off), when nothing is left to do: no reason to restart.
complete_startup() {
    until calico-node -complete-startup 2>&1 | until_started; do
        sleep 1
    done
}

# Hands lines on until the one that MarkNetworkAvailable ends with; fails when it does not come.
until_started() {
    while IFS= read -r line; do
        printf '%s\n' "$line"
        case $line in
        *'Calico started successfully'*) return 0 ;;
        esac
    done
    return 1
}

keep felix
keep calico-node -allocate-tunnel-addrs
keep calico-node -status-reporter
(
    trap - TERM INT
    complete_startup
) &
if [ "$CALICO_NETWORKING_BACKEND" != none ]; then
    keep calico-node -monitor-addresses
fi
if [ "${CALICO_MANAGE_CNI:-}" != false ]; then
    keep calico-node -monitor-token
fi
wait
