package egressdev

import (
	"context"
	"testing"
)

// StartT is Start for a test; the worker ends with the test.
func StartT(t testing.TB, o Options) *Worker {
	t.Helper()
	w, err := Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Stop)
	return w
}
