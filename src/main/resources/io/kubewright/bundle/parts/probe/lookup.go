package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"sort"
	"strings"
	"time"
)

var responseCodes = map[int]string{
	0: "NOERROR", 1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED",
}

// lookUp asks one server once for the IPv4 addresses of a name, over UDP. The answer is the response code, followed by
// the addresses in order, such as "NOERROR 10.96.0.1"; only silence and nonsense are errors.
func lookUp(server, name string, timeout time.Duration) (string, error) {
	if server == "" {
		found, err := resolver("/etc/resolv.conf")
		if err != nil {
			return "", err
		}
		server = found
	}
	connection, err := net.DialTimeout("udp", server, timeout)
	if err != nil {
		return "", brief(err)
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(timeout))
	id := uint16(rand.Uint32())
	query, err := question(id, name)
	if err != nil {
		return "", err
	}
	if _, err := connection.Write(query); err != nil {
		return "", brief(err)
	}
	buffer := make([]byte, 4096)
	for {
		count, err := connection.Read(buffer)
		if err != nil {
			return "", brief(err)
		}
		if count >= 12 && binary.BigEndian.Uint16(buffer) == id {
			return answerOf(buffer[:count])
		}
	}
}

func resolver(path string) (string, error) {
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	scanner := bufio.NewScanner(file)
	for scanner.Scan() {
		fields := strings.Fields(scanner.Text())
		if len(fields) >= 2 && fields[0] == "nameserver" {
			return net.JoinHostPort(fields[1], "53"), nil
		}
	}
	return "", errors.New(path + " names no server")
}

func question(id uint16, name string) ([]byte, error) {
	message := make([]byte, 12, 64)
	binary.BigEndian.PutUint16(message, id)
	message[2] = 1 // recursion desired
	message[5] = 1 // one question
	for _, label := range strings.Split(strings.TrimSuffix(name, "."), ".") {
		if label == "" || len(label) > 63 {
			return nil, fmt.Errorf("%q is not a name", name)
		}
		message = append(message, byte(len(label)))
		message = append(message, label...)
	}
	return append(message, 0, 0, 1, 0, 1), nil
}

var errMangled = errors.New("an answer that is not DNS")

func answerOf(message []byte) (string, error) {
	if message[2]&0x80 == 0 {
		return "", errMangled
	}
	code := int(message[3] & 15)
	word, known := responseCodes[code]
	if !known {
		word = fmt.Sprintf("RCODE%d", code)
	}
	at := 12
	for range binary.BigEndian.Uint16(message[4:]) {
		if at = skipName(message, at); at < 0 {
			return "", errMangled
		}
		at += 4
	}
	var addresses []string
	for range binary.BigEndian.Uint16(message[6:]) {
		if at = skipName(message, at); at < 0 || at+10 > len(message) {
			return "", errMangled
		}
		kind := binary.BigEndian.Uint16(message[at:])
		length := int(binary.BigEndian.Uint16(message[at+8:]))
		at += 10
		if at+length > len(message) {
			return "", errMangled
		}
		if kind == 1 && length == 4 {
			addresses = append(addresses, netip.AddrFrom4([4]byte(message[at:at+4])).String())
		}
		at += length
	}
	sort.Strings(addresses)
	return strings.Join(append([]string{word}, addresses...), " "), nil
}

// skipName returns where the name at this place ends, or -1.
func skipName(message []byte, at int) int {
	for at < len(message) {
		length := int(message[at])
		switch {
		case length == 0:
			return at + 1
		case length&0xc0 == 0xc0:
			return at + 2
		case length&0xc0 != 0:
			return -1
		}
		at += 1 + length
	}
	return -1
}
