# The functions that every script of Kubewright brings along. POSIX sh; needs coreutils, util-linux (flock).
# KW_MARK, KW_RUN and KW_PLAN are set before this text. Descriptor 3 is the operator's end.

KW_STATE=/var/lib/kubewright
KW_BLOBS=$KW_STATE/blobs
LC_ALL=C
export LC_ALL
umask 022
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH
# kubeadm would hand on proxies of this login to every pod of the control plane and to kube-proxy.
for kw_name in $(env | sed -n 's/^\([A-Za-z_]*_[Pp][Rr][Oo][Xx][Yy]\)=.*/\1/p'); do unset "$kw_name"; done

# kw_frame WORD...: one line for the operator. Fails when nobody listens any more.
kw_frame() { printf '@%s %s\n' "$KW_MARK" "$*" >&3 2>/dev/null; }

# kw_encode FILE: its content as one word, "-" when empty.
kw_encode() {
    if [ -s "$1" ]; then base64 <"$1" | tr -d '\n'; else printf '%s' -; fi
}

kw_say() {
    printf '%s' "$*" >"$KW_TMP/say"
    kw_frame line "${KW_STEP:--}" "$(kw_encode "$KW_TMP/say")" || :
}

kw_sha256() {
    if [ -e "$1" ]; then sha256sum <"$1" | cut -d' ' -f1; else echo absent; fi
}

# kw_output NAME <value: hands a value to later steps of this run; it stays in the operator's memory.
kw_output() {
    (umask 077 && cat >"$KW_TMP/output")
    kw_frame output "$KW_STEP" "$1" "$(kw_encode "$KW_TMP/output")" || :
    rm -f "$KW_TMP/output"
}

# kw_uptime: seconds by a clock that nobody sets.
kw_uptime() { cut -d. -f1 /proc/uptime; }

# kw_wait SECONDS COMMAND...: until it succeeds.
kw_wait() {
    kw_until=$(($(kw_uptime) + $1))
    shift
    until "$@" >"$KW_TMP/waited" 2>&1; do
        if [ "$(kw_uptime)" -ge "$kw_until" ]; then
            echo "waited in vain for: $*" >&2
            tail -n 5 "$KW_TMP/waited" >&2
            return 1
        fi
        sleep 0.5
    done
}

kw_original() { printf '%s/originals/%s' "$KW_STATE" "$(printf '%s' "$1" | sed 's/=/=e/g; s,/,=s,g')"; }

# kw_above PATH: the nearest directory above it that is there.
kw_above() {
    kw_dir=$(dirname "$1")
    while [ ! -d "$kw_dir" ]; do kw_dir=$(dirname "$kw_dir"); done
    printf '%s' "$kw_dir"
}

# kw_stamp DIRECTORY: keeps when something last came or went in it, and what was in it. The first time wins.
kw_stamp() {
    kw_held=$(kw_original "$1").stamp
    if [ ! -e "$kw_held" ]; then
        mkdir -p "$KW_STATE/originals"
        chmod 700 "$KW_STATE" "$KW_STATE/originals"
        { stat -c %.9Y "$1" && ls -A "$1"; } >"$kw_held.new"
        sync "$kw_held.new" 2>/dev/null || :
        mv "$kw_held.new" "$kw_held"
    fi
}

# kw_unstamp DIRECTORY: what is in it is what was in it before, so it looks as old as it did. With our last file in it the
# stamp goes: what others do there from now on is theirs.
kw_unstamp() {
    kw_held=$(kw_original "$1").stamp
    [ -s "$kw_held" ] || return 0
    if [ -d "$1" ] && [ "$(ls -A "$1")" = "$(tail -n +2 "$kw_held")" ]; then
        touch -m -d "@$(head -n 1 "$kw_held")" "$1"
    fi
    for kw_other in "$(kw_original "$1")"=s*; do
        case $kw_other in
            *.stamp) ;;
            *) if [ -e "$kw_other" ] || [ -L "$kw_other" ]; then return 0; fi ;;
        esac
    done
    rm -f "$kw_held"
}

