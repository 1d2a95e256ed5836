# Rules told to ufw one by one. Each is a tuple, as ufw keeps them; ours have this comment.
ours=comment=6b756265777269676874

# look TUPLE...: our rules; "theirs: " those of others for one of these packets, which ufw lets nobody say twice; "ahead: CLOSES |
# TUPLE" where a rule of others that closes something stands ahead of one of ours or of these. Rules against single strangers, as
# fail2ban makes them, are left out: they come and go.
look() {
    printf '%s\n' "$@" >"$work/wanted"
    case $(ufw status) in "Status: active"*) ;; *) echo 'state: not at work' ;; esac
    if ! grep -qsi '^IPV6="*yes' /etc/default/ufw; then echo 'state: without IPv6'; fi
    for file in /etc/ufw/user.rules /etc/ufw/user6.rules; do
        awk -v ours=" $ours\$" '
            function kind() { return $1 ~ /^route:/ ? "route" : "input" }
            function packets() {
                line = $0
                sub(/(allow|deny|reject|limit)(_log(-all)?)? /, " ", line)
                return line
            }
            FNR == NR { wanted[packets()] = 1; from[$6] = 1; next }
            !sub(/^### tuple ### /, "") { next }
            {
                own = sub(ours, "")
                sub(/ comment=[0-9a-f]*$/, "")
            }
            $NF ~ /^out/ { next }
            own || packets() in wanted {
                if (!own) sub(/_log(-all)? /, " ")
                print (own ? "" : "theirs: ") $0
                for (i = 1; i <= count[kind()]; i++) print "ahead: " closing[kind(), i] " | " $0
                next
            }
            $1 !~ /allow/ && ($6 ~ /\// || $6 in from) { closing[kind(), ++count[kind()]] = $0 }' \
            "$work/wanted" "$file"
    done
    if command -v nft >/dev/null; then closed_chains | sed 's/ [a-z]*$//; s/^/beside: /'; fi
}

# tell prepend|delete TUPLE: in the words of ufw's command.
tell() {
    verb=$1
    read -r action protocol port to _ from _ <<TUPLE
$2
TUPLE
    word=${action#route:}
    set -- "$verb" "${word%%_*}"
    case $word in *_*) set -- "$@" "${word#*_}" ;; esac
    if [ "$protocol" != any ]; then set -- "$@" proto "$protocol"; fi
    set -- "$@" from "$from" to "$to"
    if [ "$port" != any ]; then set -- "$@" port "$port"; fi
    case $action in route:*) set -- route "$@" ;; esac
    ufw "$@" comment kubewright
}

# mine: the tuples with our comment.
mine() { sed -n "s/^### tuple ### \(.*\) $ours\$/\1/p" /etc/ufw/user.rules /etc/ufw/user6.rules; }

# close_all: takes away what is ours. A ufw that is not at work complains when it has already done so.
close_all() {
    mine >"$work/mine"
    while read -r tuple; do tell delete "$tuple" || :; done <"$work/mine"
    [ -z "$(mine)" ]
}
