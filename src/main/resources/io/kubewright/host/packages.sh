times=$KW_STATE/packages.times
names=$KW_STATE/packages.names
trees='/etc /usr/local /opt'

# look_at_trees TIMES NAMES: when something last came or went in each directory, and what is in it.
look_at_trees() {
    find $trees -xdev -type d -printf '%T@ %p\n' | sort >"$1"
    find $trees -xdev -mindepth 1 -printf '%h %f\n' | sort >"$2"
}

# remember_times: the first time wins.
remember_times() {
    [ ! -e "$times" ] || return 0
    mkdir -p "$KW_STATE"
    look_at_trees "$times.new" "$names"
    mv "$times.new" "$times"
}

# put_times_back: a directory in which the same is as then looks as old as then.
put_times_back() {
    [ -e "$times" ] || return 0
    look_at_trees "$KW_TMP/times" "$KW_TMP/names"
    comm -3 "$names" "$KW_TMP/names" | sed 's/^\t//; s/ [^ ]*$//' | sort -u >"$KW_TMP/differ"
    comm -23 "$times" "$KW_TMP/times" | while read -r time directory; do
        if [ -d "$directory" ] && ! grep -qxF "$directory" "$KW_TMP/differ"; then touch -m -d "@$time" "$directory"; fi
    done
    rm -f "$times" "$names"
}
