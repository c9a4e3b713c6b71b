package pgbouncerdev

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"foyer/internal/dev/pgdev"
)

// keeper runs the pooler until its standard input ends, for whatever reason, so that a
// killed test process does not leave one behind.
const keeper = `trap '' INT QUIT TERM HUP
"$1" "$2/pgbouncer.ini" </dev/null >"$2/log" 2>&1 &
read -r _
kill -KILL $!
wait $!
rm -rf "$2"/*
rmdir "$2" 2>/dev/null || true`

// port names its socket; it listens nowhere else.
const port = "6432"

// New starts a pooler in front of the database at the address, which gives each
// transaction whichever connection is free, and returns the address to use instead.
// settings are extra lines for its section [pgbouncer], such as "pool_mode = session".
// It ends with the test.
func New(t testing.TB, address string, settings ...string) string {
	t.Helper()
	program, err := binary()
	require.NoError(t, err)
	dir, err := os.MkdirTemp("", "pgbouncerdev-") // not the test's own folder, because a socket's path must be short
	require.NoError(t, err)
	attr, err := pgdev.Unprivileged(dir)
	require.NoError(t, err)
	target, database, err := target(address)
	require.NoError(t, err)
	text := "[databases]\n* = " + target + "\n[pgbouncer]\nlisten_addr =\nlisten_port = " + port + "\nunix_socket_dir = " + dir +
		"\nauth_type = any\npool_mode = transaction\nmax_client_conn = 500\n" + strings.Join(settings, "\n") + "\n"
	require.NoError(t, os.WriteFile(filepath.Join(dir, "pgbouncer.ini"), []byte(text), 0o644)) //nolint:gosec // read by another user
	cmd := exec.Command("sh", "-c", keeper, "keeper", program, dir)                            //nolint:noctx // runs until its input ends
	cmd.Dir, cmd.SysProcAttr = "/", attr
	leash, err := cmd.StdinPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { end(t, leash, cmd) })
	u := url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/" + database,
		RawQuery: url.Values{"host": {dir}, "port": {port}}.Encode()}
	require.NoError(t, wait(u.String(), dir))
	return u.String()
}

func binary() (string, error) {
	if p, err := exec.LookPath("pgbouncer"); err == nil {
		return p, nil
	}
	const debian = "/usr/sbin/pgbouncer" // not in everybody's path
	if _, err := os.Stat(debian); err == nil {
		return debian, nil
	}
	return "", errors.New("no PgBouncer: install the package pgbouncer")
}

// target returns the server of an address as a PgBouncer connection string.
func target(address string) (text, database string, err error) {
	c, err := pgx.ParseConfig(address)
	if err != nil {
		return "", "", fmt.Errorf("read the address of the database: %w", err)
	}
	text = fmt.Sprintf("host=%s port=%d user=%s", c.Host, c.Port, c.User)
	if c.Password != "" {
		text += " password=" + c.Password
	}
	return text, c.Database, nil
}

// wait returns once the database answers through the pooler.
func wait(address, dir string) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		c, err := pgx.Connect(ctx, address)
		if err == nil {
			return c.Close(ctx)
		}
		select {
		case <-ctx.Done():
			log, _ := os.ReadFile(filepath.Join(dir, "log"))
			return fmt.Errorf("pgbouncer does not answer: %w: %s", err, log)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

func end(t testing.TB, leash io.Closer, cmd *exec.Cmd) {
	_ = leash.Close()
	if err := cmd.Wait(); err != nil {
		t.Errorf("stop pgbouncer: %v", err)
	}
}
