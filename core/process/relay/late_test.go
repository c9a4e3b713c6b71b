package relay_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/process/relay"
)

// expiring serves a relay to l, which gives up what has been waiting for longer than
// that.
func expiring(t *testing.T, l net.Listener, longer time.Duration) (url string) {
	t.Helper()
	r := relay.New(l.Addr().String())
	ended, end := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			select {
			case <-end:
				return
			case <-time.After(time.Millisecond):
				r.Expire(longer)
			}
		}
	}()
	url = serving(t, r)
	t.Cleanup(func() { close(end); <-ended })
	return url
}

func TestExpire_ends_requests_whose_answer_does_not_begin(t *testing.T) {
	const big = 8 << 20 // more than a socket buffer holds
	for name, c := range map[string]struct {
		body  io.Reader
		reads bool // whether the server reads
	}{
		"without a body":                {nil, true},
		"of whose body nothing is read": {io.LimitReader(zeros{}, big), false},
		"of whose body all is read":     {io.LimitReader(zeros{}, big), true},
	} {
		t.Run(name, func(t *testing.T) {
			over := make(chan struct{})
			l, served := listen(t), make(chan struct{})
			go func() {
				defer close(served)
				conn, err := l.Accept()
				if err != nil {
					return
				}
				defer conn.Close()
				if c.reads {
					_, _ = io.Copy(io.Discard, conn) // until the relay gives up
				}
				<-over
			}()
			req, err := http.NewRequest(http.MethodPost, expiring(t, l, 50*time.Millisecond), c.body)
			require.NoError(t, err)
			resp, err := client(t).Do(req)
			require.NoError(t, err)
			defer resp.Body.Close()
			text, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			require.Equal(t, "no answer in time\n", string(text))
			require.Equal(t, http.StatusServiceUnavailable, resp.StatusCode)
			close(over)
			<-served
		})
	}
}

// A client may take its time, and so may an answer that has begun.
func TestExpire_spares_what_does_not_wait_for_the_server(t *testing.T) {
	const longer = time.Second
	l := listen(t)
	server := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		w.WriteHeader(http.StatusOK)
		_ = http.NewResponseController(w).Flush()
		time.Sleep(3 * longer / 2)
		_, _ = fmt.Fprint(w, n, err)
	})}
	ended := make(chan error)
	go func() { ended <- server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close(); <-ended })
	url := expiring(t, l, longer)

	body, feed := io.Pipe()
	go func() {
		for range 2 {
			_, _ = feed.Write([]byte("x"))
			time.Sleep(3 * longer / 2)
		}
		_ = feed.Close()
	}()
	resp, err := client(t).Post(url, "text/plain", body)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Equal(t, "2 <nil>", string(text))
}

func TestServe_tells_what_never_reached_the_server(t *testing.T) {
	const head = "GET / HTTP/1.1\r\n"
	for name, c := range map[string]struct {
		body    string
		long    bool // a head sent in two writes
		gone    bool // nothing listens
		read    int  // bytes of the request that the server reads; 0 = it closes at once
		reached bool
	}{
		"nobody listens":                      {gone: true},
		"nobody listens, with a body":         {gone: true, body: "text"},
		"it was not read":                     {},
		"its head was read in part":           {long: true, read: 5000},
		"it was read":                         {read: math.MaxInt, reached: true},
		"it was not read, and had a body":     {body: "text", reached: true},
		"its body was sent, and read in part": {body: "text", read: len(head), reached: true},
	} {
		t.Run(name, func(t *testing.T) {
			l, served := listen(t), make(chan struct{})
			if c.gone {
				require.NoError(t, l.Close())
			}
			go func() {
				defer close(served)
				conn, err := l.Accept()
				if err != nil {
					return
				}
				defer conn.Close()
				await(conn) // there is something to read
				switch {
				case c.read == math.MaxInt:
					_, _ = http.ReadRequest(bufio.NewReader(conn))
				case c.read > 0:
					_, _ = io.ReadFull(conn, make([]byte, c.read))
				}
			}()
			body := &counted{Reader: strings.NewReader(c.body)}
			req, err := http.NewRequest(http.MethodGet, "http://x/", body)
			require.NoError(t, err)
			req.ContentLength = int64(len(c.body))
			if c.long {
				req.Header.Set("X-Long", strings.Repeat("x", 8000))
			}
			r := relay.New(l.Addr().String())
			t.Cleanup(r.Close)
			err = r.Serve(httptest.NewRecorder(), req, extra())
			require.Error(t, err)
			require.Equal(t, !c.reached, errors.Is(err, relay.ErrUnreached), err)
			if !c.reached {
				require.Zero(t, body.reads.Load(), "it can be sent again")
			}
			<-served
		})
	}
}

// await returns once there is something to read, without reading it.
func await(conn net.Conn) {
	raw, err := conn.(*net.UnixConn).SyscallConn()
	if err != nil {
		return
	}
	_ = raw.Read(func(fd uintptr) bool {
		var b [1]byte
		_, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
		return !errors.Is(err, syscall.EAGAIN)
	})
}

type counted struct {
	io.Reader
	reads atomic.Int64
}

func (c *counted) Read(b []byte) (int, error) { c.reads.Add(1); return c.Reader.Read(b) }
