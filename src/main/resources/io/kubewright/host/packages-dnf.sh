# dnf 4 waits for ever unless told not to; dnf 5 does not wait.
dnf_now() {
    case $(readlink -f "$(command -v dnf)") in *dnf5) ;; *) set -- --setopt=exit_on_lock=True "$@" ;; esac
    dnf -y --setopt=install_weak_deps=False "$@"
}

# dnf does so by itself, when its lists are old.
renew() { :; }

install() { dnf_now install "$@"; }

remove() { dnf_now --setopt=clean_requirements_on_remove=False remove "$@"; }

# dnf 4 says "RPMDB already locked by 7" and "The application with PID 7 is: dnf", dnf 5 "Failed to obtain rpm transaction lock."
holder() {
    taken=$(sed -n 's/.* already locked by \([0-9]*\)$/\1/p; s/.*\(Failed to obtain rpm transaction lock\).*/\1/p' "$said" | tail -n 1)
    program=$(sed -n 's/.* application with PID [0-9]* is: //p' "$said" | tail -n 1)
    case $taken in
        '') rpm_holder ;;
        [0-9]*) echo "Could not get dnf's lock. It is held by process $taken${program:+ ($program)}" ;;
        *) echo "$taken" ;;
    esac
}
