# nft_rules: the tables that decide what comes in or is passed on, without the chains of Kubernetes in them.
nft_rules() {
    command -v nft >/dev/null || return 0
    base_chains | cut -d ' ' -f 1-2 | sort -u | while read -r family table; do
        nft -s list table "$family" "$table" 2>/dev/null | awk '
            /^\tchain (KUBE-|cali-)/ { theirs = 1 }
            !theirs
            /^\t}/ { theirs = 0 }'
    done
}

ufw_rules() {
    sed -n 's/^DEFAULT_\(INPUT\|FORWARD\)_POLICY="*\([A-Z]*\)"*$/default \1 \2/p' /etc/default/ufw |
        sed 's/INPUT/input/; s/FORWARD/forward/'
    sed -n 's/^### tuple ### /tuple /p' /etc/ufw/user.rules /etc/ufw/user6.rules
}

firewalld_rules() {
    echo "default zone $(firewall-cmd --get-default-zone)"
    firewall-cmd --list-all-zones >"$work/zones"
    sed -n 's/^  services: //p' "$work/zones" | tr ' ' '\n' | sort -u | while read -r service; do
        if [ -n "$service" ]; then
            echo "service $service $(firewall-cmd --info-service="$service" | sed -n 's/^  ports: //p')"
        fi
    done
    cat "$work/zones"
}
