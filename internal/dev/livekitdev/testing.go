package livekitdev

import "testing"

// StartT is Start for a test, which fails if the server does not come up; the server
// ends with the test.
func StartT(t testing.TB, o Options) *Server {
	t.Helper()
	s, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Stop)
	return s
}
