package recording_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// fault is what happens to a call to LiveKit.
type fault int

const (
	none       fault = iota
	refused          // it does not arrive
	unanswered       // it arrives, but the answer is lost
)

// line is the connection to LiveKit; it can fail and counts calls.
type line struct {
	url string

	mu     sync.Mutex
	faults map[string]fault // by method, such as "StopEgress"
	calls  map[string]int
}

func newLine(t *testing.T) *line {
	t.Helper()
	target, err := url.Parse(media.server.HTTPURL())
	require.NoError(t, err)
	l := &line{faults: map[string]fault{}, calls: map[string]int{}}
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		method := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
		l.mu.Lock()
		l.calls[method]++
		how := l.faults[method]
		l.mu.Unlock()
		switch how {
		case refused:
			panic(http.ErrAbortHandler)
		case unanswered:
			proxy.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	l.url = s.URL
	return l
}

func (l *line) set(method string, f fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults[method] = f
}

func (l *line) count(method string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.calls[method]
}
