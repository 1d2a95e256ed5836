zypper_now() { ZYPP_LOCK_TIMEOUT=0 zypper --non-interactive "$@"; }

# zypper does so by itself, when its lists are old.
renew() { :; }

# 102 asks for a reboot, 103 for another call, 106 tells that a repository was left out: zypper(8), EXIT CODES.
install() {
    ended=0
    zypper_now install --no-recommends "$@" || ended=$?
    case $ended in 0 | 102 | 103 | 106) ;; *) return "$ended" ;; esac
}

remove() { zypper_now --no-refresh remove --no-clean-deps "$@"; }

# "System management is locked by the application with pid 30 (zypper)."
holder() {
    taken=$(sed -n 's/^System management is locked by the application with pid \([0-9]* (.*)\)\.$/\1/p' "$said" | tail -n 1)
    if [ -n "$taken" ]; then
        echo "Could not get zypper's lock. It is held by process $taken"
    else
        rpm_holder
    fi
}
