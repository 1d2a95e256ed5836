package main

import (
	"bufio"
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

// answer serves on TCP, UDP and HTTP until it is told to end. Each answer begins with the server's own name, so that a
// client knows who answered, and repeats what was asked, so that it knows that its own question was.
func answer(flags *flag.FlagSet) func(context.Context) error {
	name := flags.String("name", "", "the name that answers begin with")
	echo := flags.Int("echo", 7070, "port of the TCP and UDP echo")
	web := flags.Int("http", 7080, "port of the HTTP server")
	return func(ctx context.Context) error {
		failed := make(chan error, 3)
		go func() { failed <- answerTCP(*name, *echo) }()
		go func() { failed <- answerUDP(*name, *echo) }()
		go func() { failed <- answerHTTP(*name, *web) }()
		select {
		case err := <-failed:
			return err
		case <-ctx.Done():
			return nil
		}
	}
}

func answerTCP(name string, port int) error {
	listener, err := net.Listen("tcp", fmt.Sprintf(":%d", port))
	if err != nil {
		return err
	}
	return answerLines(listener, name)
}

func answerLines(listener net.Listener, name string) error {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer connection.Close()
			connection.SetDeadline(time.Now().Add(30 * time.Second))
			line, err := bufio.NewReader(io.LimitReader(connection, 4096)).ReadString('\n')
			if err == nil {
				fmt.Fprintf(connection, "%s %s", name, line)
			}
		}()
	}
}

func answerUDP(name string, port int) error {
	connection, err := net.ListenPacket("udp", fmt.Sprintf(":%d", port))
	if err != nil {
		return err
	}
	return answerDatagrams(connection, name)
}

func answerDatagrams(connection net.PacketConn, name string) error {
	buffer := make([]byte, 4096)
	for {
		count, from, err := connection.ReadFrom(buffer)
		if err != nil {
			return err
		}
		// A reply that cannot be sent is a lost reply: the client counts it.
		_, _ = connection.WriteTo([]byte(name+" "+string(buffer[:count])), from)
	}
}

func answerHTTP(name string, port int) error {
	server := &http.Server{
		Addr:              fmt.Sprintf(":%d", port),
		ReadHeaderTimeout: 10 * time.Second,
		Handler: http.HandlerFunc(func(response http.ResponseWriter, request *http.Request) {
			fmt.Fprintf(response, "%s %s\n", name, request.URL.Path)
		}),
	}
	server.SetKeepAlivesEnabled(false)
	return server.ListenAndServe()
}
