# Rules told to firewalld one by one, at run time and for good. Each is a line: the zone, then a rich rule, or "source" and a
# network. Nothing in firewalld can be marked as ours, so what was added is written down: "now" or "permanent", then the line.
added=$KW_STATE/firewalld
if firewall-cmd --state >/dev/null 2>&1; then
    permanent='firewall-cmd --permanent'
    now=firewall-cmd
else
    permanent=firewall-offline-cmd
    now=firewall-offline-cmd
fi

# lines: all of them that a listing of all zones has.
lines() {
    awk '
        /^[^ \t]/ { zone = $1 }
        /^  sources: / { for (i = 2; i <= NF; i++) print zone, "source", $i }
        sub(/^\trule /, "") { print zone, "rule", $0 }' | sort -u
}

# list: into "now" and "permanent".
list() {
    $now --list-all-zones >"$work/zones"
    lines <"$work/zones" >"$work/now"
    $permanent --list-all-zones | lines >"$work/permanent"
    mkdir -p "$work/added"
    for way in now permanent; do
        sed -n "s/^$way //p" "$added/lines" 2>/dev/null | sort -u >"$work/added/$way"
    done
}

# look LINK RULE...: our lines; "theirs: " those of others that say the same somewhere; and what decides where ours belong: the zone
# of the link, and what other zones take by its source, with their targets.
look() {
    link=$1
    shift
    printf '%s\n' "$@" >"$work/wanted"
    list
    zone=$($now --get-zone-of-interface="$link" 2>/dev/null) || zone=$($now --get-default-zone)
    awk -v zone="$zone" '
        /^[^ \t]/ { name = $1 }
        /^  target: / { target = $2 }
        /^  target: / && name == zone { print "zone: " zone, target }
        /^  sources: / && name != "trusted" { for (i = 2; i <= NF; i++) print "source: " $i, name, target }' "$work/zones"
    if grep -qsi '^StrictForwardPorts=yes' /etc/firewalld/firewalld.conf; then echo 'state: strict'; fi
    awk '
        FILENAME ~ /wanted$/ { wanted[$0]; next }
        FILENAME ~ /added/ { ours[$0]; next }
        FILENAME ~ /now$/ { now[$0]; all[$0]; next }
        { permanent[$0]; all[$0] }
        END {
            for (line in all) {
                rule = line
                sub(/^[^ ]+ /, "", rule)
                if (line in now && line in permanent) {
                    if (line in ours) print line
                    else if (rule in wanted) print "theirs: " line
                } else if (line in ours) {
                    print (line in now ? "until the next start: " : "from the next start on: ") line
                }
            }
        }' "$work/wanted" "$work/added/now" "$work/added/permanent" "$work/now" "$work/permanent"
    if command -v nft >/dev/null; then
        closed_chains | sed 's/ [a-z]*$//; s/^/beside: /'
        base_chains | sed -n 's/^\(ip6\{0,1\} filter INPUT\) input drop$/beside: \1/p'
    fi
}

# tell now|permanent add|remove FILE: tells it the lines of the file, all of a kind and a zone at once.
tell() {
    for kind in source rule; do
        for zone in $(sed -n "s/^\([^ ]*\) $kind .*/\1/p" "$3" | sort -u); do
            sed -n "s/^$zone $kind //p" "$3" >"$work/told"
            (
                case $1 in now) command=$now ;; *) command=$permanent ;; esac
                case $kind in source) option=--$2-source= ;; rule) option="--$2-rich-rule=rule " ;; esac
                set -- --zone="$zone"
                while read -r rest; do set -- "$@" "$option$rest"; done <"$work/told"
                $command "$@"
            )
        done
    done
}

# ways: run time goes with what is permanent while the service does not run.
ways() {
    if [ "$now" = firewall-cmd ]; then echo permanent now; else echo permanent; fi
}

# keep ZONE: the file of the zone, and how the zone was.
keep() {
    if [ ! -e "$added/$1.before" ]; then
        kw_save "/etc/firewalld/zones/$1.xml"
        kw_save "/etc/firewalld/zones/$1.xml.old"
        mkdir -p "$added"
        $permanent --zone="$1" --list-all -v | sort >"$added/$1.new"
        mv "$added/$1.new" "$added/$1.before"
    fi
}

# open LINE...: where they are not there yet.
open() {
    printf '%s\n' "$@" | sort -u >"$work/lines"
    list
    for zone in $(cut -d ' ' -f 1 "$work/lines" | sort -u); do keep "$zone"; done
    for way in $(ways); do
        comm -23 "$work/lines" "$work/$way" >"$work/lacking"
        sed "s/^/$way /" "$work/lacking" >>"$added/lines"
        # At its start it will be there at run time too.
        if [ "$now" != firewall-cmd ]; then sed 's/^/now /' "$work/lacking" >>"$added/lines"; fi
        sync "$added/lines" 2>/dev/null || :
        tell "$way" add "$work/lacking"
    done
}

# close LINE...: where they are ours.
close() {
    printf '%s\n' "$@" | sort -u >"$work/lines"
    list
    for way in $(ways); do
        comm -12 "$work/lines" "$work/$way" | comm -12 - "$work/added/$way" >"$work/surplus"
        tell "$way" remove "$work/surplus"
    done
    sed 's/^/now /; p; s/^now/permanent/' "$work/lines" >"$work/gone"
    grep -vxF -f "$work/gone" "$added/lines" >"$added/lines.new" || :
    mv "$added/lines.new" "$added/lines"
}

# close_all: takes away what is ours. A zone that is as it was gets its file back to the byte; firewalld writes them anew.
close_all() {
    [ -d "$added" ] || return 0
    cut -d ' ' -f 2- "$added/lines" | sort -u >"$work/all"
    if [ -s "$work/all" ]; then
        (
            set --
            while read -r line; do set -- "$@" "$line"; done <"$work/all"
            close "$@"
        )
    fi
    for before in "$added"/*.before; do
        [ -e "$before" ] || continue
        zone=${before##*/}
        zone=${zone%.before}
        $permanent --zone="$zone" --list-all -v | sort >"$work/after"
        for file in "/etc/firewalld/zones/$zone.xml" "/etc/firewalld/zones/$zone.xml.old"; do
            if cmp -s "$before" "$work/after"; then
                kw_restore "$file"
            else
                rm -rf "$(kw_original "$file")" "$(kw_original "$file").absent"
                kw_unstamp /etc/firewalld/zones
            fi
        done
    done
    rm -rf "$added"
}
