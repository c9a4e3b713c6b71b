package livekit_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"foyer/sdk/livekit"
	"foyer/sdk/livekit/lkproto"
)

// inbox receives a server's webhooks.
type inbox struct {
	*testing.T
	url  string
	seen chan *lkproto.WebhookEvent
	// refuse says which events are refused.
	refuse func(*lkproto.WebhookEvent) bool
}

func newInbox(t *testing.T) *inbox {
	b := &inbox{T: t, seen: make(chan *lkproto.WebhookEvent, 1000), refuse: func(*lkproto.WebhookEvent) bool { return false }}
	s := httptest.NewServer(http.HandlerFunc(b.take))
	t.Cleanup(s.Close)
	b.url = s.URL
	return b
}

func (b *inbox) take(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	e, parsed := livekit.ParseEvent(body)
	switch {
	case err != nil || parsed != nil:
		w.WriteHeader(http.StatusBadRequest)
	case b.refuse(e):
		w.WriteHeader(http.StatusServiceUnavailable)
	default:
		b.seen <- e
	}
}

// await returns the next event with one of the names, skipping others.
func (b *inbox) await(names ...string) *lkproto.WebhookEvent {
	b.Helper()
	end := time.After(waitLong)
	for {
		select {
		case e := <-b.seen:
			for _, name := range names {
				if e.GetEvent() == name {
					return e
				}
			}
		case <-end:
			b.Fatalf("none of %v came", names)
		}
	}
}