# kw_save PATH: keeps the file as it is now, or the fact that there is none. The first original wins.
kw_save() {
    kw_kept=$(kw_original "$1")
    if [ -e "$kw_kept" ] || [ -L "$kw_kept" ] || [ -e "$kw_kept.absent" ]; then return 0; fi
    kw_stamp "$(kw_above "$1")"
    if [ -e "$1" ] || [ -L "$1" ]; then
        cp -a "$1" "$kw_kept.new"
        sync "$kw_kept.new" 2>/dev/null || :
        mv "$kw_kept.new" "$kw_kept"
    else
        : >"$kw_kept.absent"
    fi
    sync "$KW_STATE/originals" 2>/dev/null || :
}

# kw_beside PATH: a name in the same directory. It begins with a dot, because the kubelet takes every other file of its
# manifests directory for a pod, also one that is being written.
kw_beside() { printf '%s/.%s.kw-new' "$(dirname "$1")" "$(basename "$1")"; }

# kw_children DIRECTORY: what is in it; a fresh file system's lost+found does not count.
kw_children() { find "$1" -mindepth 1 -maxdepth 1 ! -name lost+found; }

# kw_claim DIRECTORY: when it is not there yet, or empty (a disk of its own, perhaps), all that will come into it is ours,
# and kw_restore takes it away.
kw_claim() {
    kw_kept=$(kw_original "$1")
    if [ -e "$kw_kept.empty" ] || [ -L "$1" ]; then
        return 0
    elif [ ! -e "$1" ]; then
        kw_save "$1"
    elif [ -d "$1" ] && [ -z "$(kw_children "$1")" ]; then
        kw_stamp "$1"
        stat -c '%a %u:%g' "$1" >"$kw_kept.empty"
    fi
}

# kw_missing PATH: writes down which of the directories above it are not there, so that kw_forsake may remove them.
kw_missing() {
    kw_parent=$(dirname "$1")
    while [ ! -d "$kw_parent" ]; do
        mkdir -p "$KW_STATE"
        echo "$kw_parent" >>"$KW_STATE/directories"
        kw_parent=$(dirname "$kw_parent")
    done
}

# kw_forsake PATH: removes the directories above it that were missing once and that nobody uses any more.
kw_forsake() {
    kw_parent=$(dirname "$1")
    while grep -qsxF "$kw_parent" "$KW_STATE/directories" && { [ ! -d "$kw_parent" ] || rmdir "$kw_parent" 2>/dev/null; }; do
        grep -vxF "$kw_parent" "$KW_STATE/directories" >"$KW_STATE/directories.new" || :
        mv "$KW_STATE/directories.new" "$KW_STATE/directories"
        kw_parent=$(dirname "$kw_parent")
    done
}

# kw_mounts PATH: what is mounted on it and beneath it, the innermost first; wherever links on the way lead.
kw_mounts() {
    [ -e "$1" ] || return 0
    awk -v top="$(readlink -f "$1")" '$5 == top || index($5, top "/") == 1 { print $5 }' /proc/self/mountinfo | sort -r
}

# kw_remove PATH: with all that is in it. What is mounted there is unmounted first, or nothing is removed: behind a mount
# lies what is somebody else's.
kw_remove() {
    if [ -d "$1" ] && [ ! -L "$1" ]; then
        for kw_mount in $(kw_mounts "$1"); do umount "$kw_mount" 2>/dev/null || umount -l "$kw_mount" || :; done
        if [ -n "$(kw_mounts "$1")" ]; then
            echo "still mounted, so $1 is not removed: $(kw_mounts "$1" | tr '\n' ' ')" >&2
            return 1
        fi
    fi
    rm -rf "$1"
}

