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

// logText is a log that may be read while it is being written.
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

// watch follows file and returns the applied configurations.
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
	dir := t.TempDir() // mounted as Kubernetes does a config map
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
	put(t, file, "{flags: {watch: false}, jobs: {workers: 3}}") // the change of watch itself is not applied
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
	put(t, file, whole[:len("jobs: {workers: 4}")]) // valid as far as it goes
	time.AfterFunc(time.Second, func() { _ = os.WriteFile(file, []byte(whole), 0o600) })
	got := next(t, applied)
	require.Equal(t, 4, got.Jobs.Workers)
	require.Equal(t, 2*time.Minute, got.Meetings.WatchEvery, "half of the file was applied")
}

// What an editor, a copy or a mount leaves for a moment is not a configuration that
// anybody wants to run.
func TestWatch_keeps_what_a_file_that_is_being_written_has_not_yet(t *testing.T) {
	const before = "modules:\n  captions:\n    enabled: true\nlobby: {grace: 2m}\n"
	for name, x := range map[string]struct{ text, want string }{
		"nothing":                 {"", "perhaps it is being written"},
		"a byte order mark":       {"\ufeff", "perhaps it is being written"},
		"comments":                {"# ours\n\n# more\n", "perhaps it is being written"},
		"no keys":                 {"{}\n", "perhaps it is being written"},
		"null":                    {"null\n", "perhaps it is being written"},
		"a header":                {"---\n", "perhaps it is being written"},
		"a section's name":        {"modules:\n", "config.yaml:1: modules: has nothing below it any more"},
		"a module's name":         {"lobby: {grace: 2m}\nmodules:\n  captions:\n", "config.yaml:3: modules.captions: has nothing below it any more"},
		"a section that is null":  {"modules: {captions: {enabled: true}}\nlobby: null\n", "config.yaml:2: lobby: has nothing below it any more"},
		"a section of a comment ": {"modules:\n  captions:\n    # enabled: true\n", "config.yaml:2: modules.captions: has nothing below it any more"},
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, "config.yaml", before)
			applied, log := watch(t, file)
			put(t, file, x.text)
			require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGHUP))
			require.Eventually(t, func() bool { return strings.Contains(log.String(), x.want) }, 60*time.Second, 10*time.Millisecond, log.String())
			require.Contains(t, log.String(), "the old one stays")
			require.Empty(t, applied)

			// At the start, it means the defaults.
			c, _, err := config.Load(config.Source{File: file, Modules: modules})
			require.NoError(t, err)
			require.NotNil(t, c)

			put(t, file, before+"jobs: {workers: 3}\n")
			got := next(t, applied)
			require.Equal(t, 3, got.Jobs.Workers)
		})
	}
}

func TestWatch_takes_away_what_somebody_takes_away(t *testing.T) {
	for name, x := range map[string]struct{ before, after string }{
		"an empty section":                 {"modules: {captions: {enabled: true}}\n", "modules: {}\n"},
		"an empty module":                  {"modules: {captions: {enabled: true}}\n", "modules: {captions: {}}\n"},
		"no section":                       {"modules: {captions: {enabled: true}}\njobs: {}\n", "jobs: {}\n"},
		"a section that was null already":  {"modules:\njobs: {workers: 3}\n", "modules:\n"},
		"a section that was empty already": {"modules: {captions: {}}\njobs: {workers: 3}\n", "modules:\n  captions:\n"},
		"nothing, as before":               {"# nothing yet\n", "{}\n"},
	} {
		t.Run(name, func(t *testing.T) {
			file := write(t, "config.yaml", x.before)
			applied, log := watch(t, file)
			put(t, file, x.after)
			require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGHUP))
			c := next(t, applied)
			require.Equal(t, 10, c.Jobs.Workers, log.String())
			require.False(t, c.FlagValues()["captions"])
		})
	}
}
