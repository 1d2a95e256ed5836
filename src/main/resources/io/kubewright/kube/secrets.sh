# secrets: one line for each Secret in etcd, its key in base64 and "encrypted" or "readable". Values go through a pipe of this
# host and no further. A sync exec ends at 16 MiB, so pages that come cut off are asked for again in smaller ones.
secrets() {
    from=/registry/secrets/
    limit=50
    while :; do
        page=$(ask --endpoints https://127.0.0.1:2379 get "$from" /registry/secrets0 --limit "$limit" --write-out json |
            tr '{' '\n' | awk '
                match($0, /"key":"[^"]*"/) {
                    key = substr($0, RSTART + 7, RLENGTH - 8)
                    # "k8s:enc:" is what all of the API server'"'"'s providers but identity begin with.
                    print key, match($0, /"value":"azhzOmVuYz[opqr]/) ? "encrypted" : "readable"
                }
                # crictl ends what it hands on with empty lines.
                NF { last = $0 }
                END { if (last ~ /("count":[0-9]+|})}$/) print "whole", (last ~ /"more":true/) ? "more" : "end" }')
        case $page in
        *"whole more" | *"whole end") ;;
        *)
            if [ "$limit" -le 1 ]; then
                echo 'etcd does not list its Secrets' >&2
                return 1
            fi
            limit=$((limit / 7))
            if [ "$limit" -lt 1 ]; then limit=1; fi
            continue
            ;;
        esac
        printf '%s\n' "$page" | sed '$d'
        case $page in *"whole end") return 0 ;; esac
        # The next page begins after the last key. No name holds a character below or equal to "!".
        from=$(printf '%s\n' "$page" | sed '$d' | tail -n 1 | cut -d ' ' -f 1 | base64 -d)!
    done
}
