package relay_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// The test reads each part before the handler may go on to the next.
func TestAnswer_goes_out_when_it_is_flushed(t *testing.T) {
	next := make(chan struct{})
	url, _ := relayed(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if length := r.URL.Query().Get("length"); length != "" {
			w.Header().Set("Content-Length", length)
		}
		for range 4 {
			_ = http.NewResponseController(w).Flush()
			<-next
			_, _ = io.WriteString(w, "part\n")
		}
	}))
	for _, query := range []string{"", "?length=20"} {
		resp, err := client(t).Get(url + query)
		require.NoError(t, err)
		in := bufio.NewReader(resp.Body)
		next <- struct{}{}
		for range 3 {
			line, err := in.ReadString('\n')
			require.NoError(t, err)
			require.Equal(t, "part\n", line)
			next <- struct{}{}
		}
		rest, err := io.ReadAll(in)
		require.NoError(t, err)
		require.Equal(t, "part\n", string(rest))
		require.NoError(t, resp.Body.Close())
	}
}

func TestRequest_ends_at_the_server_when_the_client_leaves(t *testing.T) {
	began, ended := make(chan struct{}), make(chan struct{})
	url, _ := relayed(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		close(began)
		<-r.Context().Done()
		close(ended)
	}))
	for _, body := range []string{"", "text"} {
		began, ended = make(chan struct{}), make(chan struct{})
		ctx, leave := context.WithCancel(t.Context())
		req, err := http.NewRequestWithContext(ctx, "POST", url, strings.NewReader(body))
		require.NoError(t, err)
		gone := make(chan error)
		go func() {
			_, err := client(t).Do(req)
			gone <- err
		}()
		<-began
		leave()
		require.ErrorIs(t, <-gone, context.Canceled)
		select {
		case <-ended:
		case <-time.After(soon):
			require.Fail(t, "the handler still waits")
		}
	}
}

// echo switches to the protocol "echo", which repeats each line and says goodbye at the
// end.
func echo(w http.ResponseWriter, _ *http.Request) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	_, _ = rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nwelcome\n")
	_ = rw.Flush()
	in := bufio.NewScanner(rw)
	for in.Scan() {
		_, _ = fmt.Fprintln(conn, in.Text())
	}
	_, _ = io.WriteString(conn, "goodbye\n")
}

func upgrade(t *testing.T, url, protocol, more string) (net.Conn, *bufio.Reader, *http.Response) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	require.NoError(t, conn.SetDeadline(time.Now().Add(soon)))
	_, err = io.WriteString(conn, "GET / HTTP/1.1\r\nHost: x\r\nConnection: keep-alive, upgrade\r\nUpgrade: "+protocol+"\r\n\r\n"+more)
	require.NoError(t, err)
	in := bufio.NewReader(conn)
	resp, err := http.ReadResponse(in, nil)
	require.NoError(t, err)
	return conn, in, resp
}

func TestUpgrade_passes_both_ways_until_both_have_ended(t *testing.T) {
	url, _ := relayed(t, http.HandlerFunc(echo))
	conn, in, resp := upgrade(t, url, "ECHO", "early\n")
	require.Equal(t, 101, resp.StatusCode)
	require.Equal(t, "echo", resp.Header.Get("Upgrade"))
	require.Equal(t, "Upgrade", resp.Header.Get("Connection"))
	require.Equal(t, "DENY", resp.Header.Get("X-Frame-Options"))
	read := func(want string) {
		line, err := in.ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, want+"\n", line)
	}
	read("welcome")
	read("early")
	_, _ = io.WriteString(conn, "late\n")
	read("late")
	require.NoError(t, conn.(*net.TCPConn).CloseWrite())
	read("goodbye")
	_, err := in.ReadByte()
	require.ErrorIs(t, err, io.EOF)
}

func TestUpgrade_to_what_was_not_asked_for_is_refused(t *testing.T) {
	url, _ := relayed(t, http.HandlerFunc(echo))
	_, _, resp := upgrade(t, url, "other", "")
	require.Equal(t, 503, resp.StatusCode)
	status, _ := get(t, url)
	require.Equal(t, 503, status)
}
