package pgdev

import (
	"context"
	"crypto/rand"
	"io"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// Variable is the environment variable with the address, for a superuser, of the server
// to use instead of a private one.
const Variable = "FOYER_TEST_POSTGRES"

// Private returns this test process's server, started when first needed. It is never
// stopped here: it dies with the process.
var Private = sync.OnceValues(Start)

// New creates a fresh database and returns its URL; the database is dropped at the end
// of the test. Without a server the test fails.
func New(t testing.TB) string {
	t.Helper()
	return database(t, admin(t), "template1")
}

// Copy is New for a database that begins as a copy of another on the same server, such
// as Server.Template makes.
func Copy(t testing.TB, template string) string {
	t.Helper()
	return database(t, admin(t), template)
}

// admin returns the server's URL, for a superuser.
func admin(t testing.TB) string {
	t.Helper()
	if named := os.Getenv(Variable); named != "" {
		return named
	}
	s, err := Private()
	require.NoError(t, err)
	return s.url
}

// Own is a server that belongs to one test, with a fresh database.
type Own struct {
	URL string // of the database

	server *Server
}

// NewOwn starts a server that ends with the test.
func NewOwn(t testing.TB) *Own {
	t.Helper()
	s, err := start(true)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.leash.Close()) })
	return &Own{URL: database(t, s.url, "template1"), server: s}
}

// Crash kills the server, cutting every connection, and starts it again; it returns once
// the server answers.
func (o *Own) Crash(t testing.TB) {
	t.Helper()
	before, err := o.started()
	require.NoError(t, err)
	_, err = io.WriteString(o.server.leash, "\n")
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		now, err := o.started()
		return err == nil && !now.Equal(before)
	}, 30*time.Second, 50*time.Millisecond)
}

// started returns when the server was started.
func (o *Own) started() (at time.Time, err error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	c, err := pgx.Connect(ctx, o.URL)
	if err != nil {
		return at, err
	}
	defer c.Close(ctx)
	return at, c.QueryRow(ctx, `SELECT pg_postmaster_start_time()`).Scan(&at)
}

func database(t testing.TB, admin, template string) string {
	t.Helper()
	name := "foyer_" + strings.ToLower(rand.Text()[:16])
	run(t, admin, `CREATE DATABASE `+name+` TEMPLATE `+template)
	t.Cleanup(func() { run(t, admin, `DROP DATABASE IF EXISTS `+name+` WITH (FORCE)`) })
	u, err := url.Parse(admin)
	require.NoError(t, err)
	u.Path = "/" + name
	return u.String()
}

func run(t testing.TB, admin, text string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	c, err := pgx.Connect(ctx, admin)
	require.NoError(t, err)
	defer c.Close(ctx)
	_, err = c.Exec(ctx, text)
	require.NoError(t, err)
}
