package store_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/internal/dev/linedev"
	"foyer/internal/dev/pgdev"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

func TestAway_tells_what_passes_from_what_was_asked_wrongly(t *testing.T) {
	for _, c := range []struct {
		err  error
		away bool
	}{
		{nil, false},
		{&pgconn.PgError{Code: "08006"}, true},  // connection failure
		{&pgconn.PgError{Code: "08P01"}, true},  // PgBouncer's query_wait_timeout
		{&pgconn.PgError{Code: "25006"}, true},  // read_only_sql_transaction
		{&pgconn.PgError{Code: "53100"}, true},  // disk_full
		{&pgconn.PgError{Code: "53300"}, true},  // too_many_connections
		{&pgconn.PgError{Code: "57P01"}, true},  // admin_shutdown
		{&pgconn.PgError{Code: "57P03"}, true},  // cannot_connect_now
		{&pgconn.PgError{Code: "58030"}, true},  // io_error
		{&pgconn.PgError{Code: "23505"}, false}, // unique_violation
		{&pgconn.PgError{Code: "42P01"}, false}, // undefined_table
		{&pgconn.PgError{Code: "40001"}, false}, // serialization_failure
		{&net.OpError{Op: "read", Err: errors.New("connection reset")}, true},
		{io.ErrUnexpectedEOF, true},
		{pgconn.ErrConnClosed, true},
		{fmt.Errorf("acquire: %w", context.DeadlineExceeded), true},
		{context.Canceled, false},
		{pgx.ErrTxClosed, false},
		{errors.New("something else"), false},
	} {
		err := store.Away(c.err)
		require.Equal(t, c.away, errors.Is(err, module.ErrUnavailable), "%v", c.err)
		require.ErrorIs(t, err, c.err)
	}
}

// usable runs one statement of each kind.
func usable(ctx context.Context, s *store.Store) map[string]error {
	_, read := s.KVGet(ctx, "a", "k", time.Now())
	if errors.Is(read, store.ErrNotFound) {
		read = nil
	}
	_, list := s.KVGetMany(ctx, "a", time.Now(), "k")
	return map[string]error{
		"one": read, "list": list,
		"exec":  s.KVPut(ctx, "a", uuid.NewString(), []byte("v"), nil),
		"begin": s.InTx(ctx, func(*store.Tx) error { return nil }),
		"in a transaction": s.InTx(ctx, func(tx *store.Tx) error {
			return tx.KVPut(ctx, "a", uuid.NewString(), []byte("v"), nil)
		}),
	}
}

func TestPostgreSQL_that_cannot_be_reached_is_away_in_every_kind_of_statement(t *testing.T) {
	line, address := linedev.NewT(t, pgdev.New(t))
	s := open(t, config.Database{URL: conf.NewSecret(address), MaxConns: 4, ConnectTimeout: 10 * time.Second})
	require.NoError(t, s.Migrate(t.Context()))
	for range 2 { // it happens again
		for name, err := range usable(t.Context(), s) {
			require.NoError(t, err, name)
		}
		require.NoError(t, s.Ping(t.Context()))
		err := s.InTx(t.Context(), func(tx *store.Tx) error { // between two statements of a transaction
			line.Cut()
			return tx.KVPut(t.Context(), "a", "k", []byte("v"), nil)
		})
		require.ErrorIs(t, err, module.ErrUnavailable)
		for range 5 { // whatever state the pool's connections are in
			for name, err := range usable(t.Context(), s) {
				require.ErrorIs(t, err, module.ErrUnavailable, name)
			}
		}
		require.ErrorIs(t, s.Ping(t.Context()), module.ErrUnavailable)
		line.Mend(t)
		require.Eventually(t, func() bool { return s.Ping(t.Context()) == nil }, time.Minute, 5*time.Millisecond)
	}
}