# kw_restore PATH: puts the first original back, or removes what was not there.
kw_restore() {
    kw_kept=$(kw_original "$1")
    if [ -e "$kw_kept.absent" ]; then
        kw_remove "$1" || return 1
        rm -f "$kw_kept.absent"
        kw_forsake "$1"
        kw_unstamp "$(kw_above "$1")"
    elif [ -e "$kw_kept.empty" ] && [ ! -d "$1" ]; then
        rm -f "$kw_kept.empty"
    elif [ -e "$kw_kept.empty" ]; then
        kw_children "$1" >"$KW_TMP/children"
        while read -r kw_child; do kw_remove "$kw_child" || return 1; done <"$KW_TMP/children"
        if read -r kw_mode kw_owner <"$kw_kept.empty"; then
            chmod "$kw_mode" "$1"
            chown "$kw_owner" "$1"
        fi
        rm -f "$kw_kept.empty"
        kw_unstamp "$1"
    elif [ -e "$kw_kept" ] || [ -L "$kw_kept" ]; then
        kw_new=$(kw_beside "$1")
        rm -rf "$kw_new"
        cp -a "$kw_kept" "$kw_new"
        rm -rf "$1"
        mv "$kw_new" "$1"
        rm -rf "$kw_kept"
        kw_unstamp "$(kw_above "$1")"
    fi
}

# kw_label PATH DIRECTORY: for SELinux, the types that its policy has for the path and for what is between it and the directory.
# What is made in a directory gets that one's type, which is not always the right one; what is moved there brings its own along.
kw_label() {
    command -v restorecon >/dev/null || return 0
    kw_labelled=$1
    while [ "$kw_labelled" != "$2" ]; do
        restorecon -F "$kw_labelled" || :
        kw_labelled=$(dirname "$kw_labelled")
    done
}

# kw_put PATH MODE [OWNER] <content: written whole or not at all.
kw_put() {
    kw_save "$1"
    kw_missing "$1"
    kw_there=$(kw_above "$1")
    mkdir -p "$(dirname "$1")"
    kw_new=$(kw_beside "$1")
    (umask 077 && cat >"$kw_new")
    chmod "$2" "$kw_new"
    chown "${3:-root:root}" "$kw_new"
    sync "$kw_new" 2>/dev/null || :
    mv -f "$kw_new" "$1"
    kw_label "$1" "$kw_there"
}

# --- the engine's own ---

kw_begin_script() {
    KW_TMP=$(mktemp -d /run/kubewright.XXXXXX) || exit 70
    trap 'rm -rf "$KW_TMP"' EXIT
    # Without these a script whose connection is cut would leave its directory behind.
    trap 'exit 129' HUP
    trap 'exit 141' PIPE
}

# The shell ignores "set -e" in whatever runs as a condition, subshells included. So nothing that runs a fragment may
# stand in a condition: these functions leave their result in a variable, and return 0.

# kw_look FUNCTION: runs a probe; its text is in $KW_TMP/seen, the hash of it in KW_SEEN, its status in kw_status.
kw_look() {
    (
        set -eu
        "$1"
    ) >"$KW_TMP/seen" 2>"$KW_TMP/seen.err" 3>&- 8>&- </dev/null
    kw_status=$?
    KW_SEEN=$(sha256sum <"$KW_TMP/seen" | cut -d' ' -f1)
}

# kw_observe STEP FUNCTION
kw_observe() {
    kw_look "$2"
    if [ "$kw_status" -eq 0 ]; then
        kw_frame seen "$1" "$(kw_encode "$KW_TMP/seen")"
    else
        kw_frame blind "$1" "$kw_status" "$(kw_encode "$KW_TMP/seen.err")"
    fi
}

kw_note() {
    # Gone when the last step of a reset took our records away.
    [ -d "$KW_STATE" ] || return 0
    printf '%s %s %s %s %s\n' "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$KW_RUN" "$KW_PLAN" "$1" "$2" >>"$KW_STATE/journal"
    sync "$KW_STATE/journal" 2>/dev/null || :
}

kw_lock() {
    mkdir -p "$KW_STATE" || exit 73
    chmod 700 "$KW_STATE"
    exec 8>>"$KW_STATE/lock"
    if ! flock -n 8; then
        kw_say "waiting for the script of run $(cat "$KW_STATE/lock.owner" 2>/dev/null) to end"
        if ! flock -w "$1" 8; then
            cat "$KW_STATE/lock.owner" >"$KW_TMP/owner" 2>/dev/null
            kw_frame locked "$(kw_encode "$KW_TMP/owner")"
            exit 75
        fi
    fi
    echo "$KW_RUN pid $$" >"$KW_STATE/lock.owner"
}

