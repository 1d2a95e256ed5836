# After 99-sysctl.conf, which many systems link to /etc/sysctl.conf.
conf=/etc/sysctl.d/99-zz-kubewright.conf
originals=$KW_STATE/sysctl.originals

# file_of KEY: where the kernel keeps it.
file_of() { printf '/proc/sys/%s' "$(printf '%s' "$1" | tr ./ /.)"; }

# live KEY: the kernel's value, fields separated by single spaces; empty when there is no such parameter.
live() {
    if [ -r "$(file_of "$1")" ]; then tr -s '\t ' '  ' <"$(file_of "$1")"; fi
}

# boot_files: what is read at boot, in that order: by name, where a directory hides the names of those after it
# (sysctl.d(5)). ufw sets its own afterwards.
boot_files() {
    for directory in /etc/sysctl.d /run/sysctl.d /usr/local/lib/sysctl.d /usr/lib/sysctl.d /lib/sysctl.d; do
        for file in "$directory"/*.conf; do
            if [ -f "$file" ] || [ -c "$file" ]; then printf '%s\t%s\n' "${file##*/}" "$file"; fi
        done
    done | sort -s -u -t '	' -k 1,1 | cut -f 2
    if grep -qsi '^ENABLED="*yes' /etc/ufw/ufw.conf && [ -f /etc/default/ufw ]; then
        sed -n 's/^IPT_SYSCTL="*\([^"]*\)"*$/\1/p' /etc/default/ufw
    fi
}

# boot_values: "key value<TAB>file" a line, as the next boot will set them.
boot_values() {
    set --
    boot_files >"$KW_TMP/boot.files"
    while read -r file; do
        if [ -r "$file" ] && [ ! -d "$file" ]; then set -- "$@" "$file"; fi
    done <"$KW_TMP/boot.files"
    [ $# -eq 0 ] || awk '
        /^[ \t]*([#;]|$)/ || !/=/ { next }
        {
            key = value = $0
            sub(/[ \t]*=.*/, "", key)
            sub(/^[ \t]*-?/, "", key)
            # No parameter has such a name, and "a b" would look like "a" with another value.
            if (key ~ /[ \t]/) next
            sub(/^[^=]*=[ \t]*/, "", value)
            sub(/[ \t\r]+$/, "", value)
            gsub(/[ \t]+/, " ", value)
            # Where the first separator is a slash, a dot is a dot: the other way round here.
            if (match(key, /[.\/]/) && substr(key, RSTART, 1) == "/") {
                gsub(/\./, "\001", key); gsub(/\//, ".", key); gsub(/\001/, "/", key)
            }
            values[key] = value "\t" FILENAME
            # The kernel has one switch with two names; STIG rules turn it off by the second.
            if (key == "net.ipv4.ip_forward") values["net.ipv4.conf.all.forwarding"] = values[key]
            if (key == "net.ipv4.conf.all.forwarding") values["net.ipv4.ip_forward"] = values[key]
        }
        END { for (key in values) print key " " values[key] }' "$@"
}

# boot KEY: the value at the next boot.
boot() { sed -n "s,^$(printf '%s' "$1" | sed 's/[.*[]/\\&/g') \(.*\)	.*,\1,p" "$KW_TMP/boot"; }

# setter KEY: the file that sets it.
setter() { sed -n "s,^$(printf '%s' "$1" | sed 's/[.*[]/\\&/g') .*	,,p" "$KW_TMP/boot"; }

# exceeds NUMBER OTHER: of any length; the shell's own comparison ends at 63 bits, and the kernel has longer ones.
exceeds() { [ ${#1} -gt ${#2} ] || { [ ${#1} -eq ${#2} ] && [ "$1" \> "$2" ]; }; }

# raise VALUE WANTED: field by field the higher of the two; WANTED when VALUE has not as many fields, or has other words.
raise() {
    raised=
    rest="$2 "
    for have in $1; do
        least=${rest%% *}
        rest=${rest#* }
        case $have in *[!0-9]*) least= ;; esac
        if [ -z "$least" ]; then
            rest=other
            break
        fi
        if exceeds "$have" "$least"; then least=$have; fi
        raised="$raised${raised:+ }$least"
    done
    if [ -n "$rest" ]; then raised=$2; fi
    echo "$raised"
}

# verdict VALUE WANTED COMPARISON: the value in the words of the goal.
verdict() {
    if [ -z "$1" ]; then
        echo 'not set'
    elif [ "$3" = at-least ] && [ "$(raise "$1" "$2")" = "$1" ]; then
        echo "at least $2"
    else
        echo "$1"
    fi
}

begin_look() { boot_values >"$KW_TMP/boot"; }

# ours KEY: whether our file sets it.
ours() { [ -f "$conf" ] && [ -n "$(sed -n "s,^$(printf '%s' "$1" | sed 's/[.*[]/\\&/g') = .*,&,p" "$conf")" ]; }

# look KEY VALUE COMPARISON OWNER: names the file that sets another value at boot than it should.
look() {
    at_boot=$(boot "$1")
    if [ "$4" = module ] && ! ours "$1"; then now=; else now=$(live "$1"); fi
    line="$1: $(verdict "$now" "$2" "$3"), at boot $(verdict "$at_boot" "$2" "$3")"
    case $line in
        *"at boot $2" | *"at boot at least $2" | *'at boot not set') ;;
        *) line="$line by $(setter "$1")" ;;
    esac
    echo "$line"
}

begin_set() {
    lines=
    boot_values >"$KW_TMP/boot"
    mkdir -p "$KW_STATE"
    [ -e "$originals" ] || : >"$originals"
}

# set_parameter KEY VALUE COMPARISON OWNER
set_parameter() {
    file=$(file_of "$1")
    if [ ! -e "$file" ]; then
        echo "this kernel has no parameter $1" >&2
        return 1
    fi
    now=$(live "$1")
    value=$2
    # Nor is what somebody set higher for the next boot.
    if [ "$3" = at-least ]; then value=$(raise "$(boot "$1")" "$(raise "$now" "$2")"); fi
    if ! grep -q "^$1 = " "$originals"; then echo "$1 = $now" >>"$originals"; fi
    lines="$lines$1 = $value
"
    if [ "$now" != "$value" ]; then
        echo "$value" >"$file"
        if [ "$(live "$1")" != "$value" ]; then
            echo "the kernel took $1 = $(live "$1") where $value was set" >&2
            return 1
        fi
    fi
}

end_set() {
    sync "$originals" 2>/dev/null || :
    printf '# Managed by kubewright (host/sysctl).\n%s' "$lines" | kw_put "$conf" 0644
}

put_back() {
    kw_restore "$conf"
    if [ -f "$originals" ]; then
        while read -r key _ value; do
            if [ -n "$value" ] && [ "$(live "$key")" != "$value" ]; then echo "$value" >"$(file_of "$key")" || :; fi
        done <"$originals"
        rm -f "$originals"
    fi
}
