package moduletest_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/moduletest"
	"foyer/sdk/reply"
)

// end ends its answer in the way that the path names.
func (p *probe) end(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	switch r.PathValue("how") {
	case "abort":
		panic(http.ErrAbortHandler)
	case "wrapped-abort":
		panic(fmt.Errorf("enough: %w", http.ErrAbortHandler))
	case "status-abort":
		w.WriteHeader(http.StatusOK)
		panic(http.ErrAbortHandler)
	case "flush-panic":
		_ = http.NewResponseController(w).Flush()
		panic("probe")
	case "write-panic":
		_, _ = io.WriteString(w, "part")
		panic("probe")
	case "status-panic":
		w.WriteHeader(http.StatusOK)
		panic("probe")
	case "length-panic":
		h.Set("Content-Length", "5")
		panic("probe")
	case "no-status":
		w.WriteHeader(42)
	case "status-twice":
		w.WriteHeader(http.StatusCreated)
		w.WriteHeader(http.StatusAccepted)
	case "late-header":
		w.WriteHeader(http.StatusCreated)
		h.Set("X-Late", "yes")
	case "status-json":
		w.WriteHeader(http.StatusAccepted)
		reply.JSON(w, r, http.StatusOK, "said")
	case "hint":
		w.WriteHeader(http.StatusEarlyHints)
		_, _ = io.WriteString(w, "said")
	case "page-fail":
		h.Set("Content-Type", "text/html")
		reply.Fail(w, r, reply.Detail(http.StatusBadRequest, "<b>no</b>"))
	case "file-fail":
		h.Set("Content-Length", "100000")
		h.Set("Content-Encoding", "gzip")
		h.Set("Etag", `"x"`)
		h.Set("Cache-Control", "public, max-age=3600")
		reply.Fail(w, r, errors.New("probe"))
	case "read":
		if _, err := io.ReadAll(r.Body); err != nil {
			reply.Fail(w, r, reply.Detail(http.StatusBadRequest, "The request body cannot be read.").Because(err))
			return
		}
		_, _ = io.WriteString(w, "read")
	}
}

// ended is what a client gets; cut is an answer, or none, that breaks off.
type ended struct {
	status int
	kind   string // content type
	body   string
	late   string
	cache  string
	cut    bool
}

func askEnd(t *testing.T, g *moduletest.Gateway, how string) ended {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, g.URL+"/probe/end/"+how+"/", nil)
	require.NoError(t, err)
	resp, err := (&http.Transport{DisableKeepAlives: true, DisableCompression: true}).RoundTrip(req)
	if err != nil {
		return ended{cut: true}
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.Empty(t, resp.Header.Get("Content-Encoding")+resp.Header.Get("Etag"))
	return ended{
		status: resp.StatusCode, kind: resp.Header.Get("Content-Type"), body: string(text),
		late: resp.Header.Get("X-Late"), cache: resp.Header.Get("Cache-Control"), cut: err != nil,
	}
}

func TestAnswers_end_alike_in_both_placements(t *testing.T) {
	const (
		json   = "application/json"
		broken = `{"detail":"Server error."}`
	)
	bothPlacements(t, func(t *testing.T, g *moduletest.Gateway) {
		for how, want := range map[string]ended{
			"abort":         {cut: true},
			"wrapped-abort": {cut: true},
			"status-abort":  {cut: true},
			"flush-panic":   {status: 200, cache: "no-store", cut: true},
			"write-panic":   {cut: true},
			"status-panic":  {status: 500, kind: json, body: broken, cache: "no-store"},
			"length-panic":  {status: 500, kind: json, body: broken, cache: "no-store"},
			"no-status":     {status: 500, kind: json, body: broken, cache: "no-store"},
			"status-twice":  {status: 202, cache: "no-store"},
			"late-header":   {status: 201, late: "yes", cache: "no-store"},
			"status-json":   {status: 200, kind: json, body: `"said"`, cache: "no-store"},
			"hint":          {status: 200, kind: "text/plain; charset=utf-8", body: "said", cache: "no-store"},
			"page-fail":     {status: 400, kind: json, body: `{"detail":"<b>no</b>"}`, cache: "no-store"},
			"file-fail":     {status: 500, kind: json, body: broken, cache: "no-store"},
			"nothing":       {status: 200, cache: "no-store"},
		} {
			got := askEnd(t, g, how)
			if how == "write-panic" { // a byte may or may not be out when the connection ends
				require.True(t, got.cut, how)
				continue
			}
			require.Equal(t, want, got, how)
		}
	})
}

// A client that sends what is not a body is told so, and not to come back.
func TestBody_that_is_none_is_the_clients_fault(t *testing.T) {
	bothPlacements(t, func(t *testing.T, g *moduletest.Gateway) {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(g.URL, "http://"))
		require.NoError(t, err)
		defer conn.Close()
		require.NoError(t, conn.SetDeadline(time.Now().Add(time.Minute)))
		_, err = io.WriteString(conn, "POST /probe/end/read/ HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
		require.NoError(t, err)
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		require.NoError(t, err)
		defer resp.Body.Close()
		require.Equal(t, http.StatusBadRequest, resp.StatusCode)
		require.Empty(t, resp.Header.Get("Retry-After"))
	})
}