# kw_record STEM: writes down beside the step what takes it back, whole or not at all; fails when it cannot.
kw_record() {
    mkdir -p "$kw_kept" || return 1
    if [ ! -e "$kw_kept/order" ]; then
        cp "$KW_TMP/seen" "$kw_kept/before" || return 1
        "$1_probe_text" | sha256sum | cut -d' ' -f1 >"$kw_kept/before.probe" || return 1
        # Counted: a clock may be set back between two steps.
        echo $(($(cat "$KW_STATE"/steps/*/order 2>/dev/null | sort -n | tail -n 1) + 1)) >"$kw_kept/order.new" || return 1
        mv "$kw_kept/order.new" "$kw_kept/order" || return 1
    fi
    for kw_text in probe undo needs; do
        case $kw_text in needs) kw_name=needs ;; *) kw_name=$kw_text.sh ;; esac
        "$1_${kw_text}_text" >"$kw_kept/$kw_name.new" || return 1
        sync "$kw_kept/$kw_name.new" 2>/dev/null || :
        mv "$kw_kept/$kw_name.new" "$kw_kept/$kw_name" || return 1
    done
    rm -f "$kw_kept/undone"
    sync "$kw_kept"/* 2>/dev/null || :
    echo "$KW_RUN $KW_PLAN" >"$kw_kept/begun" || return 1
    sync "$kw_kept/begun" "$kw_kept" 2>/dev/null || :
}

# kw_run STEP STEM: runs STEM_apply and tells when it fails; its status in kw_status.
kw_run() {
    (
        set -eu
        "$2_apply"
    ) >"$KW_TMP/log" 2>&1 8>&- </dev/null
    kw_status=$?
    tail -c 8000 "$KW_TMP/log" >"$KW_TMP/log.tail"
    if [ "$kw_status" -ne 0 ]; then
        kw_note "$1" failed
        kw_frame failed "$1" apply "$kw_status" "$(kw_encode "$KW_TMP/log.tail")"
    fi
}

# kw_look_back FUNCTION: as kw_look, leaving out whether services run.
kw_look_back() {
    kw_look "$1"
    KW_SEEN=$(grep -av '^service ' "$KW_TMP/seen" | sha256sum | cut -d' ' -f1)
}

# kw_take_back STEP PLANNED BEFORE STEM: guards, takes back, confirms, and drops the record of the step. STEM names the
# functions STEM_probe and STEM_apply. BEFORE "-": how it was is not known. Whether a service runs is no reason to stop: it ends
# here, and what was taken back before it may have restarted it. PLANNED and BEFORE are of texts without such lines.
kw_take_back() {
    KW_STEP=$1
    KW_GOES=no
    if [ -e "/run/kubewright.stop.$KW_RUN" ]; then
        kw_frame stopped "$1"
        return 0
    fi
    # With the records themselves all of our directory goes.
    case $1 in
        host/records@*) kw_kept=$KW_STATE ;;
        *) kw_kept=$KW_STATE/steps/$(printf '%s' "$1" | sed 's/@.*//; s,/,=,g') ;;
    esac
    if [ ! -d "$kw_kept" ]; then
        kw_frame skipped "$1"
        KW_GOES=yes
        return 0
    fi
    kw_look_back "$4_probe"
    if [ "$kw_status" -ne 0 ]; then
        kw_frame failed "$1" probe "$kw_status" "$(kw_encode "$KW_TMP/seen.err")"
        return 0
    fi
    if [ "$KW_SEEN" != "$2" ] && [ "$KW_SEEN" != "$3" ]; then
        kw_frame stale "$1" "$(kw_encode "$KW_TMP/seen")"
        return 0
    fi
    kw_frame begin "$1" || return 0
    kw_note "$1" begin-undo
    kw_run "$1" "$4"
    [ "$kw_status" -eq 0 ] || return 0
    kw_look_back "$4_probe"
    # Not changed at all, where it should: a failure, and told; given once more, it is taken to be as far back as it goes.
    if [ "$kw_status" -ne 0 ] || { [ "$KW_SEEN" = "$2" ] && [ "$2" != "$3" ] && [ "$3" != - ] && [ ! -e "$kw_kept/undone" ]; }; then
        if [ "$kw_status" -eq 0 ]; then : >"$kw_kept/undone"; fi
        kw_note "$1" failed
        kw_frame unconfirmed "$1" "$(kw_encode "$KW_TMP/seen")" "$(kw_encode "$KW_TMP/log.tail")"
        return 0
    fi
    if [ "$3" != - ] && [ "$KW_SEEN" != "$3" ]; then
        kw_frame otherwise "$1" "$(kw_encode "$KW_TMP/seen")" || :
    fi
    rm -rf "$kw_kept"
    kw_note "$1" undone
    kw_frame "done" "$1" || return 0
    KW_GOES=yes
}

# kw_quiet SECONDS: waits for a script that acts here, perhaps of a run that was killed: what is seen in its middle is no state
# to plan from. Held to the end of the look.
kw_quiet() {
    [ -e "$KW_STATE/lock" ] || return 0
    exec 8<"$KW_STATE/lock"
    if ! flock -s -n 8; then
        kw_say "waiting for the script of run $(cat "$KW_STATE/lock.owner" 2>/dev/null) to end"
        if ! flock -s -w "$1" 8; then
            cat "$KW_STATE/lock.owner" >"$KW_TMP/owner" 2>/dev/null
            kw_frame locked "$(kw_encode "$KW_TMP/owner")"
            exit 75
        fi
    fi
}

# kw_act STEP PLANNED DESIRED STEM: guards, acts, confirms. STEM names the functions STEM_probe and STEM_apply, and the
# texts STEM_probe_text, STEM_undo_text and STEM_needs_text that are kept beside the result. PLANNED "-": no state of its
# own. KW_GOES is "yes" afterwards when the next step may follow.
kw_act() {
    KW_STEP=$1
    KW_GOES=no
    if [ -e "/run/kubewright.stop.$KW_RUN" ]; then
        kw_frame stopped "$1"
        return 0
    fi
    kw_kept=$KW_STATE/steps/$(printf '%s' "$1" | sed 's/@.*//; s,/,=,g')
    if [ "$2" != - ]; then
        kw_look "$4_probe"
        if [ "$kw_status" -ne 0 ]; then
            kw_frame failed "$1" probe "$kw_status" "$(kw_encode "$KW_TMP/seen.err")"
            return 0
        fi
        if [ "$KW_SEEN" = "$3" ] && grep -qsF " $KW_PLAN $1 done" "$KW_STATE/journal"; then
            kw_frame skipped "$1"
            KW_GOES=yes
            return 0
        fi
        if [ "$KW_SEEN" != "$2" ]; then
            kw_frame stale "$1" "$(kw_encode "$KW_TMP/seen")"
            return 0
        fi
    fi
    # Nobody listens: stop here, in order. The rerun starts from a state that is written down.
    kw_frame begin "$1" || return 0
    kw_note "$1" begin
    if [ "$2" != - ] && ! kw_record "$4" 2>"$KW_TMP/record.err"; then
        kw_note "$1" failed
        kw_frame failed "$1" record 1 "$(kw_encode "$KW_TMP/record.err")"
        return 0
    fi
    kw_run "$1" "$4"
    [ "$kw_status" -eq 0 ] || return 0
    if [ "$2" != - ]; then
        kw_look "$4_probe"
        if [ "$kw_status" -ne 0 ] || [ "$KW_SEEN" != "$3" ]; then
            kw_note "$1" failed
            kw_frame unconfirmed "$1" "$(kw_encode "$KW_TMP/seen")" "$(kw_encode "$KW_TMP/log.tail")"
            return 0
        fi
        cp "$KW_TMP/seen" "$kw_kept/desired.new"
        sync "$kw_kept/desired.new" 2>/dev/null || :
        mv "$kw_kept/desired.new" "$kw_kept/desired"
        rm -f "$kw_kept/begun"
    fi
    kw_note "$1" "done"
    kw_frame "done" "$1" || return 0
    KW_GOES=yes
}
