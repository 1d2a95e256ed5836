# Times of directories: first, before our first package; since, after the last one; and which of them nobody else changed.
first=$KW_STATE/packages.times
names=$KW_STATE/packages.names
since=$KW_STATE/packages.times.since
unchanged=$KW_STATE/packages.times.unchanged
trees='/etc /usr/local /opt'

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

# apt SECONDS ARGUMENT...: as apt-get; waits that long for another one, and says for which.
apt() {
    patience=$1
    shift
    if apt_now 0 "$@"; then return 0; fi
    other=$(holder)
    [ -n "$other" ] || return 1
    kw_say "waiting for another package manager: $other"
    if apt_now "$patience" "$@"; then return 0; fi
    other=$(holder)
    [ -z "$other" ] || echo "another package manager did not end within $patience s; no package was changed. $other" >&2
    return 1
}

# apt_now SECONDS ARGUMENT...
apt_now() {
    seconds=$1
    shift
    answer=0
    DEBIAN_FRONTEND=noninteractive apt-get -q -y -o "DPkg::Lock::Timeout=$seconds" -o Dpkg::Use-Pty=0 "$@" \
        >"$KW_TMP/apt" 2>&1 || answer=$?
    # What it says each second while it waits.
    grep -v '^Waiting for cache lock' "$KW_TMP/apt" || :
    return "$answer"
}

# holder: who holds the lock that apt-get failed for, in its words.
holder() {
    if grep -q '^E: Unable to \(acquire\|lock\) ' "$KW_TMP/apt"; then
        sed -n 's/^\(E: \|Waiting for cache lock: \)\(Could not get lock .*[^.]\)\.*$/\2/p' "$KW_TMP/apt" | tail -n 1
    fi
}
