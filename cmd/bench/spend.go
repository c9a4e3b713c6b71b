package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// requestBytes are a request as it goes over the wire.
func requestBytes(host, method, path string, header http.Header, body string) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, host)
	_ = header.Write(&b) // into memory
	if method == http.MethodPost {
		fmt.Fprintf(&b, "Content-Length: %d\r\n", len(body))
	}
	b.WriteString("\r\n" + body)
	return b.Bytes()
}

// together is how many requests are under way at once in a crowd.
const together = 64

// measure sends requests for as long as a round, one at a time or many at once, and
// returns what each cost. What follows from a request after its answer counts too, as
// far as it falls into the round.
func (h *household) measure(s *supply, many bool, round time.Duration) (spent, error) {
	clients := 1
	if many {
		clients = together
	}
	lines := make([]*line, clients)
	for i := range lines {
		var err error
		if lines[i], err = dial(s.host); err != nil {
			return spent{}, err
		}
		defer lines[i].close()
	}
	gatewayBefore, databaseBefore, err := h.used()
	if err != nil {
		return spent{}, err
	}
	var done atomic.Int64
	var sending sync.WaitGroup
	errs := make([]error, clients)
	start := time.Now()
	for i, l := range lines {
		sending.Go(func() {
			for errs[i] == nil && time.Since(start) < round {
				if errs[i] = l.ask(s.next()); errs[i] == nil {
					done.Add(1)
				}
			}
		})
	}
	sending.Wait()
	took, n := time.Since(start).Seconds(), float64(done.Load())
	gatewayAfter, databaseAfter, err := h.used()
	if err := errors.Join(append(errs, err)...); err != nil {
		return spent{}, err
	}
	return spent{gateway: (gatewayAfter - gatewayBefore) * 1e6 / n, database: (databaseAfter - databaseBefore) * 1e6 / n, rate: n / took}, nil
}

// line is a connection whose client costs next to nothing.
type line struct {
	conn net.Conn
	r    *bufio.Reader
}

func dial(host string) (*line, error) {
	c, err := net.Dial("tcp", host)
	if err != nil {
		return nil, err
	}
	return &line{c, bufio.NewReaderSize(c, 32<<10)}, nil
}

func (l *line) close() { _ = l.conn.Close() }

// ask sends a request and reads its answer, which must be a 200 with a length.
func (l *line) ask(request []byte) error {
	if _, err := l.conn.Write(request); err != nil {
		return err
	}
	status, length := "", -1
	for {
		text, err := l.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		text = bytes.TrimRight(text, "\r\n")
		if len(text) == 0 {
			break
		}
		if status == "" {
			status = string(text)
			continue
		}
		if name, value, found := bytes.Cut(text, []byte(": ")); found && bytes.EqualFold(name, []byte("Content-Length")) {
			if length, err = strconv.Atoi(string(value)); err != nil {
				return err
			}
		}
	}
	if length < 0 {
		return l.chunks(status)
	}
	if !strings.HasPrefix(status, "HTTP/1.1 200 ") {
		text := make([]byte, length)
		_, err := io.ReadFull(l.r, text)
		return errors.Join(fmt.Errorf("%s: %s", status, text), err)
	}
	_, err := l.r.Discard(length)
	return err
}

// chunks reads an answer whose length was not told beforehand.
func (l *line) chunks(status string) error {
	if !strings.HasPrefix(status, "HTTP/1.1 200 ") {
		return errors.New(status)
	}
	for {
		text, err := l.r.ReadSlice('\n')
		if err != nil {
			return err
		}
		n, err := strconv.ParseInt(string(bytes.TrimRight(text, "\r\n")), 16, 32)
		if err != nil {
			return err
		}
		if _, err := l.r.Discard(int(n) + len("\r\n")); err != nil || n == 0 {
			return err
		}
	}
}

// used returns the CPU time of the gateway and of all processes of the database so far,
// in seconds.
func (h *household) used() (gateway, database float64, err error) {
	own, err := readTimes(h.gateway.cmd.Process.Pid)
	if err != nil || h.database == 0 {
		return own.self, 0, err
	}
	master, err := readTimes(h.database)
	if err != nil {
		return 0, 0, err
	}
	database = master.self + master.ended
	all, _ := filepath.Glob("/proc/[0-9]*")
	for _, name := range all {
		pid, err := strconv.Atoi(filepath.Base(name))
		if err != nil {
			continue
		}
		if t, err := readTimes(pid); err == nil && t.parent == h.database { // who has ended meanwhile is in master.ended
			database += t.self
		}
	}
	return own.self, database, nil
}

// times are what proc(5) knows of a process, in seconds.
type times struct {
	parent int
	self   float64 // user and system
	ended  float64 // of its children that have ended
}

// ticks is how many of the system's units make a second: 100 on all Linux systems that
// Go runs on.
const ticks = 100

func readTimes(pid int) (t times, err error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return t, err
	}
	// The name in parentheses may hold anything.
	fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
	if len(fields) < 15 {
		return t, fmt.Errorf("read /proc/%d/stat: too short", pid)
	}
	var n [15]float64
	for _, i := range []int{1, 11, 12, 13, 14} { // ppid, utime, stime, cutime, cstime
		if n[i], err = strconv.ParseFloat(fields[i], 64); err != nil {
			return t, fmt.Errorf("read /proc/%d/stat: %w", pid, err)
		}
	}
	return times{parent: int(n[1]), self: (n[11] + n[12]) / ticks, ended: (n[13] + n[14]) / ticks}, nil
}
