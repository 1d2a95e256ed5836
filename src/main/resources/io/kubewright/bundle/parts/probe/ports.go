package main

import (
	"context"
	"errors"
	"flag"
	"net"
	"os"
	"strings"
	"time"
)

// ports stands in for the servers that are to listen on a host: on every port that is free it answers as answer does. A port
// that somebody holds is told. It ends when the file that keeps it is gone.
func ports(flags *flag.FlagSet) func(context.Context) error {
	name := flags.String("name", "", "the name that answers begin with")
	tcp := flags.String("tcp", "", "ports, separated by commas")
	udp := flags.String("udp", "", "ports, separated by commas")
	while := flags.String("while", "", "file that must be there")
	return func(ctx context.Context) error {
		for _, port := range listed(*tcp) {
			listener, err := net.Listen("tcp", ":"+port)
			if report("tcp", port, err) {
				defer listener.Close()
				go func() { _ = answerLines(listener, *name) }()
			}
		}
		for _, port := range listed(*udp) {
			connection, err := net.ListenPacket("udp", ":"+port)
			if report("udp", port, err) {
				defer connection.Close()
				go func() { _ = answerDatagrams(connection, *name) }()
			}
		}
		print(map[string]any{"event": "ready"})
		for {
			if _, err := os.Stat(*while); err != nil {
				if errors.Is(err, os.ErrNotExist) {
					return nil
				}
				return err
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(100 * time.Millisecond):
			}
		}
	}
}

func listed(ports string) []string {
	return strings.FieldsFunc(ports, func(each rune) bool { return each == ',' })
}

// report says of a port whether we listen there now, and if not, why.
func report(transport, port string, err error) bool {
	if err != nil {
		print(map[string]any{"event": "taken", "port": transport + "/" + port, "error": brief(err).Error()})
		return false
	}
	print(map[string]any{"event": "listening", "port": transport + "/" + port})
	return true
}
