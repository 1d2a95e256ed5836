package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"
)

// Longest payload of one exchange; also fits into one unfragmented datagram on a jumbo link.
const payloadLimit = 8192

// boundTo makes blocking calls on a connection or listener end with the context.
func boundTo(ctx context.Context, closer io.Closer) (release func() bool) {
	return context.AfterFunc(ctx, func() { closer.Close() })
}

// why names the deadline when that, and not the network, ended a call.
func why(ctx context.Context, err error) error {
	if cause := ctx.Err(); cause != nil {
		return fmt.Errorf("%w (%v)", cause, err)
	}
	return err
}

// tcpListen echoes what each connection sends until count connections are served.
func tcpListen(flags *flag.FlagSet) func(context.Context) error {
	address := flags.String("address", ":0", "HOST:PORT to listen on")
	count := flags.Int("count", 1, "connections to serve before ending")
	return func(ctx context.Context) error {
		listener, err := new(net.ListenConfig).Listen(ctx, "tcp", *address)
		if err != nil {
			return err
		}
		defer listener.Close()
		defer boundTo(ctx, listener)()
		print(map[string]any{"event": "listening", "address": listener.Addr().String()})
		for range *count {
			connection, err := listener.Accept()
			if err != nil {
				return why(ctx, err)
			}
			if err := echo(ctx, connection); err != nil {
				return why(ctx, err)
			}
		}
		return nil
	}
}

func echo(ctx context.Context, connection net.Conn) error {
	defer connection.Close()
	defer boundTo(ctx, connection)()
	buffer := make([]byte, payloadLimit)
	length, err := connection.Read(buffer)
	if err != nil {
		return err
	}
	print(map[string]any{"event": "received", "from": connection.RemoteAddr().String(), "to": connection.LocalAddr().String(), "payload": string(buffer[:length])})
	_, err = connection.Write(buffer[:length])
	return err
}

// tcpDial connects, sends the payload and expects it back.
func tcpDial(flags *flag.FlagSet) func(context.Context) error {
	address := flags.String("address", "", "HOST:PORT to connect to")
	payload := flags.String("payload", "", "text to send and to expect back; empty only connects")
	source := flags.String("source", "", "local IP to connect from")
	return func(ctx context.Context) error {
		var dialer net.Dialer
		if *source != "" {
			dialer.LocalAddr = &net.TCPAddr{IP: net.ParseIP(*source)}
		}
		begin := time.Now()
		connection, err := dialer.DialContext(ctx, "tcp", *address)
		if err != nil {
			return err
		}
		defer connection.Close()
		defer boundTo(ctx, connection)()
		result := map[string]any{
			"event": "connected", "from": connection.LocalAddr().String(), "to": connection.RemoteAddr().String(),
			"connectMillis": milliseconds(time.Since(begin)),
		}
		if *payload != "" {
			if _, err := io.WriteString(connection, *payload); err != nil {
				return why(ctx, err)
			}
			answer := make([]byte, len(*payload))
			if _, err := io.ReadFull(connection, answer); err != nil {
				return why(ctx, err)
			}
			if string(answer) != *payload {
				return fmt.Errorf("%s answered %q", *address, answer)
			}
			result["roundTripMillis"] = milliseconds(time.Since(begin))
		}
		print(result)
		return nil
	}
}

// udpListen reports datagrams until count of them with the wanted beginning came in; it answers each when asked to.
func udpListen(flags *flag.FlagSet) func(context.Context) error {
	address := flags.String("address", ":0", "HOST:PORT to listen on")
	prefix := flags.String("prefix", "", "datagrams with another beginning are not counted")
	count := flags.Int("count", 1, "datagrams to receive before ending")
	reply := flags.Bool("reply", false, "send each datagram back")
	return func(ctx context.Context) error {
		connection, err := new(net.ListenConfig).ListenPacket(ctx, "udp", *address)
		if err != nil {
			return err
		}
		defer connection.Close()
		defer boundTo(ctx, connection)()
		print(map[string]any{"event": "listening", "address": connection.LocalAddr().String()})
		buffer := make([]byte, payloadLimit)
		for received := 0; received < *count; {
			length, from, err := connection.ReadFrom(buffer)
			if err != nil {
				return fmt.Errorf("%d of %d datagrams came: %w", received, *count, why(ctx, err))
			}
			if !bytes.HasPrefix(buffer[:length], []byte(*prefix)) {
				continue
			}
			received++
			print(map[string]any{"event": "received", "from": from.String(), "payload": string(buffer[:length])})
			if *reply {
				if _, err := connection.WriteTo(buffer[:length], from); err != nil {
					return err
				}
			}
		}
		return nil
	}
}

