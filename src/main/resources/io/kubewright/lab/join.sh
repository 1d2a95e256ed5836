#!/bin/sh
# Moves itself into the cgroups listed in a file, then becomes the given command.
# The directories must exist: where a lab was taken down meanwhile they are gone, and nothing may start any more.
# Arguments: file with one directory a line, command and its arguments.
set -eu
while read -r cgroup; do
    echo $$ >"$cgroup/cgroup.procs"
done <"$1"
shift
exec "$@"
