# What dnf and zypper have in common. Keys of repositories, which rpm counts among packages, are the host's own.
installed() {
    rpm -qa --qf '%{NAME}\n' >"$KW_TMP/all" || return 1
    sed '/^gpg-pubkey$/d' "$KW_TMP/all" | sort -u
}

# Who has rpm's own lock. rpm waits for it only when its input is a terminal, and does not say who has it.
rpm_holder() {
    lock=$(sed -n "s/.*can't create transaction lock on \([^ ]*\) (Resource temporarily unavailable).*/\1/p" "$said" | tail -n 1)
    [ -n "$lock" ] || return 0
    pid=$(awk -v inode="$(stat -c %i "$lock")" '{ split($6, file, ":"); if (file[3] == inode) print $5 }' /proc/locks | head -n 1)
    if [ -n "$pid" ]; then
        echo "Could not get lock $lock. It is held by process $pid ($(cat "/proc/$pid/comm"))"
    else
        echo "Could not get lock $lock"
    fi
}

dependents() {
    if ! rpm -e --test "$@" >"$KW_TMP/test" 2>&1; then
        if grep -q ' is needed by ' "$KW_TMP/test"; then
            sed -n 's/.* is needed by (installed) //p' "$KW_TMP/test" | sort -u
        else
            cat "$KW_TMP/test"
        fi
    fi
}
