package main

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/internal/dev/pgdev"
)

// notify posts an event, which the gateway stores.
func (s *server) notify(id string) answer {
	body := fmt.Sprintf(`{"event":"room_started","id":%q,"createdAt":"1700000000","room":{"name":"x"}}`, id)
	a, err := s.try(plain, http.MethodPost, webhookPath, body, "Authorization", signed(s.T, body), "Content-Type", "application/webhook+json")
	if err != nil {
		return answer{body: err.Error()}
	}
	return a
}

// load writes until it is stopped; kept counts what the gateway has acknowledged.
func (s *server) load() (kept *atomic.Int64, stop func()) {
	kept = &atomic.Int64{}
	ctx, cancel := context.WithCancel(s.Context())
	var wg sync.WaitGroup
	for worker := range writers {
		wg.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				if s.notify(fmt.Sprintf("EV_%d_%d", worker, n)).status == http.StatusOK {
					kept.Add(1)
				}
			}
		})
	}
	return kept, func() { cancel(); wg.Wait() }
}

// writers is the number of concurrent writers, and so of events that may be stored but
// not yet acknowledged.
const writers = 4

// events counts the events in a file, which must be intact.
func events(t *testing.T, file string) int64 {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file+"?mode=ro&immutable=1")
	require.NoError(t, err)
	defer db.Close()
	var verdict string
	require.NoError(t, db.QueryRowContext(t.Context(), `PRAGMA integrity_check`).Scan(&verdict))
	require.Equal(t, "ok", verdict)
	var n int64
	require.NoError(t, db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM foyer_event`).Scan(&n))
	return n
}

// snippet returns the script in docs/backup.md that is marked with a name.
func snippet(t *testing.T, name string) string {
	t.Helper()
	page, err := os.ReadFile("../../docs/backup.md")
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(page), "<!-- run by the tests: "+name+" -->")
	require.True(t, found, name)
	_, rest, _ = strings.Cut(rest, "```sh\n")
	text, _, found := strings.Cut(rest, "```")
	require.True(t, found)
	return text
}

// follow runs one of the page's scripts in a folder.
func follow(t *testing.T, dir, script string, environ ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "sh", "-euc", script)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), environ...)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
}

func TestBackup_of_a_gateway_at_work_is_restored_as_the_page_says(t *testing.T) {
	t.Parallel()
	dir, copies := t.TempDir(), t.TempDir()
	s := serve(t, dir, withMedia)
	kept, stop := s.load()
	require.Eventually(t, func() bool { return kept.Load() > 50 }, waitLong, waitShort)

	var last string
	for i := range 3 {
		last = filepath.Join(copies, fmt.Sprintf("%d.db", i))
		before := kept.Load()
		o := gateway(t, dir, withMedia, "backup", last)
		after := kept.Load() + writers
		require.Zero(t, o.code, o.errors)
		require.Regexp(t, `^\S+/\d\.db: a copy of data/foyer\.db \(\d+ bytes\)\nnot in it, and to be kept as well: data/secrets\.json\n$`, o.out)
		n := events(t, last)
		require.GreaterOrEqual(t, n, before, "what was kept when it began is in it")
		require.LessOrEqual(t, n, after)
		info, err := os.Stat(last)
		require.NoError(t, err)
		require.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
	}
	left, err := os.ReadDir(copies)
	require.NoError(t, err)
	require.Len(t, left, 3)

	again := gateway(t, dir, withMedia, "backup", last)
	require.Equal(t, 1, again.code)
	require.Contains(t, again.errors, "2.db: file already exists, and nothing is overwritten")

	n := events(t, last)
	require.Eventually(t, func() bool { return kept.Load() > n+50 }, waitLong, waitShort)
	stop()
	s.kill() // which leaves a write-ahead log that does not belong to the copy
	info, err := os.Stat(filepath.Join(dir, "data", "foyer.db-wal"))
	require.NoError(t, err)
	require.NotZero(t, info.Size())
	naive := filepath.Join(copies, "naive.db")
	follow(t, dir, `cp data/foyer.db "$TO"`, "TO="+naive)
	require.Less(t, rows(t, naive), kept.Load(), "the file alone lacks what is in the log")

	follow(t, dir, snippet(t, "restore SQLite"), "BACKUP="+last)
	s = serve(t, dir, withMedia)
	require.Equal(t, http.StatusOK, s.get("/__heartbeat__").status)
	require.Equal(t, http.StatusOK, s.notify("EV_after").status)
	require.Zero(t, s.stop())
	require.Equal(t, n+1, events(t, filepath.Join(dir, "data", "foyer.db")))
}

// rows counts the events in a file of any kind.
func rows(t *testing.T, file string) (n int64) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+file+"?mode=ro&immutable=1")
	require.NoError(t, err)
	defer db.Close()
	if db.QueryRowContext(t.Context(), `SELECT COUNT(*) FROM foyer_event`).Scan(&n) != nil {
		return 0 // not even the table exists
	}
	return n
}

// halfway starts a backup and does something to its process before it is complete.
func halfway(t *testing.T, dir, copies string, do func(*os.Process) error) {
	t.Helper()
	for i := range 20 {
		to := filepath.Join(copies, fmt.Sprintf("half-%d.db", i))
		cmd := command(t, dir, withMedia, "backup", to)
		require.NoError(t, cmd.Start())
		require.Eventually(t, func() bool {
			part, err := filepath.Glob(to + ".*.part")
			_, complete := os.Stat(to)
			return err == nil && len(part) > 0 || complete == nil
		}, waitLong, 100*time.Microsecond)
		require.NoError(t, cmd.Process.Signal(syscall.SIGSTOP))
		_, err := os.Stat(to)
		require.NoError(t, cmd.Process.Signal(syscall.SIGCONT))
		require.NoError(t, do(cmd.Process))
		_ = cmd.Wait()
		if err == nil { // the backup was too quick
			continue
		}
		if _, err := os.Stat(to); err == nil {
			continue // the signal came too late
		}
		require.NotZero(t, cmd.ProcessState.ExitCode())
		return
	}
	require.Fail(t, "every backup was complete before it could be ended")
}

