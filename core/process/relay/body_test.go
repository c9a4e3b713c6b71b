package relay_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/process/relay"
)

const soon = 30 * time.Second

func TestBody_arrives_whole_with_its_trailers(t *testing.T) {
	url, conns := relayed(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := io.Copy(io.Discard, r.Body)
		_, _ = fmt.Fprint(w, n, err, r.ContentLength, r.Trailer)
	}))
	c := client(t)
	for _, x := range []struct {
		size   int64
		length int64
		want   string
	}{
		{1, 1, "1 <nil> 1 map[]"}, {1 << 20, 1 << 20, "1048576 <nil> 1048576 map[]"},
		{1, -1, "1 <nil> -1 map[X-Sum:[7]]"}, {1 << 20, -1, "1048576 <nil> -1 map[X-Sum:[7]]"}, {0, -1, "0 <nil> -1 map[X-Sum:[7]]"},
	} {
		req, err := http.NewRequest("POST", url, io.LimitReader(zeros{}, x.size))
		require.NoError(t, err)
		if req.ContentLength = x.length; x.length < 0 {
			req.Trailer = http.Header{"X-Sum": {"7"}}
		}
		resp, err := c.Do(req)
		require.NoError(t, err)
		got, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.NoError(t, resp.Body.Close())
		require.Equal(t, x.want, string(got))
	}
	require.LessOrEqual(t, conns.Load(), int64(5))
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func TestBody_and_answer_pass_at_the_same_time(t *testing.T) {
	url, _ := relayed(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		out := http.NewResponseController(w)
		_ = out.EnableFullDuplex()
		_ = out.Flush()
		in := bufio.NewScanner(r.Body)
		for in.Scan() {
			_, _ = fmt.Fprintln(w, strings.ToUpper(in.Text()))
			_ = out.Flush()
		}
	}))
	for _, length := range []int64{-1, 8} {
		body, feed := io.Pipe()
		req, err := http.NewRequest("POST", url, body)
		require.NoError(t, err)
		req.ContentLength = length
		resp, err := client(t).Do(req)
		require.NoError(t, err)
		in := bufio.NewReader(resp.Body)
		for _, word := range []string{"one", "two"} {
			_, err = fmt.Fprintln(feed, word)
			require.NoError(t, err)
			line, err := in.ReadString('\n')
			require.NoError(t, err)
			require.Equal(t, strings.ToUpper(word)+"\n", line)
		}
		require.NoError(t, feed.Close())
		rest, err := io.ReadAll(in)
		require.NoError(t, err)
		require.Empty(t, rest)
		require.NoError(t, resp.Body.Close())
	}
}

func TestBody_that_nobody_wants_does_not_hold_the_answer(t *testing.T) {
	url, _ := relayed(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusForbidden) }))
	body, feed := io.Pipe()
	defer feed.Close()
	go func() { _, _ = io.Copy(feed, zeros{}) }() // ends when the client gives up
	req, err := http.NewRequest("POST", url, body)
	require.NoError(t, err)
	resp, err := client(t).Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, 403, resp.StatusCode)
}

// A client that expects 100 is told to continue when the handler reads, and not before.
func TestBody_waits_for_leave_when_asked(t *testing.T) {
	url, _ := relayed(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/refused" {
			http.Error(w, "no", http.StatusForbidden)
			return
		}
		_, _ = io.Copy(w, r.Body)
	}))
	for path, want := range map[string]int{"/refused": 403, "/taken": 100} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		require.NoError(t, err)
		require.NoError(t, conn.SetDeadline(time.Now().Add(soon)))
		_, _ = fmt.Fprintf(conn, "POST %s HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n", path)
		in := bufio.NewReader(conn)
		resp, err := http.ReadResponse(in, nil)
		require.NoError(t, err)
		require.Equal(t, want, resp.StatusCode)
		if want == 100 {
			_, _ = io.WriteString(conn, "ok")
			resp, err = http.ReadResponse(in, nil)
			require.NoError(t, err)
			got, err := io.ReadAll(resp.Body)
			require.NoError(t, err)
			require.Equal(t, "ok", string(got))
		}
		require.Equal(t, "DENY", resp.Header.Get("X-Frame-Options"), "standing headers are there")
		require.NoError(t, conn.Close())
	}
}

func TestBody_that_breaks_off_is_not_taken_for_whole(t *testing.T) {
	saw := make(chan error, 1)
	url, _ := relayed(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, err := io.ReadAll(r.Body)
		saw <- err
	}))
	for _, framing := range []string{"Content-Length: 9\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n"} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		require.NoError(t, err)
		_, _ = io.WriteString(conn, "POST / HTTP/1.1\r\nHost: x\r\n"+framing)
		require.NoError(t, conn.Close())
		select {
		case err := <-saw:
			require.Error(t, err)
		case <-time.After(soon):
			require.Fail(t, "the handler still waits")
		}
	}
}

func TestBody_over_a_limit_is_told_as_such(t *testing.T) {
	l := listen(t)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	server.Listener = l
	server.Start()
	defer server.Close()
	r := relay.New(l.Addr().String())
	defer r.Close()
	in := httptest.NewRequest("POST", "/", io.LimitReader(zeros{}, 100))
	w := httptest.NewRecorder()
	in.Body = http.MaxBytesReader(w, in.Body, 10)
	var tooLarge *http.MaxBytesError
	require.ErrorAs(t, r.Serve(w, in, nil), &tooLarge)
}
