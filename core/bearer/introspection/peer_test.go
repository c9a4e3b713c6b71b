package introspection_test

import (
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"foyer/core/bearer/introspection"
	"foyer/sdk/conf"
	"foyer/sdk/reply"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

type object = map[string]any

const issuer = "https://id.example.org/realms/meet"

// peer is a provider that answers as the test says: a real one does not do these things.
type peer struct {
	*httptest.Server
	mu     sync.Mutex
	answer http.HandlerFunc
	forms  []url.Values
	header http.Header
}

func newPeer(t *testing.T) *peer {
	p := &peer{}
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		p.mu.Lock()
		p.forms, p.header = append(p.forms, r.PostForm), r.Header
		answer := p.answer
		p.mu.Unlock()
		answer(w, r)
	}))
	t.Cleanup(p.Close)
	return p
}

// says sets its answer from now on.
func (p *peer) says(o object) {
	p.does(func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(o) })
}

func (p *peer) does(h http.HandlerFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.answer = h
}

func (p *peer) calls() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.forms)
}

// good returns the answer about a valid token, with changes.
func good(change object) object {
	o := object{
		"active": true, "iss": issuer, "sub": "ada", "client_id": "planner", "scope": "openid lasuite_meet rooms:list",
		"exp": time.Now().Add(time.Minute).Unix(), "iat": time.Now().Add(-time.Minute).Unix(),
	}
	for k, v := range change {
		if o[k] = v; v == absent {
			delete(o, k)
		}
	}
	return o
}

// absent removes a claim.
const absent = "absent"

// client returns a client of the peer.
func client(t *testing.T, endpoint string, change ...func(*introspection.Options)) *introspection.Client {
	o := introspection.Options{Config: introspection.Default(), Log: slog.New(slog.DiscardHandler)}
	o.Config.ClientSecret, o.Config.Issuer, o.Config.Endpoint = conf.NewSecret("hush & co=1"), issuer, endpoint
	for _, c := range change {
		c(&o)
	}
	c, err := introspection.New(o)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// status returns the status and the text of the answer that an error stands for.
func status(err error) (int, string) {
	e := reply.As(err)
	text, _ := e.Body.(map[string]string)
	return e.Status, text["detail"]
}
