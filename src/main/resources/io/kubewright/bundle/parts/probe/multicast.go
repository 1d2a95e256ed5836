package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

// A channel is multicast over one interface: groups to join, datagrams to send, and one group that is joined late.
type channel struct {
	Interface string   `json:"interface"`
	Port      int      `json:"port"`
	Join      []string `json:"join"`
	// Send: what goes to a group, by group; a space and a number follow. It must be unlike anything that others send.
	Send map[string]string `json:"send"`
	// Late is joined in the middle of the sending and left again before its end; empty for none.
	Late string `json:"late"`
	Ttl  int    `json:"ttl"`
}

// A broadcast is what all channels of a pod do together.
type broadcast struct {
	Channels []channel `json:"channels"`
	// LeadMillis: joined this long before the first datagram goes out, so that whoever begins later has joined as well.
	LeadMillis     int `json:"leadMillis"`
	Count          int `json:"count"` // datagrams to each group
	IntervalMillis int `json:"intervalMillis"`
	TailMillis     int `json:"tailMillis"` // listened on after the last datagram
}

// heard is what one channel saw.
type heard struct {
	Interface string         `json:"interface"`
	Running   bool           `json:"running"` // up, with a carrier below it
	Addresses []string       `json:"addresses"`
	Sent      map[string]int `json:"sent"`     // by group
	Received  map[string]int `json:"received"` // by payload without its number
	// Of the late group: datagrams before it was joined, while it was, and after it was left.
	Before int `json:"before"`
	During int `json:"during"`
	After  int `json:"after"`
	// The kernel's own counters of multicast, of the whole pod.
	KernelIn  int64  `json:"kernelIn"`
	KernelOut int64  `json:"kernelOut"`
	Error     string `json:"error"`
}

// multicast joins, sends and listens as told, and prints what each channel heard, one a line.
func multicast(flags *flag.FlagSet) func(context.Context) error {
	encoded := flags.String("base64", "", "what to do, base64 of the JSON")
	return func(ctx context.Context) error {
		var wanted broadcast
		if err := decode(*encoded, &wanted); err != nil {
			return err
		}
		return sideBySide(wanted.Channels, func(each channel) heard { return wanted.over(ctx, each) })
	}
}

func decode(encoded string, wanted any) error {
	text, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, wanted)
}

// sideBySide does all of it at once, and prints what came of each, one a line, in the given order.
func sideBySide[W, R any](all []W, do func(W) R) error {
	results := make([]R, len(all))
	var group sync.WaitGroup
	for index, each := range all {
		group.Add(1)
		go func() {
			defer group.Done()
			results[index] = do(each)
		}()
	}
	group.Wait()
	for _, each := range results {
		if err := json.NewEncoder(os.Stdout).Encode(each); err != nil {
			return err
		}
	}
	return nil
}

func (b broadcast) over(ctx context.Context, c channel) heard {
	result := heard{Interface: c.Interface, Sent: map[string]int{}, Received: map[string]int{}}
	if err := b.exchange(ctx, c, &result); err != nil {
		result.Error = err.Error()
	}
	return result
}

func (b broadcast) exchange(ctx context.Context, c channel, result *heard) error {
	link, err := net.InterfaceByName(c.Interface)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Interface, err)
	}
	result.Running = link.Flags&net.FlagRunning != 0
	addresses, err := link.Addrs()
	if err != nil {
		return err
	}
	for _, address := range addresses {
		result.Addresses = append(result.Addresses, address.String())
	}
	connection, err := net.ListenUDP("udp4", &net.UDPAddr{Port: c.Port})
	if err != nil {
		return brief(err)
	}
	defer connection.Close()
	defer boundTo(ctx, connection)()
	if err := onlyOver(connection, link.Index, c.Ttl); err != nil {
		return err
	}
	for _, group := range c.Join {
		if err := membership(connection, link.Index, group, syscall.IP_ADD_MEMBERSHIP); err != nil {
			return err
		}
	}
	in, out := kernelMulticast()
	lead := time.Duration(b.LeadMillis) * time.Millisecond
	sending := time.Duration(b.Count*b.IntervalMillis) * time.Millisecond
	end := time.Now().Add(lead + sending + time.Duration(b.TailMillis)*time.Millisecond)

	var phase late
	if c.Late != "" {
		joining := time.AfterFunc(lead+sending/4, func() {
			phase.enter(joined, membership(connection, link.Index, c.Late, syscall.IP_ADD_MEMBERSHIP))
		})
		defer joining.Stop()
		leaving := time.AfterFunc(lead+sending*3/4, func() {
			phase.enter(left, membership(connection, link.Index, c.Late, syscall.IP_DROP_MEMBERSHIP))
		})
		defer leaving.Stop()
	}
	failed := make(chan error, 1)
	go func() { failed <- b.send(ctx, connection, c, lead, result) }()

	if err := connection.SetReadDeadline(end); err != nil {
		return err
	}
	buffer := make([]byte, payloadLimit)
	for {
		length, _, err := connection.ReadFromUDP(buffer)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			break
		}
		if err != nil {
			return why(ctx, err)
		}
		c.count(string(buffer[:length]), &phase, result)
	}
	inNow, outNow := kernelMulticast()
	result.KernelIn, result.KernelOut = inNow-in, outNow-out
	if err := <-failed; err != nil {
		return err
	}
	return phase.err()
}

