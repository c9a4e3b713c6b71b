package redisdev

import "testing"

// RealT is StartReal for a test, which fails without a server; the server ends
// with the test.
func RealT(t testing.TB) *Real {
	t.Helper()
	r, err := StartReal(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := r.Stop(); err != nil {
			t.Errorf("stop redis-server: %v", err)
		}
	})
	return r
}
