package smtpdev

import (
	"context"
	"testing"
	"time"
)

// patience is how long tests wait for mail: failed jobs are retried after pauses that
// double from one second.
const patience = 60 * time.Second

// StartT starts a server for one test.
func StartT(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// Await waits for n messages and returns them; more than n fail the test.
func (s *Server) Await(t testing.TB, n int) []Message {
	t.Helper()
	for end := time.Now().Add(patience); ; time.Sleep(5 * time.Millisecond) {
		all := s.Messages()
		if len(all) > n || len(all) < n && time.Now().After(end) {
			t.Fatalf("%d messages arrived instead of %d", len(all), n)
		}
		if len(all) == n {
			return all
		}
	}
}

// ParseT is Parse for a test.
func (m Message) ParseT(t testing.TB) Parsed {
	t.Helper()
	p, err := m.Parse()
	if err != nil {
		t.Fatalf("%v\n%s", err, m.Raw)
	}
	return p
}
