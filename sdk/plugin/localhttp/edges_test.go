package localhttp_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/sdk/plugin/localhttp"
)

// both runs a test with the standard server, which is the measure, and ours.
func both(t *testing.T, f func(t *testing.T, ours bool)) {
	t.Helper()
	for name, ours := range map[string]bool{"the standard server": false, "ours": true} {
		t.Run(name, func(t *testing.T) { f(t, ours) })
	}
}

func TestAnswer_that_broke_off_behind_a_proxy_breaks_off(t *testing.T) {
	behind := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "half")
		flush(w)
		panic(http.ErrAbortHandler)
	}))
	defer behind.Close()
	to, err := url.Parse(behind.URL)
	require.NoError(t, err)
	proxy := httputil.NewSingleHostReverseProxy(to)
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	proxy.Transport = transport
	both(t, func(t *testing.T, ours bool) {
		c := served(t, ours, proxy)
		_, err := io.WriteString(c, plainly)
		require.NoError(t, err)
		require.Contains(t, told(t, bufio.NewReader(c), "GET"), "broken true")
	})
}

func TestContext_names_the_server_and_its_address(t *testing.T) {
	both(t, func(t *testing.T, ours bool) {
		c := served(t, ours, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, server := r.Context().Value(http.ServerContextKey).(*http.Server)
			address, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
			fmt.Fprint(w, server, address != nil && address.Network() == "unix")
		}))
		_, err := io.WriteString(c, plainly)
		require.NoError(t, err)
		require.Contains(t, told(t, bufio.NewReader(c), "GET"), `"true true"`)
	})
}

const expecting = "POST /x/ HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"

func TestBody_may_be_read_in_one_goroutine_and_answered_in_another(t *testing.T) {
	both(t, func(t *testing.T, ours bool) {
		c := served(t, ours, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			read := make(chan struct{})
			go func() {
				defer close(read)
				_, _ = io.Copy(io.Discard, r.Body)
			}()
			_, _ = io.WriteString(w, "early")
			flush(w)
			<-read
		}))
		_, err := io.WriteString(c, expecting+"hello")
		require.NoError(t, err)
		in := bufio.NewReader(c)
		start, err := in.Peek(len("HTTP/1.1 100"))
		require.NoError(t, err)
		if string(start) == "HTTP/1.1 100" {
			for range 2 {
				_, err = in.ReadString('\n')
				require.NoError(t, err)
			}
		}
		require.Contains(t, told(t, in, "POST"), `body "early"`)
	})
}

func TestBody_that_is_closed_is_not_waited_for(t *testing.T) {
	for name, request := range map[string]string{
		"a large one":              "POST /x/ HTTP/1.1\r\nHost: h\r\nContent-Length: 500000\r\n\r\nhello",
		"chunks":                   "POST /x/ HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
		"one nobody has asked for": expecting,
	} {
		t.Run(name, func(t *testing.T) {
			c := served(t, true, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if err := r.Body.Close(); err != nil {
					panic(err)
				}
				_, err := r.Body.Read(make([]byte, 1))
				requireIs(err, http.ErrBodyReadAfterClose)
				w.WriteHeader(http.StatusRequestEntityTooLarge)
			}))
			require.NoError(t, c.SetDeadline(time.Now().Add(10*time.Second)))
			_, err := io.WriteString(c, request)
			require.NoError(t, err)
			require.Contains(t, told(t, bufio.NewReader(c), "POST"), "413 ")
		})
	}
}

func TestConnection_that_was_handed_over_gets_nothing_else(t *testing.T) {
	c := served(t, true, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			panic(err)
		}
		defer conn.Close()
		requireIs(http.NewResponseController(w).Flush(), http.ErrHijacked)
		_, _ = io.WriteString(conn, "mine")
	}))
	_, err := io.WriteString(c, plainly)
	require.NoError(t, err)
	text, err := io.ReadAll(c)
	require.NoError(t, err)
	require.Equal(t, "mine", string(text))
}

func TestWriter_that_is_kept_does_not_reach_the_next_answer(t *testing.T) {
	var kept http.ResponseWriter
	c := served(t, true, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			kept = w
			return
		}
		_, err := kept.Write([]byte("of somebody else"))
		if err == nil || http.NewResponseController(kept).Flush() == nil || http.NewResponseController(kept).SetWriteDeadline(time.Now()) == nil {
			panic("it still writes")
		}
		if _, _, err := http.NewResponseController(kept).Hijack(); err == nil {
			panic("it still takes the connection")
		}
		_, _ = io.WriteString(w, "mine")
	}))
	in := bufio.NewReader(c)
	for _, each := range [][2]string{{posted, `body ""`}, {plainly, `body "mine"`}} {
		request, want := each[0], each[1]
		_, err := io.WriteString(c, request)
		require.NoError(t, err)
		require.Contains(t, told(t, in, strings.Fields(request)[0]), want)
	}
}

// scarce is a listener without descriptors for a while.
type scarce struct {
	net.Listener
	faults []error
}

func (s *scarce) Accept() (net.Conn, error) {
	if len(s.faults) > 0 {
		err := s.faults[0]
		s.faults = s.faults[1:]
		return nil, &net.OpError{Op: "accept", Err: os.NewSyscallError("accept4", err)}
	}
	return s.Listener.Accept()
}

func TestServe_goes_on_when_descriptors_were_scarce(t *testing.T) {
	dir, err := os.MkdirTemp("", "lh")
	require.NoError(t, err)
	defer os.RemoveAll(dir)
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	require.NoError(t, err)
	server := &localhttp.Server{Handler: write("hello")}
	ended := make(chan error, 1)
	go func() {
		ended <- server.Serve(&scarce{l, []error{syscall.EMFILE, syscall.ENFILE}})
	}()
	client := &http.Client{Transport: &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", l.Addr().String())
	}}}
	defer client.CloseIdleConnections()
	resp, err := client.Get("http://h/x/")
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.NoError(t, server.Close())
	require.ErrorIs(t, <-ended, http.ErrServerClosed)

	broken := errors.New("broken")
	require.ErrorIs(t, (&localhttp.Server{}).Serve(&scarce{l, []error{broken}}), broken)
}
