package config_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"foyer/core/config"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// logText is a log that may be read while it is written.
type logText struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.Write(p)
}

func (l *logText) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.out.String()
}

func (l *logText) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.out.Reset()
}

// watch follows file and returns what is applied.
func watch(t *testing.T, file string) (<-chan *config.Config, *logText) {
	t.Helper()
	applied, log := make(chan *config.Config, 10), &logText{}
	ctx, cancel := context.WithCancel(context.Background())
	wait, err := config.Watch(ctx, config.Source{File: file, Modules: modules}, slog.New(slog.NewTextHandler(log, nil)), func(c *config.Config) { applied <- c })
	require.NoError(t, err)
	t.Cleanup(func() { cancel(); wait() })
	return applied, log
}

func next(t *testing.T, applied <-chan *config.Config) *config.Config {
	t.Helper()
	select {
	case c := <-applied:
		return c
	case <-time.After(60 * time.Second):
		t.Fatal("nothing was applied")
		return nil
	}
}

func put(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
}

func TestWatch_applies_what_is_written_in_place(t *testing.T) {
	file := write(t, "config.yaml", "")
	applied, _ := watch(t, file)
	put(t, file, "jobs: {workers: 3}")
	require.Equal(t, 3, next(t, applied).Jobs.Workers)
}

func TestWatch_applies_what_is_renamed_over_the_file(t *testing.T) {
	file := write(t, "config.yaml", "")
	applied, _ := watch(t, file)
	for _, workers := range []string{"4", "5"} {
		put(t, file+".new", "jobs: {workers: "+workers+"}")
		require.NoError(t, os.Rename(file+".new", file))
		require.Equal(t, workers, map[int]string{4: "4", 5: "5"}[next(t, applied).Jobs.Workers])
	}
}

func TestWatch_applies_what_a_swapped_link_leads_to(t *testing.T) {
	dir := t.TempDir() // as Kubernetes mounts a config map
	for name, workers := range map[string]string{"v1": "1", "v2": "2"} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, name), 0o700))
		put(t, filepath.Join(dir, name, "config.yaml"), "jobs: {workers: "+workers+"}")
	}
	require.NoError(t, os.Symlink("v1", filepath.Join(dir, "..data")))
	file := filepath.Join(dir, "config.yaml")
	require.NoError(t, os.Symlink("..data/config.yaml", file))
	applied, _ := watch(t, file)
	require.NoError(t, os.Symlink("v2", filepath.Join(dir, "..tmp")))
	require.NoError(t, os.Rename(filepath.Join(dir, "..tmp"), filepath.Join(dir, "..data")))
	require.Equal(t, 2, next(t, applied).Jobs.Workers)
	put(t, filepath.Join(dir, "v2", "config.yaml"), "jobs: {workers: 6}")
	require.Equal(t, 6, next(t, applied).Jobs.Workers)
}

func TestWatch_keeps_the_old_configuration_when_the_new_one_has_faults(t *testing.T) {
	file := write(t, "config.yaml", "")
	applied, log := watch(t, file)
	put(t, file, "jobs: {wrokers: 3}")
	require.Eventually(t, func() bool { return bytes.Contains([]byte(log.String()), []byte("jobs.wrokers: unknown key")) }, 60*time.Second, 10*time.Millisecond)
	require.Empty(t, applied)
	put(t, file, "jobs: {workers: 3}")
	require.Equal(t, 3, next(t, applied).Jobs.Workers)
}

func TestWatch_reloads_on_SIGHUP_even_when_the_file_is_not_watched(t *testing.T) {
	file := write(t, "config.yaml", "flags: {watch: false}")
	applied, _ := watch(t, file)
	require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGHUP))
	require.False(t, next(t, applied).Flags.Watch)
	put(t, file, "{flags: {watch: false}, jobs: {workers: 3}}") // the change alone is not applied
	put(t, file+".ignored", "")
	require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGHUP))
	require.Equal(t, 3, next(t, applied).Jobs.Workers)
}

func TestWatch_without_a_file_reloads_on_SIGHUP(t *testing.T) {
	applied, _ := watch(t, "")
	require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGHUP))
	require.Equal(t, 10, next(t, applied).Jobs.Workers)
}

func TestWatch_takes_no_file_that_is_empty_or_half_written(t *testing.T) {
	file := write(t, "config.yaml", "jobs: {workers: 3}\n")
	applied, log := watch(t, file)
	for _, nothing := range []string{"", " \n\n"} {
		put(t, file, nothing)
		require.Eventually(t, func() bool { return strings.Contains(log.String(), "perhaps it is being written") }, 60*time.Second, 10*time.Millisecond)
		log.clear()
	}
	whole := "jobs: {workers: 4}\nmeetings: {watch_every: 2m}\n"
	put(t, file, whole[:len("jobs: {workers: 4}")]) // valid, as far as it goes
	time.AfterFunc(time.Second, func() { _ = os.WriteFile(file, []byte(whole), 0o600) })
	got := next(t, applied)
	require.Equal(t, 4, got.Jobs.Workers)
	require.Equal(t, 2*time.Minute, got.Meetings.WatchEvery, "half of the file was applied")
}
