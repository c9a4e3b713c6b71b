package redisdev

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// Several tests may look for a free port at the same time.
func TestStart_on_a_port_that_is_taken_fails_and_the_next_one_works(t *testing.T) {
	first := RealT(t)
	r := &Real{program: first.program, dir: t.TempDir()}
	t.Cleanup(func() { _ = r.Stop() })
	for range 3 {
		r.port = first.port
		require.ErrorContains(t, r.Start(), "Address already in use")
		var err error
		r.port, err = freePort()
		require.NoError(t, err)
		require.NoError(t, r.Start())
		require.NoError(t, r.Stop())
	}
}
