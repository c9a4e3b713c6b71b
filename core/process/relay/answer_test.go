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

	"github.com/stretchr/testify/require"
)

// answer is everything that a client sees.
type answer struct {
	status        int
	header        http.Header
	body          string
	length        int64
	trailer       http.Header
	close, broken bool
}

func ask(t *testing.T, c *http.Client, method, url string, header http.Header) answer {
	t.Helper()
	req, err := http.NewRequest(method, url, nil)
	require.NoError(t, err)
	req.Header = header.Clone()
	resp, err := c.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	resp.Header.Del("Date")
	return answer{resp.StatusCode, resp.Header, string(body), resp.ContentLength, resp.Trailer, resp.Close, err != nil}
}

// This serves each handler directly and through a relay, and expects the same.
func TestServe_answers_as_the_handler_would(t *testing.T) {
	flush := func(w http.ResponseWriter) { _ = http.NewResponseController(w).Flush() }
	for name, h := range map[string]http.HandlerFunc{
		"a short text":          func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") },
		"nothing":               func(http.ResponseWriter, *http.Request) {},
		"no content":            func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) },
		"not modified":          func(w http.ResponseWriter, _ *http.Request) { w.Header().Set("Etag", `"1"`); w.WriteHeader(304) },
		"a body after a flush":  func(w http.ResponseWriter, _ *http.Request) { flush(w); _, _ = io.WriteString(w, "<html>") },
		"a flush after a body":  func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<html>"); flush(w) },
		"nothing after a flush": func(w http.ResponseWriter, _ *http.Request) { flush(w) },
		"a long text":           func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("long ", 1<<17)) },
		"a long text of known length": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", fmt.Sprint(5<<17))
			_, _ = io.WriteString(w, strings.Repeat("long ", 1<<17))
		},
		"no content type": func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = nil
			_, _ = io.WriteString(w, "<html>")
		},
		"headers of its own": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("X-Frame-Options", "SAMEORIGIN")
			w.Header().Add("Vary", "Accept")
			w.Header().Add("Set-Cookie", "theme=dark")
			w.Header().Add("Set-Cookie", "size=big")
		},
		"an error": func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "no", http.StatusTeapot) },
		"announced trailers": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Trailer", "X-Sum")
			_, _ = io.WriteString(w, "text")
			w.Header().Set("X-Sum", "1")
		},
		"sudden trailers": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "text")
			flush(w)
			w.Header().Set(http.TrailerPrefix+"X-Sum", "1")
		},
		"what it saw": func(w http.ResponseWriter, r *http.Request) {
			delete(r.Header, "X-Inside")
			_, _ = fmt.Fprintln(w, r.Method, r.URL, r.Host == "", r.Header, r.ContentLength, r.TransferEncoding)
		},
		"less than it promised": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "10")
			_, _ = io.WriteString(w, "half")
		},
		"its own end": func(w http.ResponseWriter, r *http.Request) {
			if r.Method == "HEAD" { // the answer to HEAD is already complete
				return
			}
			_, _ = io.WriteString(w, "half")
			flush(w)
			panic(http.ErrAbortHandler)
		},
	} {
		t.Run(name, func(t *testing.T) {
			direct := httptest.NewServer(standing(h))
			defer direct.Close()
			through, _ := relayed(t, h)
			c := client(t)
			for _, method := range []string{"GET", "HEAD", "POST"} {
				const path = "/a%2Fb//c/?x=%zz&y;z&a=1"
				header := http.Header{"Accept": {"a", "b"}, "Forwarded": {"for=x"}, "X-Forwarded-For": {"192.0.2.1"}, "User-Agent": nil}
				for range 3 {
					want := ask(t, c, method, direct.URL+path, header)
					require.Equal(t, want, ask(t, c, method, through+path, header), method)
				}
			}
		})
	}
}

func TestServe_lets_nobody_take_internal_headers_away(t *testing.T) {
	url, _ := relayed(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprint(w, r.Header.Values("X-Inside"), r.Header.Values("X-Hop"), r.Header.Values("Connection"))
	}))
	a := ask(t, client(t), "GET", url, http.Header{"Connection": {"x-inside, x-hop"}, "X-Hop": {"1"}, "Te": {"trailers"}})
	require.Equal(t, "[yes] [] []", a.body)
}

// The server flushed its headers before it had a body to guess from. How soon the body
// follows must not change the answer.
func TestServe_guesses_no_content_type(t *testing.T) {
	url := raw(t, func(conn net.Conn, in *bufio.Reader) {
		_, _ = http.ReadRequest(in)
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n<html>\r\n0\r\n\r\n")
	})
	a := ask(t, client(t), "GET", url, http.Header{})
	require.Equal(t, "<html>", a.body)
	require.NotContains(t, a.header, "Content-Type")
	require.EqualValues(t, -1, a.length)
}
