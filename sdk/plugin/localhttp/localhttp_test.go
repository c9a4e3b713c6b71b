package localhttp_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"foyer/sdk/plugin/localhttp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// served is a connection to a server of h on a unix socket: net/http's, or ours.
func served(t *testing.T, ours bool, h http.Handler) net.Conn {
	t.Helper()
	dir, err := os.MkdirTemp("", "lh")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	l, err := net.Listen("unix", filepath.Join(dir, "s"))
	require.NoError(t, err)
	var server interface {
		Serve(l net.Listener) error
		Close() error
	} = &http.Server{Handler: h} //nolint:gosec // the measure
	if ours {
		server = &localhttp.Server{Handler: h}
	}
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(l) }()
	t.Cleanup(func() {
		require.NoError(t, server.Close())
		require.ErrorIs(t, <-ended, http.ErrServerClosed)
	})
	c, err := net.Dial("unix", l.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	require.NoError(t, c.SetDeadline(time.Now().Add(time.Minute)))
	return c
}

// told is everything that a client learns from an answer.
func told(t *testing.T, in *bufio.Reader, method string) string {
	t.Helper()
	resp, err := http.ReadResponse(in, &http.Request{Method: method})
	if err != nil {
		return "no answer"
	}
	body, err := io.ReadAll(resp.Body)
	delete(resp.Header, "Date")
	if len(resp.Header["Connection"]) > 0 { // in the end it is closed, said or not
		delete(resp.Header, "Connection")
	}
	return fmt.Sprintf("%d %v length %d %v body %q trailer %v broken %v",
		resp.StatusCode, resp.Header, resp.ContentLength, resp.TransferEncoding, body, resp.Trailer, err != nil)
}

const (
	plainly = "GET /x/ HTTP/1.1\r\nHost: h\r\n\r\n"
	posted  = "POST /x/ HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello"
	pieces  = "POST /x/ HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n0\r\nX-Sum: 7\r\n\r\n"
	headed  = "HEAD /x/ HTTP/1.1\r\nHost: h\r\n\r\n"
	last    = "GET /x/ HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
)

func write(text string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
}

func TestAnswers_are_framed_as_by_the_standard_server(t *testing.T) {
	long := strings.Repeat("0123456789", 5000)
	for name, h := range map[string]http.HandlerFunc{
		"nothing":        func(http.ResponseWriter, *http.Request) {},
		"a status alone": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusCreated) },
		"an unknown one": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(799) },
		"text":           write("hello"),
		"HTML":           write("<!doctype html><p>hello"),
		"2048 bytes":     write(long[:2048]),
		"2049 bytes":     write(long[:2049]),
		"much":           write(long),
		"many pieces": func(w http.ResponseWriter, _ *http.Request) {
			for i := range 3000 {
				fmt.Fprint(w, i)
			}
		},
		"no content": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"not modified": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Etag", `"1"`)
			w.Header().Set("Content-Type", "text/x")
			w.Header().Set("Content-Length", "7")
			w.WriteHeader(http.StatusNotModified)
		},
		"a body of none": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusNoContent)
			_, err := io.WriteString(w, "x")
			requireIs(err, http.ErrBodyNotAllowed)
		},
		"a type": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "image/png")
			_, _ = io.WriteString(w, "x")
		},
		"no type": func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Content-Type"] = nil
			_, _ = io.WriteString(w, "x")
		},
		"encoded": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			_, _ = io.WriteString(w, "x")
		},
		"a length": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
			_, _ = io.WriteString(w, "hello")
		},
		"too long": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "5")
			_, _ = io.WriteString(w, "hello")
			_, err := io.WriteString(w, "!")
			requireIs(err, http.ErrContentLength)
		},
		"too short": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "9")
			_, _ = io.WriteString(w, "hello")
		},
		"two statuses": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusAccepted)
			w.WriteHeader(http.StatusTeapot)
		},
		"late headers": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("A", "1")
			w.WriteHeader(http.StatusOK)
			w.Header().Set("A", "2")
			w.Header().Set("B", "2")
		},
		"odd headers": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("A", "1\r\nB: 2")
			w.Header()["C"] = []string{"1", "2"}
		},
		"flushed": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "a")
			flush(w)
			_, _ = io.WriteString(w, "b")
		},
		"flushed at once": func(w http.ResponseWriter, _ *http.Request) { flush(w); _, _ = io.WriteString(w, "<p>") },
		"trailers": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Trailer", "X-Sum, X-None")
			_, _ = io.WriteString(w, "a")
			w.Header().Set("X-Sum", "7")
		},
		"late trailers": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, long)
			w.Header().Set(http.TrailerPrefix+"X-Sum", "7")
		},
		"trailers of none": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "a")
			w.Header().Set(http.TrailerPrefix+"X-Sum", "7")
		},
		"given up": func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"given up late": func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "a")
			flush(w)
			panic(http.ErrAbortHandler)
		},
		"what it was sent": func(w http.ResponseWriter, r *http.Request) {
			b, err := io.ReadAll(r.Body)
			fmt.Fprint(w, r.Method, r.URL, r.Host, r.ContentLength, string(b), err, r.Trailer, len(r.Header))
		},
		"half of it": func(w http.ResponseWriter, r *http.Request) {
			b := make([]byte, 2)
			n, _ := r.Body.Read(b)
			fmt.Fprint(w, n)
		},
	} {
		for what, request := range map[string]string{"GET": plainly, "POST": posted, "chunks": pieces, "HEAD": headed, "the last one": last} {
			t.Run(name+" to "+what, func(t *testing.T) {
				method, _, _ := strings.Cut(request, " ")
				var answers [2]string
				for i := range answers {
					c := served(t, i == 1, h)
					in := bufio.NewReader(c)
					for range 3 { // on the same connection, if it lasts
						_, _ = io.WriteString(c, request) // or it is closed, as is seen next
						answers[i] += told(t, in, method) + "\n"
					}
				}
				require.Equal(t, answers[0], answers[1])
			})
		}
	}
}

