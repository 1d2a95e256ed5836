# In the tree of packages-by-managers.sh.
LC_ALL=C
export LC_ALL
unset SUDO_USER || :

# --- packages ---

rpm_of() { # NAME LINE-OF-THE-SPEC...
    name=$1
    shift
    {
        printf 'Name: %s\nVersion: 1\nRelease: 1\nSummary: x\nLicense: MIT\nBuildArch: noarch\n' "$name"
        for line; do echo "$line"; done
        printf '%%description\nx\n%%files\n%s\n' "${post:-}"
    } >"/tmp/$name.spec"
    rpmbuild -bb --quiet --define '_rpmdir /srv/rpms' --define '_topdir /tmp/build' "/tmp/$name.spec" >/tmp/log 2>&1 || {
        cat /tmp/log
        exit 1
    }
}

deb_of() { # NAME LINE-OF-CONTROL...
    name=$1
    shift
    rm -rf /tmp/deb
    mkdir -p /tmp/deb/DEBIAN
    {
        printf 'Package: %s\nVersion: 99\nArchitecture: all\nMaintainer: x <x@localhost>\nDescription: x\n' "$name"
        for line; do echo "$line"; done
    } >/tmp/deb/DEBIAN/control
    if [ -n "${post:-}" ]; then
        printf '#!/bin/sh\n%s\n' "$post" >/tmp/deb/DEBIAN/postinst
        chmod 755 /tmp/deb/DEBIAN/postinst
    fi
    dpkg-deb -b /tmp/deb "/srv/debs/$name.deb" >/dev/null
    {
        cat /tmp/deb/DEBIAN/control
        printf 'Filename: ./%s.deb\nSize: %s\nSHA256: %s\n\n' "$name" "$(stat -c %s "/srv/debs/$name.deb")" \
            "$(sha256sum "/srv/debs/$name.deb" | cut -d' ' -f1)"
    } >>/srv/debs/Packages
}

if [ ! -e /srv/made ]; then
    mkdir -p /tmp/build /srv/rpms /srv/debs
    for each in sh:/bin/sh conntrack-lib ethtool-extras; do
        rpm_of "${each%%:*}" "Provides: ${each#*:}"
        deb_of "kw-${each%%:*}"
    done
    rpm_of conntrack-tools 'Requires: conntrack-lib'
    rpm_of iptables-nft 'Provides: iptables = 1'
    rpm_of ethtool 'Recommends: ethtool-extras'
    rpm_of socat
    rpm_of kubelet 'Requires: socat'
    deb_of kw-conntrack 'Depends: kw-conntrack-lib'
    deb_of kw-iptables
    deb_of kw-ethtool 'Recommends: kw-ethtool-extras'
    deb_of kw-socat
    deb_of kw-kubelet 'Depends: kw-socat'
    post='%post
