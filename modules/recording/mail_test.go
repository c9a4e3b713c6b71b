package recording_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/sdk/livekit/lkproto"
)

// recorded stores a complete recording made at that moment, with additional roles.
func (w *world) recorded(at time.Time, roles map[*store.User]store.Role) store.Recording {
	w.Helper()
	r := w.in(active, uuid.NewString())
	w.exec(`UPDATE meet_recording SET created_at = $1 WHERE id = $2`, at, r.ID)
	w.exec(`DELETE FROM meet_recording_access WHERE recording_id = $1`, r.ID)
	for u, role := range roles {
		w.exec(`INSERT INTO meet_recording_access (id, created_at, updated_at, team, role, recording_id, user_id)
			VALUES ($1, $2, $2, '', $3, $4, $5)`, uuid.New(), at, string(role), r.ID, u.ID)
	}
	w.deliver(told(w.T, r, r.WorkerID, "egress_ended", lkproto.EgressStatus_EGRESS_COMPLETE))
	return r
}

// exec changes the database behind the module's back, on either engine.
func (w *world) exec(statement string, args ...any) {
	w.Helper()
	ctx := w.Context()
	require.NoError(w, w.st.InTx(ctx, func(tx *store.Tx) (err error) {
		if tx.Pgx() != nil {
			_, err = tx.Pgx().Exec(ctx, statement, args...)
		} else {
			_, err = tx.SQL().ExecContext(ctx, statement, args...)
		}
		return err
	}))
}

// number runs a query that returns one number, on either engine.
func (w *world) number(query string) (n int) {
	w.Helper()
	ctx := w.Context()
	require.NoError(w, w.st.InTx(ctx, func(tx *store.Tx) error {
		if tx.Pgx() != nil {
			return tx.Pgx().QueryRow(ctx, query).Scan(&n)
		}
		return tx.SQL().QueryRowContext(ctx, query).Scan(&n)
	}))
	return n
}

func TestMail_goes_to_every_owner_in_their_language_and_zone(t *testing.T) {
	days := 7
	section := config.Default().Recordings
	section.ExpirationDays, section.DownloadBaseURL = &days, "https://meet.example.org/recordings/"
	w := open(t, setup{section: section})
	nel, otto := w.account("nel", "nl-nl", "Europe/Amsterdam"), w.account("otto", "de-de", "America/Phoenix")
	member, admin := w.account("mo", "en-us", "UTC"), w.account("al", "en-us", "UTC")
	at := time.Date(2026, 5, 4, 14, 30, 0, 0, time.UTC)
	r := w.recorded(at, map[*store.User]store.Role{
		&w.ada: store.Owner, &w.grace: store.Owner, &nel: store.Owner, &otto: store.Owner, &member: store.Member, &admin: store.Administrator,
	})
	w.becomes(r.ID, store.RecordingNotified)
	mails := w.gw.Outbox.Messages()
	require.Len(t, mails, 4)
	room, err := w.st.RoomByID(t.Context(), r.RoomID, uuid.Nil)
	require.NoError(t, err)
	for _, m := range mails {
		x := map[string]struct{ subject, time, days string }{
			"ada@example.org":   {"Votre enregistrement est prêt", "16:30", "7 jours"},
			"grace@example.org": {"Your recording is ready", "14:30", "7 days"},
			"nel@example.org":   {"Je opname is klaar", "16:30", "7 dagen"},
			"otto@example.org":  {"Ihre aufzeichnung ist bereit", "07:30", "7 Tage"},
		}[m.To[0]]
		require.Len(t, m.To, 1)
		require.Empty(t, m.Bcc)
		require.Equal(t, x.subject, m.Subject)
		for _, body := range []string{m.Text, m.HTML} {
			for _, part := range []string{room.Name, "2026-05-04", x.time, x.days, "https://meet.example.org/recordings/" + r.ID.String()} {
				require.Contains(t, body, part, m.To[0])
			}
		}
	}
}

func TestMail_is_not_asked_for_where_nobody_can_get_it(t *testing.T) {
	w := open(t, setup{})
	silent, err := w.st.CreateUser(t.Context(), store.User{IsActive: true})
	require.NoError(t, err)
	r := w.recorded(time.Now().UTC(), map[*store.User]store.Role{&silent: store.Owner})
	w.becomes(r.ID, store.RecordingNotified)
	nobodys := w.recorded(time.Now().UTC(), nil)
	w.becomes(nobodys.ID, store.RecordingSaved)
	lines, err := w.st.RecordingLines(t.Context(), store.RecordingCursor{}, store.RecordingSaved, 10)
	require.NoError(t, err)
	require.Equal(t, 1, lines[0].OpenNotices, "nobody was told, and it says so")
	require.Empty(t, w.gw.Outbox.Messages())
}
