#!/bin/sh
# Builds a bundle twice from empty caches, in other directories, with another umask, time zone, locale, home and (where
# faketime is installed) date, and compares the locks. Exit 0 when they are equal byte for byte, 1 when not.
#
#   src/test/sh/bundle-twice.sh [FEATURE…]      all features when none is given: about 20 min a build on two cores
#
# Needs about 20 GB under ${TMPDIR:-/tmp}.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../../.." && pwd)
work=$(mktemp -d)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT

features=
for feature in "$@"; do features="$features --feature $feature"; done

build() { # DIRECTORY, the rest is put before the command
    cache=$1
    shift
    mkdir -p "$cache"
    echo "bundle-twice: building in $cache" >&2
    # shellcheck disable=SC2086 # features are words
    "$@" "$root/kubewright" bundle build --cache "$cache" $features >&2
    cat "$cache"/bundles/*/lock.json
}

"$root/kubewright" --version >/dev/null
date=
command -v faketime >/dev/null && date='faketime -f +3d'
(umask 022 && TZ=UTC LC_ALL=C build "$work/a") >"$work/first.json"
(
    umask 077
    mkdir -p "$work/another/and much longer/place"
    # shellcheck disable=SC2086 # a command with its arguments, or nothing
    TZ=Pacific/Kiritimati LC_ALL=C.UTF-8 build "$work/another/and much longer/place/cache" env $date
) >"$work/second.json"

if cmp "$work/first.json" "$work/second.json"; then
    echo "bundle-twice: both locks are $(sha256sum <"$work/first.json" | cut -d' ' -f1)"
else
    diff "$work/first.json" "$work/second.json" | head -40
    exit 1
fi
