package pgdev_test

import (
	"bufio"
	"context"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"foyer/internal/dev/pgdev"
)

const childEnv = "PGDEV_TEST_CHILD"

func TestNew_gives_each_caller_a_database_of_its_own(t *testing.T) {
	ctx := t.Context()
	for range 2 {
		c, err := pgx.Connect(ctx, pgdev.New(t))
		require.NoError(t, err)
		_, err = c.Exec(ctx, `CREATE TABLE mine (id int)`)
		require.NoError(t, err)
		require.NoError(t, c.Close(ctx))
	}
}

// A killed test process leaves neither a server nor its folder behind.
func TestNew_server_ends_with_its_process(t *testing.T) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestChild$", "-test.v")
	cmd.Env = append(os.Environ(), childEnv+"=1", "FOYER_TEST_POSTGRES=")
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	dir := ""
	for lines := bufio.NewScanner(out); dir == "" && lines.Scan(); {
		if text, ok := strings.CutPrefix(lines.Text(), "database "); ok {
			u, err := url.Parse(text)
			require.NoError(t, err)
			dir = u.Query().Get("host")
		}
	}
	require.DirExists(t, dir)
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())
	require.Eventually(t, func() bool {
		_, err := os.Stat(dir)
		return os.IsNotExist(err)
	}, 20*time.Second, 50*time.Millisecond)
}

// TestChild is the process that gets killed; run by itself it proves that a private
// server answers.
func TestChild(t *testing.T) {
	text := pgdev.New(t)
	c, err := pgx.Connect(context.Background(), text)
	require.NoError(t, err)
	require.NoError(t, c.Close(context.Background()))
	if os.Getenv(childEnv) != "" {
		_, _ = os.Stdout.WriteString("\ndatabase " + text + "\n")
		select {}
	}
}

func TestOwn_keeps_what_was_committed_before_a_crash(t *testing.T) {
	own := pgdev.NewOwn(t)
	connect := func() *pgx.Conn {
		c, err := pgx.Connect(t.Context(), own.URL)
		require.NoError(t, err)
		t.Cleanup(func() { _ = c.Close(context.Background()) })
		return c
	}
	before := connect()
	_, err := before.Exec(t.Context(), `CREATE TABLE kept AS SELECT 7 AS n`)
	require.NoError(t, err)
	own.Crash(t)
	require.Error(t, before.Ping(t.Context()), "the connection was cut")
	var n int
	require.NoError(t, connect().QueryRow(t.Context(), `SELECT n FROM kept`).Scan(&n))
	require.Equal(t, 7, n)
}
