package store

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
)

func TestDisk_remembers_that_it_failed(t *testing.T) {
	good, err := os.Create(filepath.Join(t.TempDir(), "log"))
	require.NoError(t, err)
	defer good.Close()
	_, bad, err := os.Pipe() // cannot be synced
	require.NoError(t, err)
	defer bad.Close()

	s, err := Open(t.Context(), config.Database{Dir: t.TempDir(), MaxConns: 1, ConnectTimeout: time.Minute})
	require.NoError(t, err)
	defer s.Close()
	d := &s.copier.disk
	require.NoError(t, d.sync(good))
	require.NoError(t, s.Ping(t.Context()))
	first := d.sync(bad)
	require.Error(t, first)
	require.Equal(t, first, d.sync(good), "the system says that all is well")
	require.Equal(t, first, s.Ping(t.Context()))
}
