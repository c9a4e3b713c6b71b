package store

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"

	"foyer/core/filelock"
)

const (
	// lockRetry is how often a waiter asks for the lock.
	lockRetry = 50 * time.Millisecond
	// firstWord and nextWord are when a waiter says so in the log.
	firstWord, nextWord = 2 * time.Second, 30 * time.Second
)

// Alone runs do while no other process runs anything under the same key on this
// database, and only once at a time within this process. A long wait is logged,
// with its cause.
//
// On PostgreSQL the lock belongs to a transaction: one belonging to a session
// would stay with its connection, which a pooler gives to others. A waiter holds
// no connection, since the lock's holder needs a second one.
func (s *Store) Alone(ctx context.Context, key int64, do func(context.Context) error) error {
	begin := time.Now()
	word := begin.Add(firstWord)
	for {
		done, err := s.tryAlone(ctx, key, do)
		if done {
			return err
		}
		if err == nil && time.Now().After(word) {
			word = time.Now().Add(nextWord)
			s.log.WarnContext(ctx, "waiting for another process that migrates the database",
				append([]any{"for", time.Since(begin).Round(time.Second)}, s.holder(ctx, key)...)...)
		}
		select {
		case <-ctx.Done():
			err = ctx.Err()
		case <-time.After(lockRetry):
		}
		if err != nil {
			return fmt.Errorf("lock the schema: %w", err)
		}
	}
}

// tryAlone runs do unless somebody else holds the lock.
func (s *Store) tryAlone(ctx context.Context, key int64, do func(context.Context) error) (done bool, err error) {
	if s.pool == nil {
		release, err := filelock.Try(s.file + ".lock")
		if errors.Is(err, filelock.ErrHeld) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		defer release()
		return true, do(ctx)
	}
	tx, err := s.pool.Begin(ctx)
	if err != nil {
		return false, err
	}
	// While do runs, this connection is idle for longer than an idle one should
	// be. If it is closed, the lock goes with it.
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	var mine bool
	if err := tx.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock($1)`, key).Scan(&mine); err != nil || !mine {
		return false, err
	}
	if _, err := tx.Exec(ctx, `SET LOCAL idle_in_transaction_session_timeout = 0`); err != nil {
		return false, err
	}
	return true, do(ctx)
}

// holder describes the lock's holder for the log, as far as it can be identified.
func (s *Store) holder(ctx context.Context, key int64) []any {
	if s.pool == nil {
		return []any{slog.String("lock", s.file+".lock")}
	}
	var pid int
	var name, state string
	var since *time.Time
	err := s.pool.QueryRow(ctx, `SELECT a.pid, a.application_name, COALESCE(a.state, ''), a.state_change
		FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
		WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
		AND l.classid = ($1::bigint >> 32)::oid AND l.objid = ($1::bigint & 4294967295)::oid`, key).Scan(&pid, &name, &state, &since)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // it has been released by now
	}
	if err != nil {
		return []any{slog.String("holder_unknown", err.Error())}
	}
	return []any{
		slog.Int("pid", pid), slog.String("application", name), slog.String("state", state), slog.Any("since", since),
		slog.String("advice", fmt.Sprintf("if nobody migrates, an older version left the lock with a pooler: SELECT pg_terminate_backend(%d)", pid)),
	}
}
