package main

import (
	"context"
	"flag"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

func TestPortsAreAnsweredWhileTheFileIsThere(t *testing.T) {
	free := freePort(t)
	taken, err := net.Listen("tcp", ":0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := filepath.Join(t.TempDir(), "hold")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	flags := flag.NewFlagSet("ports", flag.ContinueOnError)
	run := ports(flags)
	tcp := strconv.Itoa(free) + "," + strconv.Itoa(taken.Addr().(*net.TCPAddr).Port)
	if err := flags.Parse([]string{"-name", "n7", "-tcp", tcp, "-udp", strconv.Itoa(free), "-while", file}); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error)
	go func() { ended <- run(context.Background()) }()
	address := net.JoinHostPort("127.0.0.1", strconv.Itoa(free))
	for _, kind := range []string{"tcp", "udp"} {
		if result := (task{Kind: kind, Address: address, Payload: "p", DeadlineMillis: 3000}).run(); result.Answers["n7"] != 1 {
			t.Errorf("%s: %+v", kind, result)
		}
	}
	if result := (task{Kind: "connect", Address: taken.Addr().String(), DeadlineMillis: 1000}).run(); result.Answers["connected"] != 1 {
		t.Errorf("%+v", result)
	}
	os.Remove(file)
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(3 * time.Second):
		t.Error("it goes on without the file")
	}
	if result := (task{Kind: "connect", Address: address, DeadlineMillis: 500}).run(); result.Reached {
		t.Error("it still listens")
	}
}