func TestBackup_that_is_ended_halfway_harms_nothing(t *testing.T) {
	t.Parallel()
	dir, copies := t.TempDir(), t.TempDir()
	require.Zero(t, gateway(t, dir, nil, "migrate").code)
	st, err := store.Open(t.Context(), config.Database{Dir: filepath.Join(dir, "data"), MaxConns: 1, ConnectTimeout: waitLong})
	require.NoError(t, err)
	const large = 100
	for i := range large {
		_, err := st.AddEvent(t.Context(), store.Event{ID: fmt.Sprintf("large-%d", i), ReceivedAt: time.Now(), Body: make([]byte, 1<<20)})
		require.NoError(t, err)
	}
	st.Close()
	s := serve(t, dir, withMedia)
	kept, stop := s.load()

	halfway(t, dir, copies, func(p *os.Process) error { return p.Signal(syscall.SIGTERM) })
	left, err := filepath.Glob(filepath.Join(copies, "*.part*"))
	require.NoError(t, err)
	require.Empty(t, left, "who is asked to end cleans up")

	halfway(t, dir, copies, (*os.Process).Kill)
	n := kept.Load()
	require.Eventually(t, func() bool { return kept.Load() > n+20 }, waitLong, waitShort, "the gateway goes on")

	before := kept.Load()
	o := gateway(t, dir, withMedia, "backup", filepath.Join(copies, "whole.db"))
	require.Zero(t, o.code, o.errors)
	require.GreaterOrEqual(t, events(t, filepath.Join(copies, "whole.db")), before+large)
	stop()
	require.Zero(t, s.stop(), s.logs())
	require.Equal(t, kept.Load()+large, events(t, filepath.Join(dir, "data", "foyer.db")))
	require.NotContains(t, s.logs(), `"level":"ERROR"`)
}

func TestBackup_without_a_gateway_is_of_any_version_and_of_no_other_database(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	o := gateway(t, dir, nil, "backup", "copy.db")
	require.Equal(t, 1, o.code)
	require.Contains(t, o.errors, "there is no database at data/foyer.db")
	require.NoDirExists(t, filepath.Join(dir, "data"))

	require.Zero(t, gateway(t, dir, nil, "migrate").code)
	st, err := store.Open(t.Context(), config.Database{Dir: filepath.Join(dir, "data"), MaxConns: 1, ConnectTimeout: waitLong})
	require.NoError(t, err)
	_, err = st.SQLDB().ExecContext(t.Context(), `INSERT INTO foyer_migration (version_id, is_applied) VALUES (99, true)`)
	require.NoError(t, err)
	st.Close()
	o = gateway(t, dir, nil, "backup", "copy.db")
	require.Zero(t, o.code, o.errors)
	require.Zero(t, events(t, filepath.Join(dir, "copy.db")))

	for _, args := range []string{"backup", "backup a b"} {
		o := gateway(t, dir, nil, strings.Fields(args)...)
		require.Equal(t, 2, o.code)
		require.Equal(t, "name one file to write to\nSee 'gateway backup --help'.\n", o.errors)
	}

	pg := []string{"DATABASE_URL=postgres://meet:hunter2@127.0.0.1:1/meet"}
	o = gateway(t, dir, pg, "backup", "pg.db")
	require.Equal(t, 1, o.code)
	require.Equal(t, "the database is PostgreSQL's: back it up with pg_dump, as in: pg_dump --format=custom --file=pg.db (docs/backup.md)\n", o.errors)
	require.NoFileExists(t, filepath.Join(dir, "pg.db"))
}

func TestBackup_of_PostgreSQL_is_restored_as_the_page_says(t *testing.T) {
	t.Parallel()
	url, fresh, dir := pgdev.New(t), pgdev.New(t), t.TempDir()
	s := serve(t, dir, append([]string{"DATABASE_URL=" + url}, withMedia...))
	kept, stop := s.load()
	require.Eventually(t, func() bool { return kept.Load() > 50 }, waitLong, waitShort)
	before := kept.Load()
	backup := "BACKUP=" + filepath.Join(dir, "backup.dump")
	follow(t, dir, snippet(t, "back up PostgreSQL"), backup, "DATABASE_URL="+url)
	after := kept.Load() + writers
	stop()
	require.Zero(t, s.stop())
	follow(t, dir, snippet(t, "restore PostgreSQL"), backup, "NEW_DATABASE_URL="+fresh)
	s = serve(t, dir, append([]string{"DATABASE_URL=" + fresh}, withMedia...))
	require.Equal(t, http.StatusOK, s.notify("EV_after").status)
	c, err := pgx.Connect(t.Context(), fresh)
	require.NoError(t, err)
	defer c.Close(context.Background())
	var n int64
	require.NoError(t, c.QueryRow(t.Context(), `SELECT COUNT(*) FROM foyer_event WHERE id <> 'EV_after'`).Scan(&n))
	require.GreaterOrEqual(t, n, before)
	require.LessOrEqual(t, n, after)
}