func requireIs(err, want error) {
	if !errors.Is(err, want) {
		panic(fmt.Sprintf("got %v, want %v", err, want))
	}
}

func flush(w http.ResponseWriter) {
	if err := http.NewResponseController(w).Flush(); err != nil {
		panic(err)
	}
}

func TestBody_is_asked_for_when_it_is_read(t *testing.T) {
	for name, ours := range map[string]bool{"the standard server": false, "ours": true} {
		t.Run(name, func(t *testing.T) {
			c := served(t, ours, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/unread/" {
					return
				}
				b, err := io.ReadAll(r.Body)
				fmt.Fprint(w, string(b), err)
			}))
			in := bufio.NewReader(c)
			head := func(path string) {
				_, err := io.WriteString(c, "POST "+path+" HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n")
				require.NoError(t, err)
			}
			for range 2 {
				head("/read/")
				line, err := in.ReadString('\n')
				require.NoError(t, err)
				require.Contains(t, line, "100 Continue")
				_, err = in.ReadString('\n')
				require.NoError(t, err)
				_, err = io.WriteString(c, "hello")
				require.NoError(t, err)
				require.Contains(t, told(t, in, "POST"), `"hello<nil>"`)
			}
			head("/unread/")
			require.Contains(t, told(t, in, "POST"), "200")
			if ours {
				_, err := in.ReadByte()
				require.ErrorIs(t, err, io.EOF, "what follows could be the body")
			}
		})
	}
}

func TestContext_ends_with_the_client_and_with_the_handler(t *testing.T) {
	for name, request := range map[string]string{"no body": plainly, "a body nobody reads": posted[:len(posted)-5] + "hel"} {
		t.Run(name, func(t *testing.T) {
			began, ended := make(chan struct{}), make(chan struct{})
			c := served(t, true, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
				close(began)
				<-r.Context().Done()
				close(ended)
			}))
			_, err := io.WriteString(c, request)
			require.NoError(t, err)
			<-began
			time.Sleep(3 * time.Second / 10)
			select {
			case <-ended:
				t.Fatal("the client is there")
			default:
			}
			require.NoError(t, c.Close())
			<-ended
		})
	}
	over := make(chan struct{})
	c := served(t, true, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		go func() { <-r.Context().Done(); close(over) }()
	}))
	_, err := io.WriteString(c, plainly)
	require.NoError(t, err)
	<-over
}

func TestConnection_is_handed_over(t *testing.T) {
	for name, ours := range map[string]bool{"the standard server": false, "ours": true} {
		t.Run(name, func(t *testing.T) {
			c := served(t, ours, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				conn, rw, err := http.NewResponseController(w).Hijack()
				if err != nil {
					panic(err)
				}
				_, _ = rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n")
				_ = rw.Flush()
				go func() { // longer than the handler
					defer conn.Close()
					_, _ = io.CopyN(conn, rw, 10)
				}()
				_, err = w.Write([]byte("x"))
				requireIs(err, http.ErrHijacked)
			}))
			_, err := io.WriteString(c, "GET /x/ HTTP/1.1\r\nHost: h\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nearly")
			require.NoError(t, err)
			in := bufio.NewReader(c)
			resp, err := http.ReadResponse(in, nil)
			require.NoError(t, err)
			require.Equal(t, http.StatusSwitchingProtocols, resp.StatusCode)
			_, err = io.WriteString(c, "later")
			require.NoError(t, err)
			text, err := io.ReadAll(in)
			require.NoError(t, err)
			require.Equal(t, "earlylater", string(text))
		})
	}
}

func TestRequest_with_a_head_beyond_measure_is_cut_off(t *testing.T) {
	c := served(t, true, write("hello"))
	_, _ = io.WriteString(c, "GET /x/ HTTP/1.1\r\nHost: h\r\nX-Long: "+strings.Repeat("x", 3<<20)) // until the server closes
	_, err := c.Read(make([]byte, 1))
	require.Error(t, err)
}

func TestDeadlines_of_a_request_end_with_it(t *testing.T) {
	c := served(t, true, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			requireIs(http.NewResponseController(w).SetReadDeadline(time.Now().Add(-time.Second)), nil)
			_, err := io.ReadAll(r.Body)
			fmt.Fprint(w, errors.Is(err, os.ErrDeadlineExceeded))
			return
		}
		requireIs(http.NewResponseController(w).SetReadDeadline(time.Now().Add(-time.Second)), nil)
	}))
	in := bufio.NewReader(c)
	for range 2 {
		_, err := io.WriteString(c, plainly)
		require.NoError(t, err)
		require.Contains(t, told(t, in, "GET"), "200")
	}
	_, err := io.WriteString(c, posted[:len(posted)-5])
	require.NoError(t, err)
	require.Contains(t, told(t, in, "POST"), `"true"`)
}
