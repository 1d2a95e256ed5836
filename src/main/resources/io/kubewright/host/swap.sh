units=/etc/systemd/system
before=$KW_STATE/swap.before
links=$KW_STATE/swap.links
mark='# switched off by kubewright: '

# An entry of fstab as mount(8) reads it: fields between spaces and tabs, the third is the type.
entry='^([ 	]*[^# 	][^ 	]*[ 	]+[^ 	]+[ 	]+swap([ 	].*)?)$'

# without_swap <fstab: its swap entries as comments; every other line, and how the last one ends, stays.
without_swap() { sed -E "s/$entry/$mark\1/"; }

# with_swap <fstab: the entries that without_swap took out.
with_swap() { sed "s/^$mark//"; }

# starters SERVICE...: the links by which swap comes on at boot though swap.target is masked.
starters() {
    find "$units" -mindepth 2 -maxdepth 2 -type l | sort | while read -r link; do
        case $link in *.wants/* | *.requires/*) ;; *) continue ;; esac
        name=${link##*/}
        case " $* " in
            *" $name "*) echo "$link" ;;
            *) case $name in *.swap) echo "$link" ;; esac ;;
        esac
    done
}

# active: swap in use; size, used and priority do not belong to its state.
active() { awk 'NR > 1 { print $1 }' /proc/swaps; }

# look OWN SERVICE...: OWN is yes where swap is the host's own.
look() {
    own=$1
    shift
    if [ -f /etc/fstab ]; then awk '$1 !~ /^#/ && $3 == "swap" { print "fstab " $1 }' /etc/fstab; fi
    starters "$@" | sed "s,^$units/,starts at boot ,"
    if [ "$own" = yes ]; then active | sed 's/^/active /'; fi
    if [ "$(systemctl is-enabled swap.target 2>/dev/null)" = masked ]; then echo 'swap.target masked'; fi
}

# room: whether memory takes what is in swap, with a tenth of it to spare.
room() {
    used=$(awk 'NR > 1 { sum += $4 } END { print sum + 0 }' /proc/swaps)
    free=$(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo)
    total=$(sed -n 's/^MemTotal: *\([0-9]*\) kB/\1/p' /proc/meminfo)
    if [ "$used" -gt 0 ] && [ $((used + total / 10)) -ge "$free" ]; then
        echo "swap holds $used KiB and only $free of $total KiB of memory are free: stop something first" >&2
        return 1
    fi
}

# remember SERVICE...: what is on now. The first time wins.
remember() {
    [ ! -e "$before" ] || return 0
    mkdir -p "$KW_STATE"
    {
        if systemctl is-active --quiet swap.target; then echo target; fi
        for service in "$@"; do
            if systemctl is-active --quiet "$service"; then echo "service $service"; fi
        done
        awk 'NR > 1 { print "swap " $5 " " $1 }' /proc/swaps
    } >"$before.new"
    sync "$before.new" 2>/dev/null || :
    mv "$before.new" "$before"
}

# switch_off OWN SERVICE...
switch_off() {
    own=$1
    shift
    if [ "$own" = yes ]; then
        room
        remember "$@"
    fi
    if [ -f /etc/fstab ] && grep -qE "$entry" /etc/fstab; then
        without_swap </etc/fstab | kw_put /etc/fstab "$(stat -c %a /etc/fstab)" "$(stat -c %U:%G /etc/fstab)"
    fi
    starters "$@" >"$KW_TMP/starters"
    while read -r link; do
        kw_save "$link"
        echo "$link" >>"$links"
        sync "$links" 2>/dev/null || :
        rm "$link"
    done <"$KW_TMP/starters"
    if [ "$(readlink "$units/swap.target")" != /dev/null ]; then
        kw_save "$units/swap.target"
        ln -sf /dev/null "$units/swap.target"
    fi
    systemctl daemon-reload
    [ "$own" = yes ] || return 0
    for service in "$@"; do
        if systemctl is-active --quiet "$service"; then systemctl stop "$service"; fi
    done
    active >"$KW_TMP/active"
    # /proc/swaps writes a space as \040.
    while read -r path; do swapoff "$(printf '%b' "$(echo "$path" | sed 's/\\\([0-7]\)/\\0\1/g')")"; done <"$KW_TMP/active"
}

# swap_on PRIORITY PATH: unless it is in use by now. The kernel gave out the priorities below zero by itself.
swap_on() {
    path=$(printf '%b' "$(echo "$2" | sed 's/\\\([0-7]\)/\\0\1/g')")
    ! active | grep -qxF "$2" || return 0
    unit=$(systemd-escape --path --suffix=swap "$path")
    if [ "$(systemctl show -p LoadState --value "$unit")" = loaded ] && systemctl start "$unit"; then
        return 0
    elif [ "$1" -ge 0 ]; then
        swapon -p "$1" "$path"
    else
        swapon "$path"
    fi
}

# put_back OWN: entries that we switched off, not the file of then: others may have added theirs.
put_back() {
    if grep -qs "^$mark" /etc/fstab; then
        with_swap </etc/fstab >"$KW_TMP/fstab"
        if cmp -s "$KW_TMP/fstab" "$(kw_original /etc/fstab)"; then
            kw_restore /etc/fstab
        else
            kw_put /etc/fstab "$(stat -c %a /etc/fstab)" "$(stat -c %U:%G /etc/fstab)" <"$KW_TMP/fstab"
            rm -f "$(kw_original /etc/fstab)"
        fi
    fi
    if [ -e "$links" ]; then
        while read -r link; do kw_restore "$link"; done <"$links"
        rm -f "$links"
    fi
    kw_restore "$units/swap.target"
    systemctl daemon-reload
    if [ "$1" = yes ] && [ -e "$before" ]; then
        failed=
        while read -r kind first second; do
            case $kind in
                target) systemctl start swap.target || failed=yes ;;
                service) systemctl start "$first" || failed=yes ;;
                swap) swap_on "$first" "$second" || failed=yes ;;
            esac
        done <"$before"
        [ -z "$failed" ] || echo 'not all swap that was in use could be switched on again' >&2
    fi
    rm -f "$before"
}
