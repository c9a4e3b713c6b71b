package moduletest

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/jobs"
	"foyer/core/store"
)

// databaseFile is what the store names its file.
const databaseFile = "foyer.db"

// migrated is the file of a database without rows. It is created once: migrations
// are most of the cost of starting a gateway here.
var migrated = sync.OnceValues(func() (file []byte, err error) {
	dir, err := os.MkdirTemp("", "mt")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	ctx := context.Background()
	s, err := store.Open(ctx, databaseIn(dir))
	if err != nil {
		return nil, err
	}
	err = migrate(ctx, s)
	s.Close()
	if err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, databaseFile))
})

func migrate(ctx context.Context, s *store.Store) error {
	if err := s.Migrate(ctx); err != nil {
		return err
	}
	queue, err := jobs.New(s, config.Default().Jobs, nil, discard())
	if err != nil {
		return err
	}
	return queue.Migrate(ctx)
}

func databaseIn(dir string) config.Database {
	return config.Database{Dir: dir, MaxConns: 4, ConnectTimeout: slowLaunch}
}

func emptyStore(t testing.TB) *store.Store {
	t.Helper()
	file, err := migrated()
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, databaseFile), file, 0o600))
	s, err := store.Open(t.Context(), databaseIn(dir))
	require.NoError(t, err)
	t.Cleanup(s.Close)
	require.NoError(t, s.Check(t.Context()))
	return s
}
