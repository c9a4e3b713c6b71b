package storetest

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

// Run tests a store. open returns a fresh, migrated one, and closes it at the end
// of the test it is given.
func Run(t *testing.T, open func(t *testing.T) *store.Store) {
	for _, topic := range []struct {
		name string
		run  func(t *testing.T, s *store.Store)
	}{
		{"users", users},
		{"addresses", Addresses},
		{"claims", claims},
		{"user_changes", userChanges},
		{"user_lists", userLists},
		{"rooms", rooms},
		{"room_lists", roomLists},
		{"room_removal", roomRemoval},
		{"accesses", accesses},
		{"standings", standings},
		{"room_roles", roomRoles},
		{"last_owner", lastOwner},
		{"recordings", recordings},
		{"recording_moves", recordingMoves},
		{"recording_notices", recordingNotices},
		{"recording_lists", recordingLists},
		{"applications", applications},
		{"application_changes", applicationChanges},
		{"application_secrets", applicationSecrets},
		{"bearers", bearers},
		{"audit", audit},
		{"audited", audited},
		{"owned_rooms", ownedRooms},
		{"room_changes", roomChanges},
		{"changes", changes},
		{"text", text},
		{"json", objects},
		{"sweeps", sweeps},
		{"sessions", sessions},
		{"session_removal", sessionRemoval},
		{"events", events},
		{"events_together", eventsTogether},
		{"reads_at_once", readsAtOnce},
		{"kv", kv},
		{"documents", documents},
		{"document_sweep", documentSweep},
		{"document_races", documentRaces},
		{"older_programs", olderPrograms},
		{"transactions", transactions},
		{"doomed_transactions", doomed},
		{"room_transactions", roomTransactions},
		{"cancellation", cancellation},
		{"concurrency", concurrency},
		{"handles", handles},
	} {
		t.Run(topic.name, func(t *testing.T) { topic.run(t, open(t)) })
	}
}

// moment is a time with microseconds in another zone, as callers may have it.
var moment = time.Date(2026, 3, 29, 2, 30, 0, 123456000, time.FixedZone("somewhere", 2*3600))

func ptr[T any](v T) *T { return &v }

// account stores an active account with the subject.
func account(t *testing.T, s *store.Store, sub string) store.User {
	t.Helper()
	u, err := s.CreateUser(t.Context(), store.User{Sub: &sub, IsActive: true})
	require.NoError(t, err)
	return u
}

// room stores a public room whose name is its slug.
func room(t *testing.T, s *store.Store, slug string, owner uuid.UUID) store.Room {
	t.Helper()
	r, err := s.CreateRoom(t.Context(), store.Room{Name: slug, Slug: slug, AccessLevel: store.Public}, owner)
	require.NoError(t, err)
	return r
}

// grant stores an access created at the given time.
func grant(t *testing.T, s *store.Store, room, user uuid.UUID, role store.Role, created string) {
	t.Helper()
	execute(t, s, insertAccess(room, user, role, created))
}

func insertAccess(room, user uuid.UUID, role store.Role, created string) string {
	return `INSERT INTO meet_resource_access (id, created_at, updated_at, role, resource_id, user_id) VALUES ('` +
		strings.Join([]string{uuid.NewString(), created, created, string(role), room.String(), user.String()}, "', '") + `')`
}

// execute runs a statement of the test's own.
func execute(t *testing.T, s *store.Store, statement string) {
	t.Helper()
	require.NoError(t, raw(t, s, statement))
}

func raw(t *testing.T, s *store.Store, statement string) error {
	return s.InTx(t.Context(), func(tx *store.Tx) (err error) {
		if tx.Pgx() != nil {
			_, err = tx.Pgx().Exec(t.Context(), statement)
		} else {
			_, err = tx.SQL().ExecContext(t.Context(), statement)
		}
		return err
	})
}

// count counts the rows of a table.
func count(t *testing.T, s *store.Store, table string) int {
	t.Helper()
	var n int
	require.NoError(t, s.InTx(t.Context(), func(tx *store.Tx) error {
		if tx.Pgx() != nil {
			return tx.Pgx().QueryRow(t.Context(), `SELECT COUNT(*) FROM `+table).Scan(&n)
		}
		return tx.SQL().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM `+table).Scan(&n)
	}))
	return n
}

// conflicts requires that err names the broken rule.
func conflicts(t *testing.T, err error, field string) {
	t.Helper()
	require.ErrorIs(t, err, store.ErrConflict)
	var c *store.Conflict
	require.ErrorAs(t, err, &c)
	require.Equal(t, field, c.Field)
}

// handles tests that the queue behind the store gets the engine's own handles.
func handles(t *testing.T, s *store.Store) {
	require.NoError(t, s.Ping(t.Context()))
	require.NotEqual(t, s.PgxPool() == nil, s.SQLDB() == nil)
	require.NoError(t, s.InTx(t.Context(), func(tx *store.Tx) error {
		require.Equal(t, s.PgxPool() != nil, tx.Pgx() != nil)
		require.Equal(t, s.SQLDB() != nil, tx.SQL() != nil)
		return nil
	}))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, s.Ping(ctx), context.Canceled)
	s.Close()
	require.Error(t, s.Ping(t.Context()))
}
