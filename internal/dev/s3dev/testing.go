package s3dev

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// patience allows for building the program on a slow machine.
const patience = 10 * time.Minute

// StartT runs a server that ends with the test.
func StartT(t testing.TB, bucket string) *Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	s, err := Start(ctx, bucket)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Stop()) })
	return s
}
