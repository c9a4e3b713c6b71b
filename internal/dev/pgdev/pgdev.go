package pgdev

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// private is the server of this test process, started at the first need. It is
// never stopped here: it dies with the process.
var private = sync.OnceValues(func() (server, error) {
	dir, err := os.MkdirTemp("", "pgdev-")
	if err != nil {
		return server{}, err
	}
	return start(dir)
})

// New makes a fresh database and returns its URL; the database is dropped at
// the end of the test. Without a server the test fails.
func New(t testing.TB) string {
	t.Helper()
	admin := os.Getenv("FOYER_TEST_POSTGRES")
	if admin == "" {
		s, err := private()
		require.NoError(t, err)
		admin = s.url
	}
	name := "foyer_" + strings.ToLower(rand.Text()[:16])
	run(t, admin, `CREATE DATABASE `+name)
	t.Cleanup(func() { run(t, admin, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`) })
	u, err := url.Parse(admin)
	require.NoError(t, err)
	u.Path = "/" + name
	return u.String()
}

func run(t testing.TB, admin, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	c, err := pgx.Connect(ctx, admin)
	require.NoError(t, err)
	defer c.Close(ctx)
	_, err = c.Exec(ctx, text)
	require.NoError(t, err)
}
