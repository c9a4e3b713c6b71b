package store_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
)

// serving opens the database as a gateway does.
func serving(t *testing.T, dir string, patience time.Duration, log *safeBuffer) (*store.Store, error) {
	t.Helper()
	s, err := store.Open(t.Context(), config.Database{Dir: dir, MaxConns: 2, ConnectTimeout: 10 * time.Second},
		store.ForServing(patience), store.WithLog(slog.New(slog.NewTextHandler(log, nil))))
	if err == nil {
		t.Cleanup(s.Close)
	}
	return s, err
}

// ways are folders through which another process may reach the database in dir.
var ways = map[string]func(t *testing.T, dir string) string{
	"the same path": func(_ *testing.T, dir string) string { return dir },
	"a relative path": func(t *testing.T, dir string) string {
		t.Chdir(filepath.Dir(dir))
		return "./" + filepath.Base(dir) + "/../" + filepath.Base(dir)
	},
	"a linked folder": func(t *testing.T, dir string) string {
		other := filepath.Join(t.TempDir(), "other")
		require.NoError(t, os.Symlink(dir, other))
		return other
	},
	"a linked file": func(t *testing.T, dir string) string {
		other := t.TempDir()
		require.NoError(t, os.Symlink(filepath.Join(dir, "foyer.db"), filepath.Join(other, "foyer.db")))
		return other
	},
	"a link to a link, relative, through a linked folder": func(t *testing.T, dir string) string {
		other := t.TempDir()
		require.NoError(t, os.Symlink(dir, filepath.Join(other, "folder")))
		require.NoError(t, os.Mkdir(filepath.Join(dir, "deep"), 0o700))
		require.NoError(t, os.Symlink("../foyer.db", filepath.Join(dir, "deep", "link")))
		require.NoError(t, os.Symlink("folder/deep/link", filepath.Join(other, "foyer.db")))
		return other
	},
}

func TestOpen_for_serving_is_for_one_whichever_way_the_other_comes(t *testing.T) {
	for name, way := range ways {
		t.Run(name, func(t *testing.T) {
			dir, log := t.TempDir(), &safeBuffer{}
			first, err := serving(t, dir, 0, log)
			require.NoError(t, err)
			require.NoError(t, first.Migrate(t.Context()))
			other := way(t, dir)
			_, err = serving(t, other, 50*time.Millisecond, log)
			require.ErrorIs(t, err, store.ErrServed)
			require.ErrorContains(t, err, "/foyer.db: another gateway serves from it (process "+strconv.Itoa(os.Getpid())+" on ")
			require.ErrorContains(t, err, "stop that one first, or have both use PostgreSQL (database.url)")
			require.Equal(t, 1, strings.Count(log.String(), "waiting for it to end"))

			_, err = first.CreateUser(t.Context(), store.User{})
			require.NoError(t, err, "the first one goes on")
			beside := open(t, config.Database{Dir: other, MaxConns: 2, ConnectTimeout: 10 * time.Second})
			require.NoError(t, beside.Check(t.Context()))
			list, _, err := beside.Users(t.Context(), "", 10, 0)
			require.NoError(t, err)
			require.Len(t, list, 1, "a command beside it sees what is in its log")
			beside.Close()

			first.Close()
			_, err = serving(t, other, 0, log)
			require.NoError(t, err)
		})
	}
}

func TestOpen_for_serving_waits_for_one_that_is_about_to_end(t *testing.T) {
	dir, log := t.TempDir(), &safeBuffer{}
	first, err := serving(t, dir, 0, log)
	require.NoError(t, err)
	go func() {
		for !strings.Contains(log.String(), "waiting for it to end") {
			time.Sleep(time.Millisecond)
		}
		first.Close()
	}()
	_, err = serving(t, dir, time.Minute, log)
	require.NoError(t, err)
}

func TestOpen_for_serving_waits_no_longer_than_who_asks(t *testing.T) {
	dir, log := t.TempDir(), &safeBuffer{}
	_, err := serving(t, dir, 0, log)
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err = store.Open(ctx, config.Database{Dir: dir, MaxConns: 2, ConnectTimeout: time.Minute}, store.ForServing(time.Hour))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NotErrorIs(t, err, store.ErrServed)
}

// The claim is on the place: restoring a database while a gateway serves would otherwise
// let two write to one log.
func TestOpen_for_serving_is_for_one_also_when_the_file_was_replaced(t *testing.T) {
	dir, log := t.TempDir(), &safeBuffer{}
	_, err := serving(t, dir, 0, log)
	require.NoError(t, err)
	require.NoError(t, os.Rename(filepath.Join(dir, "foyer.db"), filepath.Join(dir, "old.db")))
	_, err = serving(t, dir, 0, log)
	require.ErrorIs(t, err, store.ErrServed)
}

func TestOpen_that_fails_leaves_no_claim(t *testing.T) {
	dir, log := t.TempDir(), &safeBuffer{}
	file := filepath.Join(dir, "foyer.db")
	require.NoError(t, os.WriteFile(file, []byte(strings.Repeat("these are somebody's notes ", 50)), 0o600))
	for range 2 {
		_, err := serving(t, dir, 0, log)
		require.ErrorContains(t, err, "not a database")
	}
	require.NoError(t, os.Remove(file))
	_, err := serving(t, dir, 0, log)
	require.NoError(t, err)
}

// Each name has its own log.
func TestOpen_refuses_a_file_with_a_second_name(t *testing.T) {
	cfg, other := sqlite(t), sqlite(t)
	s := open(t, cfg)
	require.NoError(t, s.Migrate(t.Context()))
	require.NoError(t, os.Link(filepath.Join(cfg.Dir, "foyer.db"), filepath.Join(other.Dir, "foyer.db")))
	for _, dir := range []string{cfg.Dir, other.Dir} {
		_, err := store.Open(t.Context(), config.Database{Dir: dir, MaxConns: 2, ConnectTimeout: time.Minute})
		require.ErrorContains(t, err, filepath.Join(dir, "foyer.db")+": it has a second name (a hard link)")
	}
	require.NoError(t, os.Remove(filepath.Join(other.Dir, "foyer.db")))
	require.NoError(t, open(t, cfg).Check(t.Context()))
}

func TestOpen_makes_a_file_where_a_link_leads(t *testing.T) {
	dir, other := t.TempDir(), t.TempDir()
	require.NoError(t, os.Symlink(filepath.Join(dir, "foyer.db"), filepath.Join(other, "foyer.db")))
	require.NoError(t, open(t, config.Database{Dir: other, MaxConns: 2, ConnectTimeout: time.Minute}).Migrate(t.Context()))
	require.FileExists(t, filepath.Join(dir, "foyer.db-wal"))
	left, err := os.ReadDir(other)
	require.NoError(t, err)
	require.Len(t, left, 1, "locks and the log are beside the file")

	round := t.TempDir()
	require.NoError(t, os.Symlink("foyer.db", filepath.Join(round, "foyer.db")))
	_, err = store.Open(t.Context(), config.Database{Dir: round, MaxConns: 2, ConnectTimeout: time.Minute})
	require.ErrorContains(t, err, "too many levels of symbolic links")
}
