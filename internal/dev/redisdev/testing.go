package redisdev

import "testing"

// RealT is StartReal for a test, which fails if there is no server; the server ends with
// the test.
func RealT(t testing.TB) *Real { return WithT(t, Options{}) }

// WithT is StartWith for a test.
func WithT(t testing.TB, o Options) *Real {
	t.Helper()
	r, err := StartWith(t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if r.leash != nil {
			_ = r.Thaw()
		}
		if err := r.Stop(); err != nil {
			t.Errorf("stop redis-server: %v", err)
		}
	})
	return r
}
