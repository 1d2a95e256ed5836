package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sort"
	"strings"
	"sync"
	"time"
)

// A task is one thing to try. Everything in it has a deadline, so that a set of tasks ends in bounded time whatever the
// network does.
type task struct {
	Id      string `json:"id"`
	Kind    string `json:"kind"`    // udp, tcp, connect, http, https, dns
	Address string `json:"address"` // HOST:PORT, a URL for http and https, a name to look up for dns
	Payload string `json:"payload"` // sent by udp and tcp; must come back behind the server's name
	Count   int    `json:"count"`   // exchanges after the first that went through
	// Until says what the first exchanges wait for: "open" (the default) or "closed".
	Until          string `json:"until"`
	TimeoutMillis  int    `json:"timeoutMillis"`  // of one exchange
	DeadlineMillis int    `json:"deadlineMillis"` // of the waiting
	Server         string `json:"server"`         // dns: HOST:PORT; default: the first of /etc/resolv.conf
	Authority      string `json:"authority"`      // https: file with the certificates to trust
	Certificate    string `json:"certificate"`    // https: file with our certificate and key, in any order
}

// An outcome is what became of a task.
type outcome struct {
	Id string `json:"id"`
	// Reached: the first exchange went through (with until "closed": two in a row did not) before the deadline.
	Reached  bool           `json:"reached"`
	Attempts int            `json:"attempts"` // exchanges before that, this one included
	Sent     int            `json:"sent"`     // of the counted exchanges
	Received int            `json:"received"`
	Answers  map[string]int `json:"answers"` // what was answered, how often; udp and tcp: the server's name
	Error    string         `json:"error"`   // of the last exchange that failed
	Millis   int64          `json:"millis"`  // the quickest exchange that went through
}

// tasks reads a JSON array of tasks, carries them out side by side and prints their outcomes, one a line.
func tasks(flags *flag.FlagSet) func(context.Context) error {
	encoded := flags.String("base64", "", "the tasks, base64 of the JSON")
	return func(context.Context) error {
		text, err := base64.StdEncoding.DecodeString(*encoded)
		if err != nil {
			return err
		}
		var list []task
		if err := json.Unmarshal(text, &list); err != nil {
			return err
		}
		for _, each := range carryOut(list) {
			if err := json.NewEncoder(os.Stdout).Encode(each); err != nil {
				return err
			}
		}
		return nil
	}
}

func carryOut(tasks []task) []outcome {
	outcomes := make([]outcome, len(tasks))
	var group sync.WaitGroup
	for index := range tasks {
		group.Add(1)
		go func() {
			defer group.Done()
			outcomes[index] = tasks[index].run()
		}()
	}
	group.Wait()
	return outcomes
}

func (t task) timeout() time.Duration {
	if t.TimeoutMillis <= 0 {
		return time.Second
	}
	return time.Duration(t.TimeoutMillis) * time.Millisecond
}

func (t task) run() outcome {
	result := outcome{Id: t.Id, Answers: map[string]int{}}
	deadline := time.Now().Add(time.Duration(t.DeadlineMillis) * time.Millisecond)
	closed := 0
	for {
		answer, millis, err := t.exchange(0)
		result.Attempts++
		if err != nil {
			result.Error = err.Error()
		} else {
			result.answered(answer, millis)
		}
		if t.Until == "closed" {
			if err != nil {
				closed++
			} else {
				closed = 0
			}
			if closed == 2 {
				result.Reached = true
				return result
			}
		} else if err == nil {
			result.Reached = true
			break
		}
		if !time.Now().Add(200 * time.Millisecond).Before(deadline) {
			return result
		}
		time.Sleep(200 * time.Millisecond)
	}
	t.count(&result)
	return result
}