// What else a transaction does does not concern the database.
func TestErrors_of_others_within_a_transaction_stay_theirs(t *testing.T) {
	for name, engine := range engines {
		t.Run(name, func(t *testing.T) {
			s := open(t, engine(t))
			for _, other := range []error{io.EOF, context.DeadlineExceeded, &net.OpError{Op: "dial", Err: errors.New("refused")}} {
				require.NotErrorIs(t, s.InTx(t.Context(), func(*store.Tx) error { return other }), module.ErrUnavailable)
			}
			gone, cancel := context.WithCancel(t.Context())
			cancel()
			require.NotErrorIs(t, s.Ping(gone), module.ErrUnavailable, "who asked has left")
		})
	}
}

func TestPostgreSQL_that_only_reads_is_told_by_a_probe_that_is_shared(t *testing.T) {
	address := pgdev.New(t)
	log := &counted{Handler: slog.DiscardHandler}
	s, err := store.Open(t.Context(), config.Database{URL: conf.NewSecret(address), MaxConns: 4, ConnectTimeout: 10 * time.Second},
		store.WithLog(slog.New(log)))
	require.NoError(t, err)
	t.Cleanup(s.Close)
	require.NoError(t, s.Migrate(t.Context()))
	admin, err := pgx.Connect(t.Context(), address)
	require.NoError(t, err)
	t.Cleanup(func() { _ = admin.Close(context.Background()) })
	readOnly := func(on string) {
		_, err := admin.Exec(t.Context(), `SET default_transaction_read_only = off;
			DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET default_transaction_read_only = `+on+`', current_database()); END $$`)
		require.NoError(t, err)
		_, err = admin.Exec(t.Context(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
			WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		require.NoError(t, err)
	}
	writable := func() bool { return s.Writable(t.Context()) == nil }
	require.True(t, writable())
	for range 2 { // it happens again
		readOnly("on")
		require.Eventually(t, func() bool { return !writable() }, time.Minute, 20*time.Millisecond)
		require.NoError(t, s.Ping(t.Context()), "it reads")
		require.ErrorIs(t, s.KVPut(t.Context(), "a", "k", nil, nil), module.ErrUnavailable)
		readOnly("off")
		require.Eventually(t, writable, time.Minute, 20*time.Millisecond)
	}
	require.EqualValues(t, 4, log.lines.Load(), "one line a change")

	var before, after int
	const writes = `SELECT n_tup_ins FROM pg_stat_get_tuples_inserted('foyer_kv'::regclass) AS t(n_tup_ins)`
	count := func(n *int) {
		_, err := admin.Exec(t.Context(), `SELECT pg_stat_clear_snapshot()`)
		require.NoError(t, err)
		require.NoError(t, admin.QueryRow(t.Context(), writes).Scan(n))
	}
	count(&before)
	for range 1000 {
		require.True(t, writable())
	}
	count(&after)
	require.LessOrEqual(t, after-before, 10, "a thousand who ask write a few times")
}

// counted counts lines.
type counted struct {
	slog.Handler
	lines atomic.Int64
}

func (c *counted) Enabled(context.Context, slog.Level) bool { return true }

func (c *counted) Handle(context.Context, slog.Record) error { c.lines.Add(1); return nil }

// Reads that wait for each other are refused together, not one after the other.
func TestPostgreSQL_that_says_nothing_keeps_a_crowd_of_readers_no_longer_than_one(t *testing.T) {
	line, address := linedev.NewT(t, pgdev.New(t))
	s := open(t, config.Database{URL: conf.NewSecret(address), MaxConns: 4, ConnectTimeout: 2 * time.Second})
	require.NoError(t, s.Migrate(t.Context()))
	line.Cut()
	var reading sync.WaitGroup
	errs := make([]error, 500)
	for i := range errs {
		reading.Go(func() {
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			_, errs[i] = s.RoomByID(ctx, uuid.New(), uuid.Nil)
		})
	}
	reading.Wait()
	for _, err := range errs {
		require.ErrorIs(t, err, module.ErrUnavailable)
	}
}
