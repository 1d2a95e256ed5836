conf=/etc/sysctl.d/90-kubewright.conf
originals=$KW_STATE/sysctl.originals

# file_of KEY: where the kernel keeps it.
file_of() { printf '/proc/sys/%s' "$(printf '%s' "$1" | tr . /)"; }

# live KEY: the kernel's value, fields separated by single spaces; empty when there is no such parameter.
live() {
    if [ -r "$(file_of "$1")" ]; then tr -s '\t ' '  ' <"$(file_of "$1")"; fi
}

# boot KEY: what our file sets.
boot() {
    if [ -f "$conf" ]; then
        while read -r key equals value; do
            if [ "$key" = "$1" ] && [ "$equals" = '=' ]; then echo "$value"; fi
        done <"$conf"
    fi
}

# raise VALUE WANTED: field by field the higher of the two; WANTED when VALUE has not as many fields.
raise() {
    raised=
    rest="$2 "
    for have in $1; do
        least=${rest%% *}
        rest=${rest#* }
        if [ -z "$least" ]; then break; fi
        if [ "$have" -gt "$least" ]; then least=$have; fi
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

# look KEY VALUE COMPARISON OWNER
look() {
    at_boot=$(boot "$1")
    if [ "$4" = module ] && [ -z "$at_boot" ]; then now=; else now=$(live "$1"); fi
    echo "$1: $(verdict "$now" "$2" "$3"), at boot $(verdict "$at_boot" "$2" "$3")"
}

begin_set() {
    lines=
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
    if [ "$3" = at-least ]; then value=$(raise "$now" "$2"); fi
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
