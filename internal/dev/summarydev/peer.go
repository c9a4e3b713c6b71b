package summarydev

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"

	"github.com/google/uuid"
)

// Token is the token that the peer requires.
const Token = "summary-service-token"

// Mode is how the peer behaves.
type Mode string

// The modes.
const (
	Accept Mode = ""       // accepts the recording
	Fail   Mode = "fail"   // 503
	Refuse Mode = "refuse" // 422
	Stall  Mode = "stall"  // accepts it, but never answers
	Drop   Mode = "drop"   // accepts it, but cuts the connection
	NoJob  Mode = "no job" // 200 without a job id
)

// Announcement is a recording that was submitted to the peer.
type Announcement struct {
	Key     string // Idempotency-Key
	Job     string // the resulting job
	Payload []byte // JSON, as received
}

// Peer is a running service.
type Peer struct {
	URL string

	server *httptest.Server
	closed chan struct{}
	// Forgetful peers create a new job for a key they have seen.
	forgetful bool

	mu    sync.Mutex
	mode  Mode
	jobs  map[string]string // by key
	taken []Announcement    // those that became jobs
	calls int
}

// Start runs a peer on loopback. A forgetful one ignores idempotency keys.
func Start(forgetful bool) *Peer {
	p := &Peer{closed: make(chan struct{}), forgetful: forgetful, jobs: map[string]string{}}
	p.server = httptest.NewServer(http.HandlerFunc(p.serve))
	p.URL = p.server.URL + "/api/v2/async-jobs/transcribe"
	return p
}

// Stop ends the peer and all stalled requests.
func (p *Peer) Stop() {
	close(p.closed)
	p.server.CloseClientConnections()
	p.server.Close()
}

// Behave changes how the peer answers from now on.
func (p *Peer) Behave(m Mode) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.mode = m
}

// Calls counts the requests so far.
func (p *Peer) Calls() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.calls
}

// Taken returns the recordings that have become jobs so far.
func (p *Peer) Taken() []Announcement {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Announcement(nil), p.taken...)
}

func (p *Peer) serve(w http.ResponseWriter, r *http.Request) {
	payload, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+Token {
		http.Error(w, `{"detail":"Unauthorized"}`, http.StatusForbidden)
		return
	}
	mode, job := p.take(r.Header.Get("Idempotency-Key"), payload)
	switch mode {
	case Fail:
		http.Error(w, "later", http.StatusServiceUnavailable)
	case Refuse:
		http.Error(w, `{"detail":"no"}`, http.StatusUnprocessableEntity)
	case Stall:
		select {
		case <-p.closed:
		case <-r.Context().Done():
		}
	case Drop:
		panic(http.ErrAbortHandler)
	case NoJob:
		_, _ = io.WriteString(w, `{"status":"pending"}`)
	default:
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]string{"job_id": job, "type": "transcript", "status": "pending"})
	}
}

// take creates a job for the recording, unless the mode is to refuse it.
func (p *Peer) take(key string, payload []byte) (Mode, string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.calls++
	if p.mode == Fail || p.mode == Refuse {
		return p.mode, ""
	}
	job, seen := p.jobs[key]
	if !seen || p.forgetful {
		job = uuid.NewString()
		p.jobs[key] = job
		p.taken = append(p.taken, Announcement{Key: key, Job: job, Payload: payload})
	}
	return p.mode, job
}
