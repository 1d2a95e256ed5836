# behind SERVICE VARIABLE=VALUE...: whether it runs, and with other proxies than these.
behind() {
    process=$(systemctl show -p MainPID --value "$1")
    [ "${process:-0}" -gt 0 ] && [ -r "/proc/$process/environ" ] || return 1
    shift
    tr '\0' '\n' <"/proc/$process/environ" | { grep -E '^(HTTP|HTTPS|NO)_PROXY=' || :; } | sort >"$KW_TMP/has"
    for variable in "$@"; do printf '%s\n' "$variable"; done | cmp -s - "$KW_TMP/has" && return 1
    return 0
}

look() { if behind "$@"; then echo "$1 runs with other proxies"; fi; }

# renew SERVICE VARIABLE=VALUE...: containers go on meanwhile.
renew() {
    if behind "$@"; then
        systemctl restart "$1"
        kw_wait 60 systemctl is-active --quiet "$1"
    fi
}
