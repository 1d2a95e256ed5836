before=$KW_STATE/time.before

# drop_ins DIRECTORY WORDS: prints the words where there is a chrony that reads no sources from there.
drop_ins() {
    for file in /etc/chrony/chrony.conf /etc/chrony.conf; do
        if [ -f "$file" ] && ! grep -qsiE "^[[:space:]]*sourcedir[[:space:]]+$1/?[[:space:]]*\$" "$file" /etc/chrony/conf.d/*.conf; then
            echo "$2"
        fi
    done
}

# remember UNIT FILE: whether it was enabled and active. The first time wins; where another service kept the clock then, that one
# is as it was first.
remember() {
    if [ -e "$before" ] && ! grep -qxF "unit $1" "$before"; then put_back; fi
    [ ! -e "$before" ] || return 0
    mkdir -p "$KW_STATE"
    {
        echo "unit $1"
        echo "file $2"
        if systemctl is-enabled --quiet "$1" 2>/dev/null; then echo enabled; fi
        if systemctl is-active --quiet "$1"; then echo active; fi
    } >"$before.new"
    sync "$before.new" 2>/dev/null || :
    mv "$before.new" "$before"
}

# follow UNIT FILE SERVER...: restarts it and waits until it follows one of them. By count: the clock may jump meanwhile.
follow() {
    unit=$1
    file=$2
    shift 2
    systemctl daemon-reload
    systemctl enable --quiet "$unit"
    systemctl restart "$unit"
    left=60
    until synchronized "$unit" "$@"; do
        left=$((left - 1))
        if [ "$left" -eq 0 ]; then
            echo "the clock follows none of $* after a minute: do they answer on UDP port 123 from here?" >&2
            return 1
        fi
        sleep 1
    done
    # Written by a clock that was fast, it would look newer than a service that starts at the next boot.
    if [ "$(stat -c %Y "$file")" -gt "$(date +%s)" ]; then touch "$file"; fi
}

# synchronized UNIT SERVER...: whether it follows one of these; chrony may have others of its own.
synchronized() {
    case $1 in
        systemd-timesyncd.service) [ -e /run/systemd/timesync/synchronized ] ;;
        *)
            shift
            for source in $(chronyc -N -c sources 2>/dev/null | awk -F , '$2 == "*" || $2 == "+" { print $3 }'); do
                case " $* " in *" $source "*) return 0 ;; esac
            done
            return 1
            ;;
    esac
}

# put_back: our file goes, and the service is as it was.
put_back() {
    [ -e "$before" ] || return 0
    unit=$(sed -n 's/^unit //p' "$before")
    kw_restore "$(sed -n 's/^file //p' "$before")"
    if ! grep -qx enabled "$before"; then systemctl disable --quiet "$unit" || :; fi
    if grep -qx active "$before"; then systemctl restart "$unit" || :; else systemctl stop "$unit" || :; fi
    rm -f "$before"
}
