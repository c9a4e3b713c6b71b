package agentdev

import (
	"context"
	"testing"
	"time"
)

// StartT is Start for a test, which fails if the worker is not registered within a
// minute; the worker ends with the test.
func StartT(t testing.TB, o Options) *Worker {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	w, err := Start(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	return w
}

// Next returns the next job, and fails the test if none comes within a minute.
func (w *Worker) Next(t testing.TB) Job {
	t.Helper()
	select {
	case j, ok := <-w.Jobs():
		if !ok {
			t.Fatal("agent worker ended")
		}
		return j
	case <-time.After(60 * time.Second):
		t.Fatal("no job for the agent in a minute")
	}
	return Job{}
}
