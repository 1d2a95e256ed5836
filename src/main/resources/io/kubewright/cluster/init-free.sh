# Which of the addresses in $candidates nobody holds. A datagram makes the kernel ask for each by ARP or NDP, and its
# neighbour table says who answered; a host cannot keep silent there as it can to ping.
command -v bash >/dev/null && command -v ip >/dev/null || exit 3
for address in $candidates; do
    bash -c 'printf x >"/dev/udp/$1/9"' - "$address" 2>/dev/null || :
done
sleep 2
for address in $candidates; do
    if ! ip neigh show to "$address" | grep -q lladdr; then
        printf 'kubewright-fact free %s\n' "$address"
    fi
done
