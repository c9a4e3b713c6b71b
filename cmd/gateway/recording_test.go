package main

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
)

// deskWorld is a migrated database with a room that ada owns.
type deskWorld struct {
	*testing.T
	dir  string
	st   *store.Store
	ada  store.User
	room store.Room
}

func newDeskWorld(t *testing.T) *deskWorld {
	t.Helper()
	w := &deskWorld{T: t, dir: t.TempDir()}
	require.Zero(t, gateway(t, w.dir, nil, "migrate").code)
	var err error
	w.st, err = store.Open(t.Context(), config.Database{Dir: filepath.Join(w.dir, "data"), MaxConns: 2, ConnectTimeout: waitLong})
	require.NoError(t, err)
	t.Cleanup(w.st.Close)
	w.ada, err = w.st.CreateUser(t.Context(), store.User{Sub: new("ada"), Email: new("ada@example.org"), IsActive: true})
	require.NoError(t, err)
	w.room, err = w.st.CreateRoom(t.Context(), store.Room{Name: "Weekly call", Slug: "weekly-call", AccessLevel: store.Public}, w.ada.ID)
	require.NoError(t, err)
	return w
}

func (w *deskWorld) record(mode string, steps ...store.RecordingStatus) store.Recording {
	w.Helper()
	r, err := w.st.CreateRecording(w.Context(), store.Recording{RoomID: w.room.ID, Mode: mode}, w.ada.ID)
	require.NoError(w, err)
	for _, to := range steps {
		r, _, err = w.st.MoveRecording(w.Context(), r.ID, store.RecordingMove{To: to, Notices: []string{"summary"}})
		require.NoError(w, err)
	}
	return r
}

func (w *deskWorld) run(args ...string) outcome {
	w.Helper()
	return gateway(w.T, w.dir, nil, append([]string{"recording"}, args...)...)
}

func (w *deskWorld) exec(text string, args ...any) {
	w.Helper()
	require.NoError(w, w.st.InTx(w.Context(), func(tx *store.Tx) error {
		_, err := tx.SQL().ExecContext(w.Context(), text, args...)
		return err
	}))
}

func TestRecordingList_shows_room_status_mode_and_owner(t *testing.T) {
	t.Parallel()
	w := newDeskWorld(t)
	saved := w.record(store.Transcript, store.RecordingActive, store.RecordingSaved)
	shared := w.record(store.ScreenRecording, store.RecordingActive, store.RecordingStopped)
	orphan := w.record(store.ScreenRecording, store.RecordingActive)
	grace, err := w.st.CreateUser(t.Context(), store.User{Sub: new("grace"), IsActive: true})
	require.NoError(t, err)
	w.exec(`INSERT INTO meet_recording_access (id, created_at, updated_at, team, role, recording_id, user_id) VALUES ($1, $2, $2, '', 'owner', $3, $4)`,
		uuid.New(), time.Now().UTC(), shared.ID, grace.ID)
	w.exec(`DELETE FROM meet_recording_access WHERE recording_id = $1`, orphan.ID)

	o := w.run("list")
	require.Zero(t, o.code, o.errors)
	for _, line := range []string{
		`ID +STARTED +ROOM +STATUS +MODE +OWNER +TO BE TOLD\n`,
		orphan.ID.String() + ` +\S+ \S+ +weekly-call +active +screen_recording +No owner +1\n`,
		shared.ID.String() + ` +\S+ \S+ +weekly-call +stopped +screen_recording +Multiple owners \(2\) +1\n`,
		saved.ID.String() + ` +\S+ \S+ +weekly-call +saved +transcript +ada@example.org +1\n`,
	} {
		require.Regexp(t, line, o.out)
	}
	o = w.run("list", "--status", "saved")
	require.Contains(t, o.out, saved.ID.String())
	require.NotContains(t, o.out, shared.ID.String())
	require.Equal(t, outcome{2, "", "\"done\" is not a status of a recording\nSee 'gateway recording list --help'.\n"}, w.run("list", "--status", "done"))

	o = w.run("show", saved.ID.String())
	require.Zero(t, o.code, o.errors)
	for _, line := range []string{`room +weekly-call \(`, `status +saved\n`, `owner +ada@example.org\n`, `told summary +-\n`, `egress +-\n`} {
		require.Regexp(t, line, o.out)
	}
}

func TestRecordingRetry_and_reap_are_done_by_a_gateway_that_runs(t *testing.T) {
	t.Parallel()
	w := newDeskWorld(t)
	saved := w.record(store.Transcript, store.RecordingActive, store.RecordingSaved)
	hangs := w.record(store.ScreenRecording, store.RecordingActive)

	o := w.run("retry", saved.ID.String())
	require.Equal(t, outcome{0, saved.ID.String() + ": will be told\n", ""}, o)
	o = w.run("retry", hangs.ID.String())
	require.Equal(t, 1, o.code)
	require.Contains(t, o.errors, "there is nothing to tell: it is active")

	unknown := uuid.NewString()
	o = w.run("reap", unknown, hangs.ID.String(), saved.ID.String())
	require.Equal(t, 1, o.code)
	require.Equal(t, unknown+": there is no such recording\n", o.errors)
	require.Equal(t, hangs.ID.String()+": ended\n"+saved.ID.String()+": left alone: it is saved\n", o.out)
	r, err := w.st.RecordingByID(t.Context(), hangs.ID)
	require.NoError(t, err)
	require.Equal(t, store.RecordingNotStopped, r.Status)
	var jobs int
	require.NoError(t, w.st.InTx(t.Context(), func(tx *store.Tx) error {
		return tx.SQL().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM river_job WHERE kind = 'module'`).Scan(&jobs)
	}))
	require.Equal(t, 2, jobs)

	w.exec(`UPDATE meet_recording SET created_at = '2020-01-01 00:00:00+00:00' WHERE id = $1`, saved.ID)
	write(t, w.dir, "config.yaml", "recordings: {expiration_days: 7}\n")
	require.Equal(t, outcome{0, saved.ID.String() + ": left out: it has expired\n", ""}, w.run("retry", saved.ID.String()))
	require.Equal(t, 2, w.run("show", "nonsense").code)
}
