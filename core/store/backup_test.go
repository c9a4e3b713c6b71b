package store_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
)

// names returns the names of the files in a folder.
func names(t *testing.T, dir string) []string {
	t.Helper()
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	list := make([]string, len(files))
	for i, f := range files {
		list[i] = f.Name()
	}
	return list
}

func TestBackup_has_what_is_in_the_log_and_needs_none(t *testing.T) {
	s, dir := open(t, sqlite(t)), t.TempDir()
	require.NoError(t, s.Migrate(t.Context()))
	want, err := s.CreateUser(t.Context(), store.User{})
	require.NoError(t, err)
	to := filepath.Join(dir, "foyer.db")
	require.NoError(t, s.Backup(t.Context(), to))
	require.Equal(t, []string{"foyer.db"}, names(t, dir))
	info, err := os.Stat(to)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())

	_, err = s.CreateUser(t.Context(), store.User{}) // after the backup
	require.NoError(t, err)
	restored := open(t, config.Database{Dir: dir, MaxConns: 2, ConnectTimeout: 10 * time.Second})
	require.NoError(t, restored.Check(t.Context()))
	list, total, err := restored.Users(t.Context(), "", 10, 0)
	require.NoError(t, err)
	require.Equal(t, 1, total)
	require.Equal(t, want, list[0])
}

func TestBackup_writes_under_any_name(t *testing.T) {
	s := open(t, sqlite(t))
	require.NoError(t, s.Migrate(t.Context()))
	t.Chdir(t.TempDir())
	for _, name := range []string{"plain", "file:x?mode=memory", "it's \"odd\" %41 ü.db", ":memory:"} {
		require.NoError(t, s.Backup(t.Context(), name))
		require.FileExists(t, filepath.Join(".", name))
	}
	require.Len(t, names(t, "."), 4)
}

func TestBackup_leaves_nothing_behind_when_it_fails(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(t *testing.T, to string)
		message string
		left    []string
	}{
		"a file of that name": {func(t *testing.T, to string) { require.NoError(t, os.WriteFile(to, []byte("mine"), 0o600)) },
			"nothing is overwritten", []string{"copy"}},
		"an empty file of that name": {func(t *testing.T, to string) { require.NoError(t, os.WriteFile(to, nil, 0o600)) },
			"nothing is overwritten", []string{"copy"}},
		"a link to nowhere": {func(t *testing.T, to string) { require.NoError(t, os.Symlink("nowhere", to)) },
			"nothing is overwritten", []string{"copy"}},
		"a folder": {func(t *testing.T, to string) { require.NoError(t, os.Mkdir(to, 0o700)) },
			"nothing is overwritten", []string{"copy"}},
		"no such folder": {func(t *testing.T, to string) { require.NoError(t, os.RemoveAll(filepath.Dir(to))) },
			"no such file or directory", nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, sqlite(t))
			require.NoError(t, s.Migrate(t.Context()))
			to := filepath.Join(t.TempDir(), "copy")
			c.prepare(t, to)
			require.ErrorContains(t, s.Backup(t.Context(), to), c.message)
			if c.left != nil {
				require.Equal(t, c.left, names(t, filepath.Dir(to)))
			}
			if text, err := os.ReadFile(to); err == nil {
				require.Contains(t, []string{"mine", ""}, string(text))
			}
		})
	}
}

func TestBackup_that_is_given_up_leaves_nothing_behind(t *testing.T) {
	s, dir := open(t, sqlite(t)), t.TempDir()
	require.NoError(t, s.Migrate(t.Context()))
	write(t, s, 64)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { // once it has begun to write
		for ctx.Err() == nil {
			if files, _ := filepath.Glob(filepath.Join(dir, "*.part")); len(files) > 0 {
				if info, err := os.Stat(files[0]); err == nil && info.Size() > 0 {
					cancel()
				}
			}
		}
	}()
	err := s.Backup(ctx, filepath.Join(dir, "copy"))
	require.ErrorIs(t, err, context.Canceled)
	require.Empty(t, names(t, dir))
	require.NoError(t, s.Backup(t.Context(), filepath.Join(dir, "copy")))
}

func TestBackup_is_not_for_PostgreSQL(t *testing.T) {
	to := filepath.Join(t.TempDir(), "copy")
	require.ErrorIs(t, open(t, postgres(t)).Backup(t.Context(), to), store.ErrNotEmbedded)
	require.NoFileExists(t, to)
}
