before=$KW_STATE/time.before

mark='# added by kubewright:'

# deaf DIRECTORY: the configurations of a chrony that reads no sources from there. Debian's and Ubuntu's do, Red Hat's do not.
deaf() {
    for file in /etc/chrony/chrony.conf /etc/chrony.conf; do
        if [ -f "$file" ] && ! grep -qsiE "^[[:space:]]*sourcedir[[:space:]]+$1/?[[:space:]]*\$" "$file" /etc/chrony/conf.d/*.conf; then
            echo "$file"
        fi
    done
}

# reading DIRECTORY: says so when there is a chrony and all that it has reads sources from there.
reading() {
    for file in /etc/chrony/chrony.conf /etc/chrony.conf; do
        if [ -f "$file" ] && [ -z "$(deaf "$1")" ]; then
            echo "chrony reads $1"
            return 0
        fi
    done
}

# read_too DIRECTORY: a line of ours at the end of a configuration that does not.
read_too() {
    deaf "$1" >"$KW_TMP/deaf"
    while read -r file; do
        {
            cat "$file"
            if [ -n "$(tail -c 1 "$file")" ]; then echo; fi
            echo "$mark"
            echo "sourcedir $1"
        } | kw_put "$file" "$(stat -c %a "$file")" "$(stat -c %U:%G "$file")"
    done <"$KW_TMP/deaf"
}

# read_no_more: that line goes; whatever others wrote since stays.
read_no_more() {
    for file in /etc/chrony/chrony.conf /etc/chrony.conf; do
        grep -qsxF "$mark" "$file" || continue
        awk -v mark="$mark" '$0 == mark { skip = 2 } skip > 0 { skip--; next } { print }' "$file" >"$KW_TMP/chrony"
        if awk 1 "$(kw_original "$file")" | cmp -s - "$KW_TMP/chrony"; then
            kw_restore "$file"
        else
            kw_put "$file" "$(stat -c %a "$file")" "$(stat -c %U:%G "$file")" <"$KW_TMP/chrony"
            rm -f "$(kw_original "$file")"
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
    read_no_more
    if ! grep -qx enabled "$before"; then systemctl disable --quiet "$unit" || :; fi
    if grep -qx active "$before"; then systemctl restart "$unit" || :; else systemctl stop "$unit" || :; fi
    rm -f "$before"
}
