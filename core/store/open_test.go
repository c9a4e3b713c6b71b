package store_test

import (
	"net"
	"net/url"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/sdk/conf"
)

const password = "not-to-be-shown"

func TestOpen_tells_why_it_cannot_and_no_password(t *testing.T) {
	silent, err := net.Listen("tcp", "127.0.0.1:0") // accepts connections but never answers
	require.NoError(t, err)
	t.Cleanup(func() { _ = silent.Close() })
	deaf, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	nobody := deaf.Addr().String()
	require.NoError(t, deaf.Close())

	good, err := url.Parse(postgres(t).URL.Reveal())
	require.NoError(t, err)
	good.User = url.UserPassword("nobody-of-that-name", password)

	for name, c := range map[string]struct{ address, message string }{
		"no URL":       {"postgres://user:" + password + "@host:port/name", "not a PostgreSQL URL"},
		"other scheme": {"mysql://user:" + password + "@127.0.0.1/name", "not a PostgreSQL URL"},
		"nobody there": {"postgres://user:" + password + "@" + nobody + "/name", "connection refused"},
		"no answer":    {"postgres://user:" + password + "@" + silent.Addr().String() + "/name", "no answer within"},
		"no such role": {good.String(), "nobody-of-that-name"},
	} {
		t.Run(name, func(t *testing.T) {
			patience := 30 * time.Second
			if name == "no answer" {
				patience = time.Second
			}
			_, err := store.Open(t.Context(), config.Database{URL: conf.NewSecret(c.address), ConnectTimeout: patience})
			require.ErrorContains(t, err, c.message)
			require.NotContains(t, err.Error(), password)
			require.NotContains(t, err.Error(), "\n")
		})
	}
}

func TestOpen_accepts_the_replaced_servers_scheme(t *testing.T) {
	cfg := postgres(t)
	u, err := url.Parse(cfg.URL.Reveal())
	require.NoError(t, err)
	u.Scheme = "pgsql"
	cfg.URL = conf.NewSecret(u.String())
	require.NoError(t, open(t, cfg).Migrate(t.Context()))
}

func TestOpen_keeps_the_SQLite_files_to_their_owner(t *testing.T) {
	cfg := config.Database{Dir: filepath.Join(t.TempDir(), "new", "data"), MaxConns: 4, ConnectTimeout: time.Minute}
	s := open(t, cfg)
	require.NoError(t, s.Migrate(t.Context()))
	dir, err := os.Stat(cfg.Dir)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), dir.Mode().Perm())
	files, err := os.ReadDir(cfg.Dir)
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		info, err := f.Info()
		require.NoError(t, err)
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), f.Name())
	}
}

func TestOpen_keeps_SQLite_data_under_any_folder_name(t *testing.T) {
	cfg := sqlite(t)
	cfg.Dir = filepath.Join(cfg.Dir, "a b?c#d%20é&_pragma=foreign_keys(0)")
	s := open(t, cfg)
	require.NoError(t, s.Migrate(t.Context()))
	require.FileExists(t, filepath.Join(cfg.Dir, "foyer.db"))
}

func TestOpen_refuses_a_file_that_is_no_database_and_leaves_it(t *testing.T) {
	cfg := sqlite(t)
	file := filepath.Join(cfg.Dir, "foyer.db")
	text := []byte("these are the notes of somebody, long enough to look like a page of a database file, but they are none")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	_, err := store.Open(t.Context(), cfg)
	require.ErrorContains(t, err, file)
	require.ErrorContains(t, err, "not a database")
	left, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, text, left)
}

func TestOpen_refuses_a_folder_it_cannot_make(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	_, err := store.Open(t.Context(), config.Database{Dir: filepath.Join(file, "data"), ConnectTimeout: time.Second})
	require.ErrorContains(t, err, "make the data folder")
}

func TestStore_keeps_what_was_written_when_it_is_opened_again(t *testing.T) {
	for name, engine := range engines {
		t.Run(name, func(t *testing.T) {
			cfg := engine(t)
			first, err := store.Open(t.Context(), cfg)
			require.NoError(t, err)
			require.NoError(t, first.Migrate(t.Context()))
			want, err := first.CreateUser(t.Context(), store.User{})
			require.NoError(t, err)
			first.Close()
			got, err := open(t, cfg).UserByID(t.Context(), want.ID)
			require.NoError(t, err)
			require.Equal(t, want, got)
		})
	}
}
