package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sort"
	"syscall"
	"time"
)

// A flow counts the UDP datagrams of one port seen on one link, in one direction, to or from one address.
type flow struct {
	Link      string `json:"link"`
	Direction string `json:"direction"` // in or out
	Peer      string `json:"peer"`
	Count     int    `json:"count"`
	Token     int    `json:"token"` // of these, how many hold the token
}

// wire looks at the links of this host for UDP datagrams to a port until its time is over or it gets SIGTERM, then prints
// what it saw, one flow a line. It prints a line with the event "watching" when it has begun.
func wire(flags *flag.FlagSet) func(context.Context) error {
	port := flags.Int("port", 4789, "destination port")
	token := flags.String("token", "", "text to look for inside")
	return func(ctx context.Context) error {
		flows, err := watch(ctx, uint16(*port), []byte(*token))
		if err != nil {
			return err
		}
		for _, each := range flows {
			if err := json.NewEncoder(os.Stdout).Encode(each); err != nil {
				return err
			}
		}
		return nil
	}
}

func watch(ctx context.Context, port uint16, token []byte) ([]flow, error) {
	everything := htons(syscall.ETH_P_ALL)
	// Protocol 0 first: nothing arrives before the filter is in place.
	socket, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_DGRAM, 0)
	if err != nil {
		return nil, fmt.Errorf("packet socket: %w", err)
	}
	defer syscall.Close(socket)
	//lint:ignore SA1019 the standard library's own way to attach a classic filter
	if err := syscall.AttachLsf(socket, udpTo(port)); err != nil {
		return nil, fmt.Errorf("packet filter: %w", err)
	}
	if err := syscall.Bind(socket, &syscall.SockaddrLinklayer{Protocol: everything}); err != nil {
		return nil, fmt.Errorf("packet socket: %w", err)
	}
	slice := syscall.NsecToTimeval(int64(100 * time.Millisecond))
	if err := syscall.SetsockoptTimeval(socket, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &slice); err != nil {
		return nil, err
	}
	print(map[string]any{"event": "watching"})
	seen := map[flow]*flow{}
	names := map[int]string{}
	err = watched(ctx, socket, func(link *syscall.SockaddrLinklayer, packet []byte) {
		record(seen, names, link, packet, token)
	})
	if err != nil {
		return nil, err
	}
	return sorted(seen), nil
}

// watched hands over what a packet socket sees until the context ends; the socket's own time-out makes it look at that.
func watched(ctx context.Context, socket int, take func(link *syscall.SockaddrLinklayer, packet []byte)) error {
	buffer := make([]byte, 65536)
	for ctx.Err() == nil {
		count, from, err := syscall.Recvfrom(socket, buffer, 0)
		if err == syscall.EAGAIN || err == syscall.EINTR {
			continue
		}
		if err != nil {
			return err
		}
		if link, isLink := from.(*syscall.SockaddrLinklayer); isLink {
			take(link, buffer[:count])
		}
	}
	return nil
}

func record(seen map[flow]*flow, names map[int]string, link *syscall.SockaddrLinklayer, packet, token []byte) {
	source, destination, known := addresses(packet)
	if !known {
		return
	}
	name, cached := names[link.Ifindex]
	if !cached {
		if device, err := net.InterfaceByIndex(link.Ifindex); err == nil {
			name = device.Name
		}
		names[link.Ifindex] = name
	}
	key := flow{Link: name, Direction: "in", Peer: source.String()}
	if link.Pkttype == syscall.PACKET_OUTGOING {
		key.Direction, key.Peer = "out", destination.String()
	}
	entry := seen[key]
	if entry == nil {
		entry = &flow{Link: key.Link, Direction: key.Direction, Peer: key.Peer}
		seen[key] = entry
	}
	entry.Count++
	if len(token) > 0 && bytes.Contains(packet, token) {
		entry.Token++
	}
}

func addresses(packet []byte) (source, destination netip.Addr, known bool) {
	switch {
	case len(packet) >= 20 && packet[0]>>4 == 4:
		return netip.AddrFrom4([4]byte(packet[12:16])), netip.AddrFrom4([4]byte(packet[16:20])), true
	case len(packet) >= 40 && packet[0]>>4 == 6:
		return netip.AddrFrom16([16]byte(packet[8:24])), netip.AddrFrom16([16]byte(packet[24:40])), true
	}
	return netip.Addr{}, netip.Addr{}, false
}

func sorted(seen map[flow]*flow) []flow {
	flows := make([]flow, 0, len(seen))
	for _, entry := range seen {
		flows = append(flows, *entry)
	}
	sort.Slice(flows, func(a, b int) bool {
		return fmt.Sprint(flows[a].Link, flows[a].Direction, flows[a].Peer) <
			fmt.Sprint(flows[b].Link, flows[b].Direction, flows[b].Peer)
	})
	return flows
}

// udpTo lets through UDP over IPv4 or IPv6 to the port, so that a busy host copies nothing else. Offsets count from
// the IP header, because the socket is of the datagram kind.
func udpTo(port uint16) []syscall.SockFilter {
	const (
		loadByte = syscall.BPF_LD | syscall.BPF_B | syscall.BPF_ABS
		loadHalf = syscall.BPF_LD | syscall.BPF_H
		equal    = syscall.BPF_JMP | syscall.BPF_JEQ | syscall.BPF_K
		and      = syscall.BPF_ALU | syscall.BPF_AND | syscall.BPF_K
		done     = syscall.BPF_RET | syscall.BPF_K
	)
	return []syscall.SockFilter{
		{Code: loadByte, K: 0},                                          // 0
		{Code: and, K: 0xf0},                                            // 1
		{Code: equal, K: 0x40, Jt: 0, Jf: 5},                            // 2: IPv4, else to 8
		{Code: loadByte, K: 9},                                          // 3
		{Code: equal, K: syscall.IPPROTO_UDP, Jt: 0, Jf: 9},             // 4: else to 14
		{Code: syscall.BPF_LDX | syscall.BPF_B | syscall.BPF_MSH, K: 0}, // 5: length of the header
		{Code: loadHalf | syscall.BPF_IND, K: 2},                        // 6
		{Code: syscall.BPF_JMP | syscall.BPF_JA, K: 4},                  // 7: to 12
		{Code: equal, K: 0x60, Jt: 0, Jf: 5},                            // 8: IPv6, else to 14
		{Code: loadByte, K: 6},                                          // 9
		{Code: equal, K: syscall.IPPROTO_UDP, Jt: 0, Jf: 3},             // 10: else to 14
		{Code: loadHalf | syscall.BPF_ABS, K: 42},                       // 11
		{Code: equal, K: uint32(port), Jt: 0, Jf: 1},                    // 12: else to 14
		{Code: done, K: 65535},                                          // 13
		{Code: done, K: 0},                                              // 14
	}
}

func htons(value uint16) uint16 {
	return binary.NativeEndian.Uint16(binary.BigEndian.AppendUint16(nil, value))
}