func (c channel) count(datagram string, phase *late, result *heard) {
	payload := datagram
	if cut := strings.LastIndexByte(datagram, ' '); cut >= 0 {
		payload = datagram[:cut]
	}
	if c.Late == "" || !strings.HasSuffix(payload, " to "+c.Late) {
		result.Received[payload]++
		return
	}
	switch phase.now() {
	case absent:
		result.Before++
	case joined:
		result.During++
	default:
		result.After++
	}
}

func (b broadcast) send(ctx context.Context, connection *net.UDPConn, c channel, lead time.Duration, result *heard) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(lead):
	}
	for number := range b.Count {
		for group, payload := range c.Send {
			text := payload + " to " + group + " " + strconv.Itoa(number)
			if _, err := connection.WriteToUDP([]byte(text), &net.UDPAddr{IP: net.ParseIP(group), Port: c.Port}); err != nil {
				return fmt.Errorf("sending to %s: %w", group, brief(err))
			}
			result.Sent[group]++
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(time.Duration(b.IntervalMillis) * time.Millisecond):
		}
	}
	return nil
}

const (
	absent = iota
	joined
	left
)

// late is where the membership of the late group stands. What was on its way when a group was left may still arrive.
type late struct {
	lock    sync.Mutex
	phase   int
	since   time.Time
	failure error
}

func (l *late) enter(phase int, err error) {
	l.lock.Lock()
	defer l.lock.Unlock()
	l.phase, l.since = phase, time.Now()
	if err != nil && l.failure == nil {
		l.failure = err
	}
}

func (l *late) now() int {
	l.lock.Lock()
	defer l.lock.Unlock()
	if l.phase == left && time.Since(l.since) < 200*time.Millisecond {
		return joined
	}
	return l.phase
}

func (l *late) err() error {
	l.lock.Lock()
	defer l.lock.Unlock()
	return l.failure
}

// onlyOver binds a socket's multicast to one interface: what it sends leaves there, its own datagrams do not come back, and
// it hears the groups that it joined itself and no others.
func onlyOver(connection *net.UDPConn, index int, ttl int) error {
	return control(connection, func(socket int) error {
		const multicastAll = 49
		if err := syscall.SetsockoptInt(socket, syscall.IPPROTO_IP, multicastAll, 0); err != nil {
			return fmt.Errorf("IP_MULTICAST_ALL: %w", err)
		}
		if err := syscall.SetsockoptIPMreqn(socket, syscall.IPPROTO_IP, syscall.IP_MULTICAST_IF, &syscall.IPMreqn{Ifindex: int32(index)}); err != nil {
			return fmt.Errorf("IP_MULTICAST_IF: %w", err)
		}
		if err := syscall.SetsockoptInt(socket, syscall.IPPROTO_IP, syscall.IP_MULTICAST_LOOP, 0); err != nil {
			return fmt.Errorf("IP_MULTICAST_LOOP: %w", err)
		}
		return syscall.SetsockoptInt(socket, syscall.IPPROTO_IP, syscall.IP_MULTICAST_TTL, ttl)
	})
}

func membership(connection *net.UDPConn, index int, group string, option int) error {
	address := net.ParseIP(group).To4()
	if address == nil {
		return fmt.Errorf("%q is no IPv4 group", group)
	}
	request := &syscall.IPMreqn{Ifindex: int32(index)}
	copy(request.Multiaddr[:], address)
	return control(connection, func(socket int) error {
		if err := syscall.SetsockoptIPMreqn(socket, syscall.IPPROTO_IP, option, request); err != nil {
			return fmt.Errorf("membership of %s: %w", group, err)
		}
		return nil
	})
}

func control(connection *net.UDPConn, act func(socket int) error) error {
	raw, err := connection.SyscallConn()
	if err != nil {
		return err
	}
	var failed error
	if err := raw.Control(func(socket uintptr) { failed = act(int(socket)) }); err != nil {
		return err
	}
	return failed
}

// kernelMulticast reads packets that came to groups and went to groups, of this network namespace; 0 when unknown.
func kernelMulticast() (in int64, out int64) {
	text, err := os.ReadFile("/proc/net/netstat")
	if err != nil {
		return 0, 0
	}
	lines := strings.Split(string(text), "\n")
	for index := 0; index+1 < len(lines); index++ {
		names, values := strings.Fields(lines[index]), strings.Fields(lines[index+1])
		if len(names) == 0 || names[0] != "IpExt:" || len(names) != len(values) || names[1] == values[1] {
			continue
		}
		for field, name := range names {
			value, _ := strconv.ParseInt(values[field], 10, 64)
			switch name {
			case "InMcastPkts":
				in = value
			case "OutMcastPkts":
				out = value
			}
		}
		return in, out
	}
	return 0, 0
}
