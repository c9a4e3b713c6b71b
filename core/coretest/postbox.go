package coretest

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/livekithook"
)

// Posted is a webhook with the gateway's answer.
type Posted struct {
	ID    string `json:"id"`
	Event string `json:"event"`
	Room  struct {
		Name string `json:"name"`
	} `json:"room"`
	Status int // of the gateway's answer
}

// Postbox is where the media server sends webhooks: it starts before the gateway, whose
// address it learns later.
type Postbox struct {
	*testing.T
	URL  string
	to   atomic.Pointer[url.URL]
	seen chan Posted
}

// NewPostbox returns a box at whose URL webhooks may be posted; until Forward they are
// refused.
func NewPostbox(t *testing.T) *Postbox {
	p := &Postbox{T: t, seen: make(chan Posted, 100)}
	s := httptest.NewServer(http.HandlerFunc(p.pass))
	t.Cleanup(s.Close)
	p.URL = s.URL + livekithook.Path
	return p
}

// Forward makes the box pass on what is posted from now on.
func (p *Postbox) Forward(h *House) {
	p.Helper()
	to, err := url.Parse(h.URL)
	require.NoError(p, err)
	p.to.Store(to)
}

// pass passes a webhook on unchanged.
func (p *Postbox) pass(w http.ResponseWriter, r *http.Request) {
	to := p.to.Load()
	if to == nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	req, err := http.NewRequestWithContext(r.Context(), r.Method, to.String()+r.URL.Path, strings.NewReader(string(body)))
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	req.Header = r.Header.Clone()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer resp.Body.Close()
	e := Posted{Status: resp.StatusCode}
	_ = json.Unmarshal(body, &e) // an invalid event shows as an empty one
	p.seen <- e
	w.WriteHeader(resp.StatusCode)
}

// Await returns the next event with the name.
func (p *Postbox) Await(name string) Posted {
	p.Helper()
	end := time.After(WaitLong)
	for {
		select {
		case e := <-p.seen:
			if e.Event == name {
				return e
			}
		case <-end:
			p.Fatalf("the media server did not post %s", name)
		}
	}
}
