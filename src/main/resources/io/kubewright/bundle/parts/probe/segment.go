package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

// A carrier is a link that is to carry a network of pods.
type carrier struct {
	Interface string `json:"interface"`
	// Claims are addresses that pods will get; whoever has one of them already answers by ARP.
	Claims []string `json:"claims"`
}

// Frames says what to try on the links of one host, while the other hosts try the same.
type frames struct {
	Token    string    `json:"token"` // of this run alone
	Host     string    `json:"host"`
	Carriers []carrier `json:"carriers"`
	Millis   int       `json:"millis"`
}

// A neighbour is what came over a link from one other host.
type neighbour struct {
	Own     int `json:"own"`     // frames from its link's own MAC address
	Further int `json:"further"` // frames from one that it made up, as a pod's
	Answers int `json:"answers"` // frames from there to the one that we made up
}

// segment is what a link showed.
type segment struct {
	Interface  string                `json:"interface"`
	Up         bool                  `json:"up"`
	Carrier    bool                  `json:"carrier"`
	Bridge     bool                  `json:"bridge"`
	Neighbours map[string]*neighbour `json:"neighbours"`
	Held       map[string]string     `json:"held"` // MAC address by address
	Error      string                `json:"error"`
}

// Local experimental Ethertype 1 (IEEE Std 802): no switch and no host makes anything of it.
const experimental = 0x88b5

// What a frame is.
const (
	own      = "own"      // from the link's own MAC address, to everybody
	made     = "made"     // from the made-up one, to everybody
	answered = "answered" // from the made-up one to another host's made-up one
)

// segments sends frames over links from their own MAC addresses, from made-up ones and to made-up ones of other hosts, and
// prints what each link showed, one a line.
func segments(flags *flag.FlagSet) func(context.Context) error {
	encoded := flags.String("base64", "", "what to do, base64 of the JSON")
	return func(ctx context.Context) error {
		var wanted frames
		if err := decode(*encoded, &wanted); err != nil {
			return err
		}
		return sideBySide(wanted.Carriers, func(each carrier) *segment { return wanted.over(ctx, each) })
	}
}

func (f frames) over(ctx context.Context, c carrier) *segment {
	result := &segment{Interface: c.Interface, Neighbours: map[string]*neighbour{}, Held: map[string]string{}}
	if err := f.exchange(ctx, c, result); err != nil {
		result.Error = err.Error()
	}
	return result
}

func (f frames) exchange(ctx context.Context, c carrier, result *segment) error {
	link, err := net.InterfaceByName(c.Interface)
	if err != nil {
		return err
	}
	result.Up = link.Flags&net.FlagUp != 0
	// Reading it fails while the link is down.
	state, _ := os.ReadFile("/sys/class/net/" + c.Interface + "/carrier")
	result.Carrier = strings.TrimSpace(string(state)) == "1"
	_, noBridge := os.Stat("/sys/class/net/" + c.Interface + "/bridge")
	result.Bridge = noBridge == nil
	if !result.Up || !result.Carrier {
		return nil
	}
	if len(link.HardwareAddr) != 6 {
		return fmt.Errorf("%s is no Ethernet", c.Interface)
	}
	further, err := madeUp()
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(ctx, time.Duration(f.Millis)*time.Millisecond)
	defer stop()
	speech, err := packets(link, experimental)
	if err != nil {
		return err
	}
	defer syscall.Close(speech)
	if err := alsoFor(speech, link, further); err != nil {
		return err
	}
	asking, err := packets(link, syscall.ETH_P_ARP)
	if err != nil {
		return err
	}
	defer syscall.Close(asking)
	var group sync.WaitGroup
	group.Add(2)
	go func() {
		defer group.Done()
		f.listen(ctx, speech, link, further, result)
	}()
	go func() {
		defer group.Done()
		owners(ctx, asking, result)
	}()
	err = f.speak(ctx, speech, asking, link, further, c.Claims)
	<-ctx.Done()
	group.Wait()
	for address := range result.Held {
		if !contains(c.Claims, address) {
			delete(result.Held, address)
		}
	}
	return err
}

// speak says hello four times a second, and asks for each address three times within the first half.
func (f frames) speak(ctx context.Context, speech, asking int, link *net.Interface, further net.HardwareAddr, claims []string) error {
	everybody := net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	for round := 0; ctx.Err() == nil; round++ {
		if err := put(speech, link, frame(everybody, link.HardwareAddr, experimental, f.words(own, further))); err != nil {
			return err
		}
		if err := put(speech, link, frame(everybody, further, experimental, f.words(made, further))); err != nil {
			return err
		}
		if round%4 == 0 && round < 12 {
			for _, claim := range claims {
				address, err := netip.ParseAddr(claim)
				if err != nil || !address.Is4() {
					continue
				}
				if err := put(asking, link, frame(everybody, link.HardwareAddr, syscall.ETH_P_ARP, whoHas(link.HardwareAddr, address))); err != nil {
					return err
				}
			}
		}
		select {
		case <-ctx.Done():
		case <-time.After(250 * time.Millisecond):
		}
	}
	return nil
}

