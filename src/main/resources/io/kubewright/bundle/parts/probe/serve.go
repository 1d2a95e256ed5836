package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"net"
	"net/http"
	"os"
)

// serve is the far end of proofs: it answers on TCP and UDP with what it was sent and on HTTP with who it is, until told to stop.
func serve(flags *flag.FlagSet) func(context.Context) error {
	tcp := flags.String("tcp", "", "HOST:PORT to echo on")
	udp := flags.String("udp", "", "HOST:PORT to echo datagrams on")
	web := flags.String("http", "", "HOST:PORT to answer on: / says who answered and who asked")
	return func(ctx context.Context) error {
		ended := make(chan error)
		if *tcp != "" {
			listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *tcp)
			if err != nil {
				return err
			}
			defer boundTo(ctx, listener)()
			print(map[string]any{"event": "listening", "network": "tcp", "address": listener.Addr().String()})
			go func() { ended <- echoAll(ctx, listener) }()
		}
		if *udp != "" {
			connection, err := new(net.ListenConfig).ListenPacket(ctx, "udp", *udp)
			if err != nil {
				return err
			}
			defer boundTo(ctx, connection)()
			print(map[string]any{"event": "listening", "network": "udp", "address": connection.LocalAddr().String()})
			go func() { ended <- returnAll(connection) }()
		}
		if *web != "" {
			listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *web)
			if err != nil {
				return err
			}
			defer boundTo(ctx, listener)()
			print(map[string]any{"event": "listening", "network": "http", "address": listener.Addr().String()})
			go func() { ended <- http.Serve(listener, http.HandlerFunc(whoami)) }()
		}
		if *tcp == "" && *udp == "" && *web == "" {
			return errors.New("name at least one of -tcp, -udp and -http")
		}
		select {
		case <-ctx.Done():
			return nil
		case err := <-ended:
			return err
		}
	}
}

func echoAll(ctx context.Context, listener net.Listener) error {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		// A peer that goes away half-way is its own failure, not that of the server.
		go func() { _ = echo(ctx, connection) }()
	}
}

func returnAll(connection net.PacketConn) error {
	buffer := make([]byte, payloadLimit)
	for {
		length, from, err := connection.ReadFrom(buffer)
		if err != nil {
			return err
		}
		if _, err := connection.WriteTo(buffer[:length], from); err != nil {
			print(map[string]any{"event": "unanswered", "from": from.String(), "error": err.Error()})
		}
	}
}

func whoami(response http.ResponseWriter, request *http.Request) {
	hostname, _ := os.Hostname()
	response.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(response).Encode(map[string]string{
		"hostname": hostname, "node": os.Getenv("NODE_NAME"), "client": request.RemoteAddr, "path": request.URL.Path,
	})
}
