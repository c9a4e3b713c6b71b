package storetest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

func audit(t *testing.T, s *store.Store) {
	ctx := t.Context()
	app, user := uuid.New(), uuid.New()

	t.Run("every field comes back", func(t *testing.T) {
		want := store.AuditEntry{
			At: moment, Action: "token.issue", Outcome: "ok", ClientID: "c", Application: app, User: user,
			Email: "Ada@example.org", Object: "o", TokenID: "t", Address: "192.0.2.1", RequestID: "r",
		}
		require.NoError(t, s.AppendAudit(ctx, want))
		list, err := s.Audit(ctx, store.AuditQuery{Limit: 10})
		require.NoError(t, err)
		require.Len(t, list, 1)
		want.ID, want.At = list[0].ID, moment.UTC()
		require.Equal(t, want, list[0])
	})

	t.Run("what is unknown is nil, and now is the time", func(t *testing.T) {
		before := time.Now().Add(-time.Second)
		require.NoError(t, s.AppendAudit(ctx, store.AuditEntry{Action: "token.refuse"}))
		list, err := s.Audit(ctx, store.AuditQuery{Limit: 1})
		require.NoError(t, err)
		require.Equal(t, uuid.Nil, list[0].Application)
		require.Equal(t, uuid.Nil, list[0].User)
		require.WithinRange(t, list[0].At, before, time.Now().Add(time.Second))
	})

	t.Run("no bytes of a client's break it", func(t *testing.T) {
		require.NoError(t, s.AppendAudit(ctx, store.AuditEntry{ClientID: "a\x00b\xffc", Email: strings.Repeat("é", 300)}))
		list, err := s.Audit(ctx, store.AuditQuery{Limit: 1})
		require.NoError(t, err)
		require.Equal(t, "a\uFFFDb\uFFFDc", list[0].ClientID)
		require.Equal(t, strings.Repeat("é", 255), list[0].Email)
	})

	t.Run("pages go back in time without a gap, those of an application too", func(t *testing.T) {
		var entries []store.AuditEntry
		for i := range 50 {
			e := store.AuditEntry{Object: fmt.Sprint(i)}
			if i%2 == 0 {
				e.Application = app
			}
			entries = append(entries, e)
		}
		require.NoError(t, s.AppendAudit(ctx, entries...))
		require.NoError(t, s.AppendAudit(ctx), "nothing is fine")
		for id, step := range map[uuid.UUID]int{uuid.Nil: 1, app: 2} {
			var before uuid.UUID
			for want := 50 - step; want >= 0; {
				page, err := s.Audit(ctx, store.AuditQuery{Application: id, Before: before, Limit: 7})
				require.NoError(t, err)
				for _, e := range page {
					if want >= 0 {
						require.Equal(t, fmt.Sprint(want), e.Object)
					}
					want, before = want-step, e.ID
				}
			}
		}
	})

	t.Run("the last use of a secret is the last token it got", func(t *testing.T) {
		mine := uuid.New()
		for i, e := range []store.AuditEntry{
			{Action: "token.issue", Outcome: "ok", Object: "a"}, {Action: "token.issue", Outcome: "ok", Object: "a"},
			{Action: "token.exchange", Outcome: "ok", Object: "b"}, {Action: "token.issue", Outcome: "invalid_email", Object: "b"},
			{Action: "application.rotate", Outcome: "ok", Object: "c"},
		} {
			e.Application, e.At = mine, moment.Add(time.Duration(i)*time.Hour)
			require.NoError(t, s.AppendAudit(ctx, e))
		}
		used, err := s.LastUses(ctx, mine)
		require.NoError(t, err)
		require.Equal(t, map[string]time.Time{"a": moment.Add(time.Hour).UTC(), "b": moment.Add(2 * time.Hour).UTC()}, used)
		used, err = s.LastUses(ctx, uuid.New())
		require.NoError(t, err)
		require.Empty(t, used)
	})

	t.Run("old lines go", func(t *testing.T) {
		n, err := s.DeleteAuditBefore(ctx, moment.Add(time.Second), 10)
		require.NoError(t, err)
		require.Equal(t, 2, n)
	})
}
