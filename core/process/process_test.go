package process

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestVerify_names_what_was_found_and_expected(t *testing.T) {
	path := filepath.Join(t.TempDir(), "binary")
	require.NoError(t, os.WriteFile(path, []byte("hello\n"), 0o700))
	const sum = "5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03"
	require.NoError(t, verify(path, sum))
	require.NoError(t, verify(path, strings.ToUpper(sum)))
	wrong := strings.Repeat("0", 64)
	err := verify(path, wrong)
	require.ErrorIs(t, err, ErrChecksum)
	require.ErrorContains(t, err, sum)
	require.ErrorContains(t, err, wrong)
	for _, bad := range []string{"xyz", sum[:62], sum + "00"} {
		require.ErrorIs(t, verify(path, bad), ErrChecksum)
	}
	require.ErrorIs(t, verify(path+"x", sum), os.ErrNotExist)
}

func TestOpenRunDir_removes_what_dead_gateways_left_and_nothing_else(t *testing.T) {
	base := shortDir(t)
	make := func(name string, mode os.FileMode, lock bool) string {
		path := filepath.Join(base, name)
		require.NoError(t, os.MkdirAll(filepath.Join(path, "1"), 0o700))
		require.NoError(t, os.Chmod(path, mode))
		if lock {
			require.NoError(t, os.WriteFile(filepath.Join(path, lockName), nil, 0o600))
		}
		return path
	}
	dead := make("foyer-dead", 0o700, true)
	fresh := make("foyer-fresh", 0o700, false)
	settled := make("foyer-settled", 0o700, false)
	long := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(settled, long, long))
	public := make("foyer-public", 0o755, true)
	other := make("other", 0o700, true)
	require.NoError(t, os.Symlink(other, filepath.Join(base, "foyer-link")))
	alive, err := OpenRunDir(base)
	require.NoError(t, err)
	second, err := OpenRunDir(base)
	require.NoError(t, err)
	for path, want := range map[string]bool{
		dead: false, settled: false, fresh: true, public: true, other: true, alive.path: true, second.path: true,
		filepath.Join(base, "foyer-link"): true,
	} {
		_, err := os.Lstat(path)
		require.Equal(t, want, err == nil, path)
	}
	info, err := os.Stat(alive.path)
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	require.NoError(t, alive.Close())
	require.NoError(t, second.Close())
	_, err = os.Lstat(alive.path)
	require.ErrorIs(t, err, os.ErrNotExist)
}

func TestLines_log_json_of_both_kinds_and_plain_text(t *testing.T) {
	var out bytes.Buffer
	w := &lines{log: slog.New(slog.NewJSONHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))}
	write := func(text string) {
		n, err := w.Write([]byte(text))
		require.NoError(t, err)
		require.Equal(t, len(text), n)
	}
	write(`{"time":"2026-01-01T00:00:00Z","level":"WARN","msg":"low","room":"r","trace_id":"t"}` + "\n" + `{"@level":"error","@mess`)
	write(`age":"bad","@module":"m"}` + "\n\n" + "panic: oh\r\n")
	write(strings.Repeat("x", lineLimit+10))
	w.flush()
	var got []map[string]any
	for line := range bytes.Lines(out.Bytes()) {
		var m map[string]any
		require.NoError(t, json.Unmarshal(line, &m))
		delete(m, "time")
		got = append(got, m)
	}
	require.Len(t, got, 5)
	require.Equal(t, map[string]any{"level": "WARN", "msg": "low", "room": "r", "trace_id": "t"}, got[0])
	require.Equal(t, map[string]any{"level": "ERROR", "msg": "bad", "module": "m"}, got[1])
	require.Equal(t, map[string]any{"level": "WARN", "msg": "module output", "text": "panic: oh"}, got[2])
	require.Len(t, got[3]["text"], lineLimit)
	require.Len(t, got[4]["text"], 10)
}

func FuzzLines_never_fails(f *testing.F) {
	f.Add([]byte("{\"level\":\"x\",\"msg\":1}\n{\n"), 3)
	f.Fuzz(func(t *testing.T, text []byte, cut int) {
		w := &lines{log: slog.New(slog.DiscardHandler)}
		if cut < 0 || cut > len(text) {
			cut = 0
		}
		for _, part := range [][]byte{text[:cut], text[cut:]} {
			n, err := w.Write(part)
			require.NoError(t, err)
			require.Equal(t, len(part), n)
		}
		w.flush()
	})
}

// shortDir returns a directory in which socket paths are short enough for the kernel.
func shortDir(t *testing.T) string {
	dir, err := os.MkdirTemp("", "pl")
	require.NoError(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func TestOpenRunDir_refuses_a_path_too_long_for_sockets(t *testing.T) {
	base := filepath.Join(shortDir(t), strings.Repeat("x", 80))
	require.NoError(t, os.Mkdir(base, 0o700))
	_, err := OpenRunDir(base)
	require.ErrorContains(t, err, "choose a shorter TMPDIR")
	left, err := os.ReadDir(base)
	require.NoError(t, err)
	require.Empty(t, left)
}

// A binary built before the protocol changed says so before it is asked for anything.
func TestLaunch_refuses_another_version_of_the_protocol(t *testing.T) {
	base := shortDir(t)
	path := filepath.Join(base, "old")
	require.NoError(t, os.WriteFile(path, []byte("#!/bin/sh\necho '1|1|unix|/nowhere|grpc|'\nexec cat\n"), 0o700)) //nolint:gosec // it has to run
	dir, err := OpenRunDir(base)
	require.NoError(t, err)
	defer dir.Close()
	_, err = Launch(t.Context(), Options{Name: "old", Path: path, Dir: dir, Log: slog.New(slog.DiscardHandler), Within: time.Minute})
	require.ErrorContains(t, err, "Plugin version: 1, Client versions: [2]")
}
