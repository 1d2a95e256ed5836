before=$KW_STATE/time.before

# drop_ins DIRECTORY WORDS: prints the words where there is a chrony that reads no sources from there.
drop_ins() {
    for file in /etc/chrony/chrony.conf /etc/chrony.conf; do
        if [ -f "$file" ] && ! grep -qE "^[ \t]*sourcedir[ \t]+$1/?[ \t]*\$" "$file"; then echo "$2"; fi
    done
}

# remember UNIT: whether it was enabled and active. The first time wins.
remember() {
    [ ! -e "$before" ] || return 0
    mkdir -p "$KW_STATE"
    {
        if systemctl is-enabled --quiet "$1" 2>/dev/null; then echo enabled; fi
        if systemctl is-active --quiet "$1"; then echo active; fi
    } >"$before"
}

# follow UNIT SERVERS FILE: restarts it and waits until it follows one. By count: the clock may jump meanwhile.
follow() {
    systemctl daemon-reload
    systemctl enable --quiet "$1"
    systemctl restart "$1"
    left=60
    until synchronized "$1"; do
        left=$((left - 1))
        if [ "$left" -eq 0 ]; then
            echo "the clock follows none of $2 after a minute: do they answer on UDP port 123 from here?" >&2
            return 1
        fi
        sleep 1
    done
    # Written by a clock that was fast, it would look newer than a service that starts at the next boot.
    if [ "$(stat -c %Y "$3")" -gt "$(date +%s)" ]; then touch "$3"; fi
}

synchronized() {
    case $1 in
        systemd-timesyncd.service) [ -e /run/systemd/timesync/synchronized ] ;;
        *) chronyc -n waitsync 1 0 0 1 >/dev/null 2>&1 ;;
    esac
}

# put_back UNIT FILE
put_back() {
    kw_restore "$2"
    if [ -e "$before" ]; then
        if ! grep -qx enabled "$before"; then systemctl disable --quiet "$1" || :; fi
        if grep -qx active "$before"; then systemctl restart "$1" || :; else systemctl stop "$1" || :; fi
        rm -f "$before"
    fi
}
