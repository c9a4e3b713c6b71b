package livekitdev

import (
	"context"
	"testing"
	"time"
)

// StartT is Start for a test, which it fails when the server does not come up
// in a minute; the server ends with the test.
func StartT(t testing.TB, o Options) *Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	s, err := Start(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(); err != nil {
			t.Errorf("stop livekit server: %v", err)
		}
	})
	return s
}
