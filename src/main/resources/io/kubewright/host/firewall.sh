rules=/etc/kubewright/firewall.rules

# base_chains: "family table chain hook policy" of every chain that decides what comes in or is passed on; not those of
# kube-proxy and Calico.
base_chains() {
    list=$(nft list chains)
    printf '%s\n' "$list" | awk '
        $1 == "table" { family = $2; table = $3 }
        $1 == "chain" { chain = $2 }
        $1 == "type" && $2 == "filter" && /hook (input|forward) / && family ~ /^(inet|ip|ip6)$/ {
            if (table == "kube-proxy" || table == "calico") next
            print family, table, chain, ($0 ~ /hook input/ ? "input" : "forward"), ($0 ~ /policy drop/ ? "drop" : "accept")
        }'
}

# ends_closed FAMILY TABLE CHAIN: whether its last rule drops or rejects whatever has come that far.
ends_closed() {
    nft list chain "$@" | awk '
        /^\t\t/ && !/^\t\t(type|policy|comment) / { last = $0 }
        END {
            sub(/^\t+/, "", last)
            while (sub(/^(counter( packets [0-9]+ bytes [0-9]+)?|log( (prefix "[^"]*"|level [a-z]+|flags [a-z]+|group [0-9]+))*) /, "", last)) {}
            exit last !~ /^(drop|reject)( |$)/
        }'
}

# closed_chains: "family table chain hook" of those that let through nothing but what their rules name. Tables of iptables take no
# rules of nft: what is native to nft makes iptables refuse the whole table.
closed_chains() {
    base_chains | while read -r family table chain hook policy; do
        case $family,$table in ip,filter | ip6,filter | inet,firewalld) continue ;; esac
        if [ "$policy" = drop ] || ends_closed "$family" "$table" "$chain"; then echo "$family $table $chain $hook"; fi
    done
}

# rules_for FAMILY HOOK: our rules that a table of this family can hold.
rules_for() {
    case $1 in
        ip) other='ip6 ' ;;
        ip6) other='ip ' ;;
        *) other=none ;;
    esac
    sed -n "s/^$2 //p" "$rules" 2>/dev/null | grep -v "^$other" || :
}

# jumps FAMILY TABLE: "chain handle" of the rules that lead to ours.
jumps() {
    nft -a list table "$1" "$2" | awk '
        $1 == "chain" { chain = $2 }
        / jump kubewright-(input|forward) / || /^\t\tjump kubewright-(input|forward) / { print chain, $NF }'
}

# open_chains: our rules come first in each closed chain, all at once. A packet passes every base chain of its hook, and one
# drop is enough; an accept in a table of our own would change nothing.
open_chains() {
    closed_chains >"$work/closed"
    : >"$work/batch"
    while read -r family table chain hook; do
        ours=kubewright-$hook
        {
            echo "add chain $family $table $ours"
            echo "flush chain $family $table $ours"
            rules_for "$family" "$hook" | sed "s/^/add rule $family $table $ours /"
            jumps "$family" "$table" | sed -n "s/^$chain \([0-9]*\)$/delete rule $family $table $chain handle \1/p"
            echo "insert rule $family $table $chain jump $ours"
        } >>"$work/batch"
    done <"$work/closed"
    nft -f "$work/batch"
}

# close_chains: takes our rules out again.
close_chains() {
    list=$(nft list chains)
    printf '%s\n' "$list" | awk '
        $1 == "table" { table = $2 " " $3 }
        $1 == "chain" && $2 ~ /^kubewright-(input|forward)$/ { print table, $2 }' >"$work/ours"
    : >"$work/batch"
    cut -d ' ' -f 1-2 "$work/ours" | sort -u | while read -r family table; do
        jumps "$family" "$table" | sed "s/^\([^ ]*\) /delete rule $family $table \1 handle /"
    done >>"$work/batch"
    sed 's/^/delete chain /' "$work/ours" >>"$work/batch"
    nft -f "$work/batch"
}

# look: closed chains that lack our rules, and those that are not ours to open.
look() {
    command -v nft >/dev/null || return 0
    closed_chains >"$work/closed"
    while read -r family table chain hook; do
        wanted=$(rules_for "$family" "$hook" | wc -l)
        there=$(nft list chain "$family" "$table" "kubewright-$hook" 2>/dev/null | grep -c ' accept$' || :)
        if [ "$wanted" -eq 0 ] || [ "$wanted" -ne "$there" ] ||
            ! jumps "$family" "$table" | grep -q "^$chain "; then
            echo "closed: $family $table $chain"
        fi
    done <"$work/closed"
    base_chains | while read -r family table chain hook policy; do
        case $family,$table,$hook,$policy in
            ip,filter,input,drop | ip6,filter,input,drop | inet,firewalld,*) echo "closed by another: $family $table $chain" ;;
        esac
    done
}
