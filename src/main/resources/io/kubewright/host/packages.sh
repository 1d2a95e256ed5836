# Times of directories: first, before our first package; since, after the last one; and which of them nobody else changed.
first=$KW_STATE/packages.times
names=$KW_STATE/packages.names
since=$KW_STATE/packages.times.since
unchanged=$KW_STATE/packages.times.unchanged
trees='/etc /usr/local /opt'
# Names of what we brought; and while it comes, of all that was there before.
added=$KW_STATE/packages.added
before=$KW_STATE/packages.before
# What the package manager said last.
said=$KW_TMP/packages.said

# The manager's own file has these functions. None of them waits for another package manager.
#   installed: names of all packages, also of half installed ones
#   renew, install WHAT..., remove NAME...
#   holder: who has the lock that the last try failed for; nothing when it failed for another reason
#   dependents NAME...: other packages that need these

# directory_times: when something last came or went in each directory.
directory_times() { find $trees -xdev -type d -printf '%T@ %p\n' | sort; }

# inventory: what is in each directory.
inventory() { find $trees -xdev -mindepth 1 -printf '%h\t%f\n' | sort; }

# keep FILE <text: whole or not at all.
keep() {
    cat >"$1.new"
    sync "$1.new" 2>/dev/null || :
    mv "$1.new" "$1"
}

# remember_times: the first time wins.
remember_times() {
    mkdir -p "$KW_STATE"
    if [ ! -e "$first" ]; then
        inventory | keep "$names"
        directory_times | keep "$first"
    fi
}

# remember_since: after packages came.
remember_since() {
    rm -f "$unchanged"
    directory_times | keep "$since"
}

# note_times: before packages go. The first time wins: an undo that was interrupted has changed some itself.
note_times() {
    if [ -e "$since" ] && [ ! -e "$unchanged" ]; then
        directory_times >"$KW_TMP/times"
        comm -12 "$since" "$KW_TMP/times" | cut -d ' ' -f 2- | keep "$unchanged"
    fi
}

# put_times_back: a directory that nobody else changed and in which the same is as then looks as old as then.
put_times_back() {
    if [ -e "$unchanged" ] && [ -e "$first" ]; then
        directory_times >"$KW_TMP/times"
        inventory >"$KW_TMP/names"
        comm -3 "$names" "$KW_TMP/names" | sed 's/^\t//' | cut -f 1 | sort -u >"$KW_TMP/differ"
        comm -23 "$first" "$KW_TMP/times" | while read -r time directory; do
            if [ -d "$directory" ] && grep -qxF "$directory" "$unchanged" && ! grep -qxF "$directory" "$KW_TMP/differ"; then
                touch -m -d "@$time" "$directory"
            fi
        done
    fi
    rm -f "$first" "$names" "$since" "$unchanged"
}

# patiently SECONDS COMMAND...: again and again while another package manager is in the way, and says which one. All calls
# of one script share the time.
patiently() {
    patience=$1
    shift
    deadline=${deadline:-$(($(kw_uptime) + patience))}
    other=
    while :; do
        answer=0
        "$@" >"$said" 2>&1 </dev/null || answer=$?
        if [ "$answer" -eq 0 ]; then break; fi
        waited=$other
        other=$(holder)
        if [ -z "$other" ]; then break; fi
        if [ "$(kw_uptime)" -ge "$deadline" ]; then
            untouched='; no package was changed'
            if [ -s "$before" ] && list "$KW_TMP/now" && ! cmp -s "$before" "$KW_TMP/now"; then untouched=; fi
            echo "another package manager did not end within $patience s$untouched. $other" >&2
            return 1
        fi
        [ -n "$waited" ] || kw_say "waiting for another package manager: $other"
        sleep 3
    done
    cat "$said"
    return "$answer"
}

# list FILE: of all packages, into the file. An empty one is a mistake, by which everything would be taken for ours.
list() {
    installed >"$1" && [ -s "$1" ]
}

# settle: what came since all that was there was written down is ours.
settle() {
    if [ -s "$before" ]; then
        list "$KW_TMP/now"
        comm -13 "$before" "$KW_TMP/now" >>"$added"
        sync "$added" 2>/dev/null || :
    fi
    rm -f "$before"
}

# bring SECONDS NAME...: from the host's own repositories; what those packages need comes along and is ours too.
bring() {
    seconds=$1
    shift
    mkdir -p "$KW_STATE"
    settle
    remember_times
    list "$KW_TMP/then"
    keep "$before" <"$KW_TMP/then"
    brought=0
    patiently "$seconds" renew || echo 'not all lists of packages could be renewed; those that are here must do' >&2
    patiently "$seconds" install "$@" || brought=$?
    settle
    remember_since
    return "$brought"
}

# take_back SECONDS: what we brought goes, unless others have come to need it.
take_back() {
    settle
    if [ -s "$added" ]; then
        note_times
        list "$KW_TMP/now"
        sort -u "$added" | comm -12 - "$KW_TMP/now" >"$KW_TMP/gone"
        if [ -s "$KW_TMP/gone" ]; then
            # Names of packages have no characters that a shell takes for its own.
            others=$(dependents $(cat "$KW_TMP/gone"))
            if [ -n "$others" ]; then
                echo "these packages need what would be removed: $(echo $others)" >&2
                exit 1
            fi
            patiently "$1" remove $(cat "$KW_TMP/gone")
        fi
        put_times_back
        rm -f "$added"
    fi
}