// count makes the counted exchanges, eight at a time, and gives up when the first eight are all lost.
func (t task) count(result *outcome) {
	var lock sync.Mutex
	for begin := 0; begin < t.Count; begin += 8 {
		end := min(begin+8, t.Count)
		var group sync.WaitGroup
		for number := begin; number < end; number++ {
			group.Add(1)
			go func() {
				defer group.Done()
				answer, millis, err := t.exchange(number + 1)
				lock.Lock()
				defer lock.Unlock()
				result.Sent++
				if err != nil {
					result.Error = err.Error()
					return
				}
				result.Received++
				result.answered(answer, millis)
			}()
		}
		group.Wait()
		if result.Received == 0 {
			return
		}
	}
}

func (o *outcome) answered(answer string, millis int64) {
	o.Answers[answer]++
	if o.Millis == 0 || millis < o.Millis {
		o.Millis = max(millis, 1)
	}
}

func (t task) exchange(number int) (string, int64, error) {
	begin := time.Now()
	var answer string
	var err error
	switch t.Kind {
	case "udp", "tcp":
		answer, err = t.echo(number)
	case "connect":
		answer, err = t.connect()
	case "http", "https":
		answer, err = t.get()
	case "dns":
		answer, err = lookUp(t.Server, t.Address, t.timeout())
	default:
		err = fmt.Errorf("no task of kind %q", t.Kind)
	}
	return answer, time.Since(begin).Milliseconds(), err
}

// echo sends a line that no other exchange sends and wants exactly that line back behind the server's name.
func (t task) echo(number int) (string, error) {
	connection, err := net.DialTimeout(t.Kind, t.Address, t.timeout())
	if err != nil {
		return "", brief(err)
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(t.timeout()))
	sent := fmt.Sprintf("%s #%d\n", t.Payload, number)
	if _, err := connection.Write([]byte(sent)); err != nil {
		return "", brief(err)
	}
	line, err := bufio.NewReader(connection).ReadString('\n')
	if err != nil {
		return "", brief(err)
	}
	name, rest, _ := strings.Cut(line, " ")
	if rest != sent {
		return "", fmt.Errorf("sent %q, got back %q", sent, rest)
	}
	return name, nil
}

// connect only opens a connection: whoever listens speaks another language.
func (t task) connect() (string, error) {
	connection, err := net.DialTimeout("tcp", t.Address, t.timeout())
	if err != nil {
		return "", brief(err)
	}
	connection.Close()
	return "connected", nil
}

func (t task) get() (string, error) {
	transport := &http.Transport{DisableKeepAlives: true, Proxy: nil}
	if t.Kind == "https" {
		settings, err := t.tls()
		if err != nil {
			return "", err
		}
		transport.TLSClientConfig = settings
	}
	client := &http.Client{Transport: transport, Timeout: t.timeout()}
	response, err := client.Get(t.Address)
	if err != nil {
		return "", brief(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(io.LimitReader(response.Body, 200))
	if err != nil {
		return "", brief(err)
	}
	answer := fmt.Sprintf("%d %s", response.StatusCode, strings.TrimSpace(string(body)))
	if response.TLS != nil && len(response.TLS.PeerCertificates) > 0 {
		names := append([]string{}, response.TLS.PeerCertificates[0].DNSNames...)
		sort.Strings(names)
		answer += " | " + strings.Join(names, ",")
	}
	return answer, nil
}

func (t task) tls() (*tls.Config, error) {
	authority, err := os.ReadFile(t.Authority)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(authority) {
		return nil, errors.New(t.Authority + " holds no certificate")
	}
	settings := &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}
	if t.Certificate != "" {
		pair, err := tls.LoadX509KeyPair(t.Certificate, t.Certificate)
		if err != nil {
			return nil, err
		}
		settings.Certificates = []tls.Certificate{pair}
	}
	return settings, nil
}

// brief says what failed without the addresses that Go puts around it.
func brief(err error) error {
	if errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) {
		return errors.New("no answer in time")
	}
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return errors.New("no answer in time")
	}
	var operation *net.OpError
	if errors.As(err, &operation) {
		return operation.Err
	}
	return err
}
