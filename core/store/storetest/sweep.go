package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

// sweeps tests that expired rows are removed in batches, oldest first, and that
// others stay.
func sweeps(t *testing.T, s *store.Store) {
	for _, x := range []struct {
		table string
		// add stores a row that is over at the given time.
		add   func(ctx context.Context, name string, over time.Time) error
		sweep func(ctx context.Context, now time.Time, limit int) (int, error)
		name  string // the column of it
	}{
		{"foyer_session", func(ctx context.Context, name string, over time.Time) error {
			return s.SaveSession(ctx, store.Session{Token: name, ExpiresAt: over})
		}, s.DeleteExpiredSessions, "token"},
		{"foyer_kv", func(ctx context.Context, name string, over time.Time) error {
			return s.KVPut(ctx, "space", name, nil, &over)
		}, s.DeleteExpiredKV, "key"},
		{"foyer_revoked_token", s.RevokeToken, s.DeleteExpiredRevocations, "token_id"},
		{"foyer_event", func(ctx context.Context, name string, over time.Time) error {
			_, err := s.AddEvent(ctx, store.Event{ID: name, ReceivedAt: over.Add(-time.Microsecond)})
			return err
		}, s.DeleteEventsBefore, "id"},
		{"foyer_process", func(ctx context.Context, name string, over time.Time) error {
			return raw(t, s, `INSERT INTO foyer_process (id, at) VALUES ('`+name+`', '`+
				over.Add(-time.Microsecond).UTC().Format("2006-01-02 15:04:05.000000+00:00")+`')`)
		}, s.DeleteProcessesBefore, "id"},
		{"foyer_audit", func(ctx context.Context, name string, over time.Time) error {
			return s.AppendAudit(ctx, store.AuditEntry{Action: name, At: over.Add(-time.Millisecond)})
		}, s.DeleteAuditBefore, "action"},
	} {
		t.Run(x.table, func(t *testing.T) {
			ctx, now := t.Context(), moment
			for _, i := range []int{4, 0, 3, 1, 2} { // in no order
				require.NoError(t, x.add(ctx, fmt.Sprintf("old-%d", i), now.Add(time.Duration(i-5)*time.Second)))
			}
			require.NoError(t, x.add(ctx, "young", now.Add(time.Second)))
			for _, want := range []struct {
				gone int
				left string
			}{{2, "old-2 old-3 old-4 young"}, {2, "old-4 young"}, {1, "young"}, {0, "young"}} {
				n, err := x.sweep(ctx, now, 2)
				require.NoError(t, err)
				require.Equal(t, want.gone, n)
				require.Equal(t, want.left, names(t, s, x.table, x.name))
			}
		})
	}
}

// names joins the texts of a column, in order.
func names(t *testing.T, s *store.Store, table, column string) (all string) {
	t.Helper()
	text := `SELECT string_agg(` + column + `, ' ' ORDER BY ` + column + `) FROM ` + table +
		` WHERE ` + column + ` <> 'judged-since'` // which migration 6 stores for good
	require.NoError(t, s.InTx(t.Context(), func(tx *store.Tx) error {
		if tx.Pgx() != nil {
			return tx.Pgx().QueryRow(t.Context(), text).Scan(&all)
		}
		return tx.SQL().QueryRowContext(t.Context(), text).Scan(&all)
	}))
	return all
}
