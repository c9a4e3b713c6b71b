package migrated

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
)

// File is the environment variable with the path of a migrated database.
const File = "FOYER_TEST_SQLITE"

// file is the database's name in its folder.
const file = "foyer.db"

// lite is a migrated database: that of the file named by File, or one made by this
// process.
var lite = sync.OnceValues(func() (content []byte, err error) {
	if path := os.Getenv(File); path != "" {
		return os.ReadFile(path) //nolint:gosec // ours
	}
	dir, err := os.MkdirTemp("", "migrated-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	if err := SQLite(context.Background(), dir); err != nil {
		return nil, err
	}
	return os.ReadFile(filepath.Join(dir, file)) //nolint:gosec // ours
})

// SQLiteT returns a folder with a migrated database, which ends with the test.
func SQLiteT(t testing.TB) (dir string) {
	t.Helper()
	content, err := lite()
	require.NoError(t, err)
	dir = t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, file), content, 0o600))
	return dir
}
