package oidcdev

import (
	"context"
	"testing"
)

// StartT starts a provider for one test.
func StartT(t testing.TB, o Options) *Provider {
	t.Helper()
	p, err := Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}
