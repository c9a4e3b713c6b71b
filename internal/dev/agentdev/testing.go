package agentdev

import (
	"context"
	"testing"
	"time"
)

// StartT is Start for a test, which it fails when the worker is not registered
// in 10 s; the worker ends with the test.
func StartT(t testing.TB, o Options) *Worker {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	w, err := Start(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	return w
}

// Next returns the next job, and fails the test when none came in 10 s.
func (w *Worker) Next(t testing.TB) Job {
	t.Helper()
	select {
	case j, ok := <-w.Jobs():
		if !ok {
			t.Fatal("agent worker ended")
		}
		return j
	case <-time.After(10 * time.Second):
		t.Fatal("no job for the agent in 10 s")
	}
	return Job{}
}
