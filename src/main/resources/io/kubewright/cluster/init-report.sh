# What a host is, read only: one "kubewright-fact NAME VALUE" a line.
fact() { printf 'kubewright-fact %s %s\n' "$1" "$2"; }
fact hostname "$(cat /proc/sys/kernel/hostname)"
fact system "$(. /etc/os-release 2>/dev/null; printf %s "${PRETTY_NAME:-}")"
fact architecture "$(uname -m)"
fact processors "$(getconf _NPROCESSORS_ONLN)"
fact memory "$(sed -n 's/^MemTotal: *\([0-9]*\) kB$/\1/p' /proc/meminfo)"
ip -o route show default 2>/dev/null | sed -n 's/.* dev \([^ ]*\).*/kubewright-fact default \1/p' | head -n 1
ip -o route show default 2>/dev/null | sed -n 's/.* via \([^ ]*\).*/kubewright-fact gateway \1/p' | head -n 1
ip -o address show scope global 2>/dev/null |
    sed -n 's/^[0-9]*: *\([^ ]*\) *inet6\{0,1\} \([^ ]*\) .*/kubewright-fact address \1 \2/p'
