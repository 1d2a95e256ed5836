installed() {
    dpkg-query -W -f '${db:Status-Status} ${Package}\n' >"$KW_TMP/all" || return 1
    sed -n '/^not-installed /d; /^config-files /d; s/^[^ ]* //p' "$KW_TMP/all" | sort -u
}

apt_get() {
    DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=0 -o Dpkg::Use-Pty=0 \
        -o Dpkg::Options::=--force-confdef -o Dpkg::Options::=--force-confold "$@"
}

renew() { apt_get update; }

install() { apt_get --no-install-recommends install "$@"; }

# install_files FILE...: from nowhere else. apt's own user may not read where they lie.
install_files() {
    install -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts=/dev/null -o APT::Sandbox::User=root "$@"
}

remove() { apt_get purge "$@"; }

# In its words, such as "Could not get lock /var/lib/dpkg/lock-frontend. It is held by process 7 (apt)".
holder() {
    if grep -q '^E: Unable to \(acquire\|lock\) ' "$said"; then
        sed -n 's/^E: \(Could not get lock .*[^.]\)\.*$/\1/p' "$said" | tail -n 1
    fi
}

dependents() {
    apt-get -s purge "$@" | sed -n 's/^\(Purg\|Remv\) \([^ ]*\) .*/\2/p' | while read -r name; do
        case " $* " in *" ${name%%:*} "*) ;; *) echo "$name" ;; esac
    done
}
