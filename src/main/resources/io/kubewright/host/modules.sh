loaded=$KW_STATE/modules.loaded

# there MODULE: loaded or built in. What is built in and has no parameters shows up nowhere but in modules.builtin.
there() { [ -e "/sys/module/$1" ] || grep -qs "/$1\.ko" "/lib/modules/$(uname -r)/modules.builtin"; }

# look MODULE...
look() {
    for module in "$@"; do
        if there "$module"; then
            echo "loaded $module"
        elif command -v modprobe >/dev/null && ! modprobe -nq "$module"; then
            echo "absent $module"
        fi
    done
}

# load MODULE...: and writes down first what comes with them.
load() {
    mkdir -p "$KW_STATE"
    for module in "$@"; do
        modprobe --show-depends "$module" | sed -n 's,^insmod .*/\([^/]*\)\.ko.*,\1,p' | tr - _ | while read -r each; do
            there "$each" || grep -qsxF "$each" "$loaded" || echo "$each"
        done >"$KW_TMP/coming"
        cat "$KW_TMP/coming" >>"$loaded"
        sync "$loaded" 2>/dev/null || :
        modprobe "$module"
    done
}

# unload: what we loaded and nobody uses, the last first. What others use by now stays until the next boot.
unload() {
    [ -e "$loaded" ] || return 0
    grep -n . "$loaded" | sort -rn | sed 's/^[0-9]*://' >"$KW_TMP/leaving"
    staying=
    while read -r module; do
        [ -e "/sys/module/$module" ] || continue
        # Its count does not tell of filters on a bridge that rest on it.
        if [ "$module" = br_netfilter ] && [ -n "$(ls -d /sys/class/net/*/bridge 2>/dev/null)" ]; then
            staying="$staying $module"
            continue
        fi
        if [ "$(cat "/sys/module/$module/refcnt" 2>/dev/null)" != 0 ] || ! rmmod "$module"; then staying="$staying $module"; fi
    done <"$KW_TMP/leaving"
    [ -z "$staying" ] || kw_say "in use, so they stay until the next boot:$staying"
    rm -f "$loaded"
}