sleep 12' rpm_of slow
    post='sleep 12' deb_of kw-slow
    createrepo_c -q /srv/rpms
    mkdir -p /etc/yum.repos.d /etc/zypp/repos.d
    printf '[local]\nname=local\nbaseurl=file:///srv/rpms\nenabled=1\ngpgcheck=0\n' >/etc/yum.repos.d/local.repo
    printf '[local]\nname=local\nbaseurl=dir:///srv/rpms\ntype=rpm-md\nenabled=1\ngpgcheck=0\n' >/etc/zypp/repos.d/local.repo
    rm -f /etc/apt/sources.list /var/lib/apt/lists/*_*
    echo 'deb [trusted=yes] file:/srv/debs ./' >/etc/apt/sources.list.d/local.list
    rm -rf /var/cache/zypp/* /var/cache/dnf/*
    : >/srv/made
fi

# --- the product's fragments ---

fragment() { # MANAGER TEXT: as the product runs it; what it says to the operator in /tmp/told.
    files=/functions/packages.sh
    case $1 in
        apt) files="$files /functions/packages-apt.sh" ;;
        *) files="$files /functions/packages-rpm.sh /functions/packages-$1.sh" ;;
    esac
    {
        cat /functions/prelude.sh
        echo 'KW_MARK=m KW_RUN=r KW_STEP=test KW_TMP=/tmp/kw; mkdir -p $KW_TMP; exec 3>/tmp/frames'
        echo '(set -eu'
        # shellcheck disable=SC2086
        cat $files
        echo "$2"
        echo ')'
    } >/tmp/script
    answer=0
    sh /tmp/script </dev/null >/tmp/out 2>/tmp/errors || answer=$?
    sed -n 's/^@m line test //p' /tmp/frames | base64 -d >/tmp/told 2>/dev/null || :
    return "$answer"
}

there() { # names of all packages
    case $1 in
        apt) dpkg-query -W -f '${Package}\n' | sort ;;
        *) rpm -qa --qf '%{NAME}\n' | sort ;;
    esac
}

expect() { # WHAT TEST...
    what=$1
    shift
    if "$@"; then
        echo "ok   $manager: $what"
    else
        echo "FAIL $manager: $what"
        echo '--- output'
        cat /tmp/out
        echo '--- errors'
        cat /tmp/errors
        echo '--- told'
        cat /tmp/told
        failed=yes
    fi
}

has() { grep -q -- "$1" "$2"; }
same() { there "$manager" | cmp -s "$1" -; }
holds() { for each; do there "$manager" | grep -qx "$each" || return 1; done; }
lacks() { for each; do if there "$manager" | grep -qx "$each"; then return 1; fi; done; }

failed=
for manager in ${MANAGERS:-dnf zypper apt}; do
    kw=
    conntrack=conntrack-tools
    case $manager in
        dnf) slow='dnf -y -q install slow' ;;
        zypper) slow='zypper --non-interactive install slow' ;;
        apt)
            kw=kw-
            conntrack=kw-conntrack
            slow='apt-get -q -y install kw-slow'
            apt-get -q update >/dev/null 2>&1
            ;;
    esac
    case $manager in
        apt) apt-get -q -y purge 'kw-*' >/tmp/log 2>&1 || : ;;
        *)
            # shellcheck disable=SC2046
            [ -z "$(rpm -qa)" ] || rpm -e $(rpm -qa --qf '%{NAME}\n')
            rpm -i --nodeps /srv/rpms/noarch/sh-1-1.noarch.rpm
            ;;
    esac
    rm -rf /var/lib/kubewright
    there "$manager" >/tmp/first

    fragment "$manager" "bring 60 $conntrack ${kw}iptables ${kw}ethtool" && answer=0 || answer=$?
    expect 'brings what is asked for' [ "$answer" -eq 0 ]
    if [ "$manager" = apt ]; then
        expect 'with what it needs' holds kw-conntrack kw-conntrack-lib kw-iptables kw-ethtool
    else
        expect 'with what it needs, and what provides it' holds conntrack-tools conntrack-lib iptables-nft ethtool
    fi
    expect 'and nothing that is only recommended' lacks "${kw}ethtool-extras"
    expect 'which is written down' has conntrack-lib /var/lib/kubewright/packages.added

    fragment "$manager" 'bring 60 kw-nowhere' && answer=0 || answer=$?
    expect 'fails for what no repository has' [ "$answer" -ne 0 ]
    expect 'and names it' has kw-nowhere /tmp/out

    $slow >/tmp/slow 2>&1 &
    sleep 5
    fragment "$manager" "bring 3 ${kw}socat" && answer=0 || answer=$?
    expect 'gives up after its time' [ "$answer" -ne 0 ]
    expect 'and names the holder' has 'did not end within 3 s; no package was changed. .*held by process [0-9]* (' /tmp/errors
    expect 'and has changed nothing' lacks "${kw}socat"
    fragment "$manager" "bring 60 ${kw}socat" && answer=0 || answer=$?
    expect 'waits for another one to end' [ "$answer" -eq 0 ]
    expect 'and says for which' has 'waiting for another package manager: .*held by process [0-9]* (' /tmp/told
    cat /tmp/told
    echo
    expect 'and has what it waited for' holds "${kw}socat"
    wait
    if [ "$manager" != apt ]; then
        rpm -e slow socat || :
        rpm -i /srv/rpms/noarch/slow-1-1.noarch.rpm &
        sleep 3
        fragment "$manager" 'bring 60 socat' && answer=0 || answer=$?
        expect 'waits for rpm itself' [ "$answer" -eq 0 ]
        expect 'and names it' has 'waiting for another package manager: Could not get lock .*held by process [0-9]* (rpm)' /tmp/told
        wait
    else
        # As apt-get update holds it.
        perl -e 'use Fcntl; open F, ">>", "/var/lib/apt/lists/lock"; $lock = pack("s s x4 q q i x4", F_WRLCK, 0, 0, 0, 0); fcntl F, F_SETLK, $lock or die; sleep 8' &
        sleep 1
        apt-get -q -y purge kw-socat >/tmp/log 2>&1
        fragment apt 'bring 60 kw-socat' && answer=0 || answer=$?
        expect 'waits for the lists' [ "$answer" -eq 0 ]
        expect 'and names who has them' has 'waiting for another package manager: Could not get lock /var/lib/apt/lists/lock. It is held by process [0-9]* (perl)' /tmp/told
        wait
    fi

    case $manager in
        apt) apt-get -q -y install kw-kubelet >/tmp/log 2>&1 ;;
        *) rpm -i /srv/rpms/noarch/kubelet-1-1.noarch.rpm ;;
    esac
    there "$manager" >/tmp/full
    fragment "$manager" 'take_back 60' && answer=0 || answer=$?
    expect 'removes nothing that others need by now' same /tmp/full
    expect 'and names them' has "these packages need what would be removed: ${kw}kubelet" /tmp/errors
    case $manager in
        apt) apt-get -q -y purge kw-kubelet kw-slow >/tmp/log 2>&1 || : ;;
        *) rpm -e kubelet slow || : ;;
    esac
    fragment "$manager" 'take_back 60' && answer=0 || answer=$?
    expect 'takes back' [ "$answer" -eq 0 ]
    expect 'all that came, and nothing else' same /tmp/first
    fragment "$manager" 'take_back 60' && answer=0 || answer=$?
    expect 'once more does nothing' [ "$answer" -eq 0 ]

    # Killed between the package manager and our own note of what it brought.
    fragment "$manager" "mkdir -p \$KW_STATE; list \$KW_TMP/then; keep \$before <\$KW_TMP/then; install $conntrack"
    expect 'brought, and not written down' holds "${kw}conntrack-lib"
    fragment "$manager" 'take_back 60' && answer=0 || answer=$?
    expect 'after a kill, all goes all the same' same /tmp/first
done
[ -z "$failed" ]