// listen counts what others say, and sends something to the made-up address that each tells of.
func (f frames) listen(ctx context.Context, socket int, link *net.Interface, further net.HardwareAddr, result *segment) {
	each(ctx, socket, func(packet []byte) {
		words := strings.Fields(string(bytes.TrimRight(packet[14:], "\x00")))
		if len(words) != 4 || words[0] != f.Token || words[3] == f.Host {
			return
		}
		switch words[1] {
		case own:
			result.of(words[3]).Own++
			if theirs, err := net.ParseMAC(words[2]); err == nil && len(theirs) == 6 {
				_ = put(socket, link, frame(theirs, further, experimental, f.words(answered, further)))
			}
		case made:
			result.of(words[3]).Further++
		case answered:
			if bytes.Equal(packet[0:6], further) {
				result.of(words[3]).Answers++
			}
		}
	})
}

// words are the token, what a frame is, the made-up address of this host, and its name.
func (f frames) words(kind string, further net.HardwareAddr) []byte {
	return []byte(f.Token + " " + kind + " " + further.String() + " " + f.Host)
}

func (s *segment) of(host string) *neighbour {
	if s.Neighbours[host] == nil {
		s.Neighbours[host] = &neighbour{}
	}
	return s.Neighbours[host]
}

// owners notes who answers by ARP.
func owners(ctx context.Context, socket int, result *segment) {
	each(ctx, socket, func(packet []byte) {
		// RFC 826: hardware and protocol type, two lengths, operation, sender's and target's addresses.
		if len(packet) < 42 || packet[21] != 2 {
			return
		}
		owner := netip.AddrFrom4([4]byte(packet[28:32])).String()
		result.Held[owner] = net.HardwareAddr(packet[22:28]).String()
	})
}

// whoHas asks without claiming an address itself, RFC 5227.
func whoHas(source net.HardwareAddr, address netip.Addr) []byte {
	body := []byte{0, 1, 8, 0, 6, 4, 0, 1}
	body = append(body, source...)
	body = append(body, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	four := address.As4()
	return append(body, four[:]...)
}

func frame(target, source net.HardwareAddr, protocol uint16, body []byte) []byte {
	made := append([]byte(nil), target...)
	made = append(made, source...)
	made = append(made, byte(protocol>>8), byte(protocol))
	made = append(made, body...)
	for len(made) < 60 {
		made = append(made, 0)
	}
	return made
}

// madeUp is locally administered, and begins as none of a link's own does by chance.
func madeUp() (net.HardwareAddr, error) {
	address := net.HardwareAddr{0x02, 0x6b, 0x77, 0, 0, 0}
	_, err := rand.Read(address[3:])
	return address, err
}

// packets opens a socket for one protocol's frames on a link.
func packets(link *net.Interface, protocol uint16) (int, error) {
	socket, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW|syscall.SOCK_CLOEXEC, int(htons(protocol)))
	if err != nil {
		return 0, fmt.Errorf("packet socket: %w", err)
	}
	if err := syscall.Bind(socket, &syscall.SockaddrLinklayer{Protocol: htons(protocol), Ifindex: link.Index}); err != nil {
		syscall.Close(socket)
		return 0, fmt.Errorf("packet socket: %w", err)
	}
	slice := syscall.NsecToTimeval(int64(100 * time.Millisecond))
	if err := syscall.SetsockoptTimeval(socket, syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &slice); err != nil {
		syscall.Close(socket)
		return 0, err
	}
	return socket, nil
}

// alsoFor makes the link take frames for a further MAC address, as macvlan does.
func alsoFor(socket int, link *net.Interface, address net.HardwareAddr) error {
	const unicast = 3 // PACKET_MR_UNICAST
	request := struct {
		index   int32
		kind    uint16
		length  uint16
		address [8]byte
	}{int32(link.Index), unicast, 6, [8]byte{}}
	copy(request.address[:], address)
	_, _, problem := syscall.Syscall6(syscall.SYS_SETSOCKOPT, uintptr(socket), syscall.SOL_PACKET, syscall.PACKET_ADD_MEMBERSHIP,
		uintptr(unsafe.Pointer(&request)), unsafe.Sizeof(request), 0)
	if problem != 0 {
		return fmt.Errorf("%s takes no frames for a further MAC address: %w", link.Name, problem)
	}
	return nil
}

func put(socket int, link *net.Interface, packet []byte) error {
	to := &syscall.SockaddrLinklayer{Ifindex: link.Index, Halen: 6}
	copy(to.Addr[:], packet[:6])
	if err := syscall.Sendto(socket, packet, 0, to); err != nil {
		return fmt.Errorf("sending on %s: %w", link.Name, err)
	}
	return nil
}

// each hands over what comes in until the context ends or the socket fails.
func each(ctx context.Context, socket int, take func(packet []byte)) {
	_ = watched(ctx, socket, func(link *syscall.SockaddrLinklayer, packet []byte) {
		if link.Pkttype != syscall.PACKET_OUTGOING && len(packet) >= 14 {
			take(packet)
		}
	})
}

func contains(all []string, wanted string) bool {
	for _, one := range all {
		if one == wanted {
			return true
		}
	}
	return false
}