// udpSend sends numbered datagrams; with -reply it counts those that come back.
func udpSend(flags *flag.FlagSet) func(context.Context) error {
	address := flags.String("address", "", "HOST:PORT to send to")
	payload := flags.String("payload", "", "text to send; a space and a number follow when count is above 1")
	count := flags.Int("count", 1, "datagrams to send")
	interval := flags.Duration("interval", 20*time.Millisecond, "time between two datagrams")
	reply := flags.Bool("reply", false, "expect every datagram back")
	return func(ctx context.Context) error {
		connection, err := new(net.Dialer).DialContext(ctx, "udp", *address)
		if err != nil {
			return err
		}
		defer connection.Close()
		defer boundTo(ctx, connection)()
		returned := 0
		for number := 1; number <= *count; number++ {
			text := *payload
			if *count > 1 {
				text = fmt.Sprintf("%s %d", text, number)
			}
			begin := time.Now()
			if _, err := io.WriteString(connection, text); err != nil {
				return why(ctx, err)
			}
			if *reply {
				buffer := make([]byte, payloadLimit)
				length, err := connection.Read(buffer)
				if err != nil {
					return fmt.Errorf("%d of %d datagrams came back: %w", returned, *count, why(ctx, err))
				}
				if string(buffer[:length]) != text {
					return fmt.Errorf("%s answered %q instead of %q", *address, buffer[:length], text)
				}
				returned++
				print(map[string]any{"event": "returned", "payload": text, "roundTripMillis": milliseconds(time.Since(begin))})
			}
			if number < *count {
				select {
				case <-ctx.Done():
					return ctx.Err()
				case <-time.After(*interval):
				}
			}
		}
		print(map[string]any{"event": "sent", "from": connection.LocalAddr().String(), "to": connection.RemoteAddr().String(), "count": *count, "returned": returned})
		return nil
	}
}

// httpGet fetches one URL and reports status and body (at most 64 KiB of it).
func httpGet(flags *flag.FlagSet) func(context.Context) error {
	url := flags.String("url", "", "what to fetch")
	ca := flags.String("ca", "", "file of PEM certificates to trust instead of the system's")
	status := flags.Int("status", 200, "status that is expected; 0 for any")
	return func(ctx context.Context) error {
		transport := &http.Transport{DisableKeepAlives: true}
		if *ca != "" {
			pem, err := os.ReadFile(*ca)
			if err != nil {
				return err
			}
			pool := x509.NewCertPool()
			if !pool.AppendCertsFromPEM(pem) {
				return fmt.Errorf("%s holds no certificate", *ca)
			}
			transport.TLSClientConfig = &tls.Config{RootCAs: pool}
		}
		client := &http.Client{Transport: transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, *url, nil)
		if err != nil {
			return err
		}
		begin := time.Now()
		response, err := client.Do(request)
		if err != nil {
			return err
		}
		defer response.Body.Close()
		body, err := io.ReadAll(io.LimitReader(response.Body, 64<<10))
		if err != nil {
			return err
		}
		print(map[string]any{"event": "answered", "url": *url, "status": response.StatusCode, "body": string(body), "millis": milliseconds(time.Since(begin))})
		if *status != 0 && response.StatusCode != *status {
			return fmt.Errorf("%s answered with status %d instead of %d", *url, response.StatusCode, *status)
		}
		return nil
	}
}

// dns asks one server, over the wire and past any cache, and reports what it said and how long that took.
func dns(flags *flag.FlagSet) func(context.Context) error {
	server := flags.String("server", "", "HOST:PORT of the server; empty for the system's configuration")
	name := flags.String("name", "", "name to look up; end it with a dot to keep search domains out")
	network := flags.String("network", "udp", "udp or tcp")
	count := flags.Int("count", 1, "lookups to make, one after another")
	absent := flags.Bool("absent", false, "expect that the name does not exist")
	return func(ctx context.Context) error {
		resolver := &net.Resolver{PreferGo: true}
		if *server != "" {
			resolver.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) {
				return new(net.Dialer).DialContext(ctx, *network, *server)
			}
		}
		for range *count {
			begin := time.Now()
			addresses, err := resolver.LookupHost(ctx, *name)
			millis := milliseconds(time.Since(begin))
			var problem *net.DNSError
			if *absent && errors.As(err, &problem) && problem.IsNotFound {
				print(map[string]any{"event": "absent", "name": *name, "server": *server, "millis": millis})
				continue
			}
			if err != nil {
				return err
			}
			if *absent {
				return fmt.Errorf("%s exists: %v", *name, addresses)
			}
			print(map[string]any{"event": "resolved", "name": *name, "server": *server, "addresses": addresses, "millis": millis})
		}
		return nil
	}
}
