// Command probe is what Kubewright's active checks and proof pods run. Every subcommand has a deadline, prints one JSON
// object a line on standard output, and exits with 0 (held), 1 (did not hold; the last line says why) or 64 (bad usage).
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"sort"
	"sync"
	"syscall"
	"time"
)

var version = "unversioned"

// A command fills in its flags and returns what to run once they are parsed.
type command func(flags *flag.FlagSet) func(ctx context.Context) error

var commands = map[string]command{
	"answer":     answer,
	"clock":      clock,
	"dns":        dns,
	"fsync":      fsync,
	"http-get":   httpGet,
	"multicast":  multicast,
	"ports":      ports,
	"segments":   segments,
	"serve":      serve,
	"tasks":      tasks,
	"tcp-dial":   tcpDial,
	"tcp-listen": tcpListen,
	"udp-listen": udpListen,
	"udp-send":   udpSend,
	"version":    printVersion,
	"wire":       wire,
}

var output sync.Mutex

// print writes one JSON object on a line of its own.
func print(fields map[string]any) {
	output.Lock()
	defer output.Unlock()
	line, err := json.Marshal(fields)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	os.Stdout.Write(append(line, '\n'))
}

func milliseconds(duration time.Duration) float64 {
	return float64(duration.Microseconds()) / 1000
}

func printVersion(*flag.FlagSet) func(context.Context) error {
	return func(context.Context) error {
		print(map[string]any{"event": "version", "version": version})
		return nil
	}
}

func usage() {
	names := make([]string, 0, len(commands))
	for name := range commands {
		names = append(names, name)
	}
	sort.Strings(names)
	fmt.Fprintf(os.Stderr, "usage: kubewright-probe COMMAND [OPTIONS]; commands: %v\n", names)
	os.Exit(64)
}

func main() {
	if len(os.Args) < 2 {
		usage()
	}
	make, known := commands[os.Args[1]]
	if !known {
		usage()
	}
	flags := flag.NewFlagSet(os.Args[1], flag.ContinueOnError)
	deadline := flags.Duration("deadline", 10*time.Second, "give up after this long; 0 only for serve")
	run := make(flags)
	if flags.Parse(os.Args[2:]) != nil {
		os.Exit(64)
	}
	if flags.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "unexpected argument %q\n", flags.Arg(0))
		os.Exit(64)
	}
	if *deadline <= 0 && os.Args[1] != "serve" {
		fmt.Fprintln(os.Stderr, "-deadline must be positive")
		os.Exit(64)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if *deadline > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, *deadline)
		defer cancel()
	}
	if err := run(ctx); err != nil {
		print(map[string]any{"event": "failed", "error": err.Error()})
		os.Exit(1)
	}
}
