package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

func freePort(t *testing.T) int {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	return listener.Addr().(*net.TCPAddr).Port
}

func TestEchoIsCountedAndNamesTheServer(t *testing.T) {
	port := freePort(t)
	go answerTCP("n7", port)
	go answerUDP("n7", port)
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	for _, kind := range []string{"tcp", "udp"} {
		result := task{Id: kind, Kind: kind, Address: address, Payload: "p1", Count: 10, DeadlineMillis: 3000}.run()
		if !result.Reached || result.Sent != 10 || result.Received != 10 || result.Answers["n7"] != 11 {
			t.Errorf("%s: %+v", kind, result)
		}
	}
}

func TestNobodyThereEndsInBoundedTime(t *testing.T) {
	begin := time.Now()
	result := task{Kind: "tcp", Address: net.JoinHostPort("127.0.0.1", strconv.Itoa(freePort(t))), DeadlineMillis: 700}.run()
	if result.Reached || result.Error != "connect: connection refused" || time.Since(begin) > 2*time.Second {
		t.Errorf("%+v after %s", result, time.Since(begin))
	}
}

func TestUntilClosedWantsTwoFailuresInARow(t *testing.T) {
	port := freePort(t)
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	closed := task{Kind: "tcp", Address: address, Until: "closed", DeadlineMillis: 3000}.run()
	if !closed.Reached || closed.Attempts != 2 {
		t.Errorf("nobody listens: %+v", closed)
	}
	go answerTCP("n7", port)
	time.Sleep(100 * time.Millisecond)
	open := task{Kind: "tcp", Address: address, Until: "closed", DeadlineMillis: 600}.run()
	if open.Reached {
		t.Errorf("somebody answers: %+v", open)
	}
}

func TestDnsAnswerIsReadWithItsCodeAndAddresses(t *testing.T) {
	query, err := question(7, "kubernetes.default.svc.cluster.local")
	if err != nil {
		t.Fatal(err)
	}
	answer := append([]byte{}, query...)
	answer[2] |= 0x80
	answer[7] = 2
	for _, last := range []byte{9, 1} {
		answer = append(answer, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 10, 96, 0, last)
	}
	if got, err := answerOf(answer); err != nil || got != "NOERROR 10.96.0.1 10.96.0.9" {
		t.Errorf("%q %v", got, err)
	}
	missing := append([]byte{}, query...)
	missing[2] |= 0x80
	missing[3] = 3
	if got, err := answerOf(missing); err != nil || got != "NXDOMAIN" {
		t.Errorf("%q %v", got, err)
	}
}

func TestMangledDnsAnswersAreErrors(t *testing.T) {
	query, _ := question(7, "a.b")
	whole := append([]byte{}, query...)
	whole[2] |= 0x80
	whole[7] = 1
	whole = append(whole, 0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 30, 0, 4, 10, 96, 0, 1)
	for length := len(query); length < len(whole); length++ {
		if got, err := answerOf(whole[:length]); err == nil {
			t.Errorf("cut to %d bytes: %q", length, got)
		}
	}
}

func TestFirstServerOfResolvConf(t *testing.T) {
	path := filepath.Join(t.TempDir(), "resolv.conf")
	if err := os.WriteFile(path, []byte("search a.b\n# nameserver 1.1.1.1\nnameserver 10.96.0.10\nnameserver ::1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := resolver(path); err != nil || got != "10.96.0.10:53" {
		t.Errorf("%q %v", got, err)
	}
}

func TestWireSeesDatagramsWithTheToken(t *testing.T) {
	if os.Geteuid() != 0 {
		if strings.EqualFold(os.Getenv("CI"), "true") {
			t.Fatal("needs root")
		}
		t.Skip("a packet socket needs root")
	}
	receiver, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer receiver.Close()
	port := receiver.LocalAddr().(*net.UDPAddr).Port
	go func() {
		time.Sleep(300 * time.Millisecond)
		for _, text := range []string{"a token-42 b", "other"} {
			sender, err := net.Dial("udp", receiver.LocalAddr().String())
			if err == nil {
				sender.Write([]byte(text))
				sender.Close()
			}
		}
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 1200*time.Millisecond)
	defer cancel()
	flows, err := watch(ctx, uint16(port), []byte("token-42"))
	if err != nil {
		t.Fatal(err)
	}
	var directions []string
	for _, each := range flows {
		if each.Link != "lo" || each.Peer != "127.0.0.1" || each.Count != 2 || each.Token != 1 {
			t.Errorf("%+v", each)
		}
		directions = append(directions, each.Direction)
	}
	if strings.Join(directions, " ") != "in out" {
		t.Errorf("%+v", flows)
	}
}
