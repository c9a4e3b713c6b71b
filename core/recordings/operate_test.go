package recordings_test

import (
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/documents"
	"foyer/core/events"
	"foyer/core/jobs"
	"foyer/core/recordings"
	"foyer/core/store"
	"foyer/internal/dev/migrated"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// desk is the recordings as operators see them, on a database of their own, without a
// gateway.
type desk struct {
	*testing.T
	st   *store.Store
	room store.Room
	ada  store.User
	recordings.Operators
}

func onBoth(t *testing.T, test func(d *desk)) {
	open := func(t *testing.T, db config.Database) {
		db.MaxConns, db.ConnectTimeout = 4, time.Minute
		st, err := store.Open(t.Context(), db)
		require.NoError(t, err)
		t.Cleanup(st.Close)
		require.NoError(t, st.Migrate(t.Context()))
		log := slog.New(slog.DiscardHandler)
		queue, err := jobs.New(st, config.Jobs{Workers: 1, MaxAttempts: 5, Timeout: time.Minute}, nil, log)
		require.NoError(t, err)
		require.NoError(t, queue.Migrate(t.Context()))
		s := recordings.New(recordings.Options{
			Recordings: config.Recordings{ExpirationDays: new(7)}, Store: st, Then: documents.New(st, queue, events.New(st, queue, events.Outside{})),
		})
		d := &desk{T: t, st: st, Operators: s.Operated(recordings.Recorder{
			Module: "recording",
			Retry: func(id uuid.UUID, everybody bool) module.NextJob {
				return module.NextJob{Kind: "retry", Args: map[string]any{"id": id, "everybody": everybody}}
			},
			Halt: func(id uuid.UUID) module.NextJob { return module.NextJob{Kind: "halt", Args: map[string]any{"id": id}} },
		})}
		d.ada, err = st.CreateUser(t.Context(), store.User{Sub: new("ada"), Email: new("ada@example.org"), IsActive: true})
		require.NoError(t, err)
		d.room, err = st.CreateRoom(t.Context(), store.Room{Name: "r", Slug: "r", AccessLevel: store.Public}, d.ada.ID)
		require.NoError(t, err)
		test(d)
	}
	t.Run("sqlite", func(t *testing.T) { open(t, config.Database{Dir: migrated.SQLiteT(t)}) })
	t.Run("postgres", func(t *testing.T) { open(t, config.Database{URL: conf.NewSecret(migrated.PostgresT(t))}) })
}

// record creates a recording that went through these steps.
func (d *desk) record(steps ...store.RecordingStatus) store.Recording {
	d.Helper()
	r, err := d.st.CreateRecording(d.Context(), store.Recording{RoomID: d.room.ID, Mode: store.ScreenRecording}, d.ada.ID)
	require.NoError(d, err)
	for _, to := range steps {
		r, _, err = d.st.MoveRecording(d.Context(), r.ID, store.RecordingMove{To: to, Notices: []string{"summary"}})
		require.NoError(d, err)
	}
	return r
}

func (d *desk) statement(text string) (n int) {
	d.Helper()
	require.NoError(d, d.st.InTx(d.Context(), func(tx *store.Tx) error {
		if tx.Pgx() != nil {
			if text[0] == 'S' {
				return tx.Pgx().QueryRow(d.Context(), text).Scan(&n)
			}
			_, err := tx.Pgx().Exec(d.Context(), text)
			return err
		}
		if text[0] == 'S' {
			return tx.SQL().QueryRowContext(d.Context(), text).Scan(&n)
		}
		_, err := tx.SQL().ExecContext(d.Context(), text)
		return err
	}))
	return n
}

func (d *desk) jobs() int { return d.statement(`SELECT COUNT(*) FROM river_job WHERE kind = 'module'`) }

func TestReap_ends_a_recording_once_with_the_job_that_follows_or_not_at_all(t *testing.T) {
	onBoth(t, func(d *desk) {
		r := d.record(store.RecordingActive)
		d.statement(`ALTER TABLE river_job RENAME TO river_job_away`) // as after a kill before the job is stored
		_, _, err := d.Reap(d.Context(), r.ID)
		require.Error(d, err)
		d.statement(`ALTER TABLE river_job_away RENAME TO river_job`)
		kept, err := d.st.RecordingByID(d.Context(), r.ID)
		require.NoError(d, err)
		require.Equal(d, r, kept)

		var won atomic.Int64
		var all sync.WaitGroup
		for range 5 {
			all.Go(func() {
				now, ended, err := d.Reap(d.Context(), r.ID)
				require.NoError(d, err)
				require.Equal(d, store.RecordingNotStopped, now.Status)
				if ended {
					won.Add(1)
				}
			})
		}
		all.Wait()
		require.EqualValues(d, 1, won.Load())
		require.Equal(d, 1, d.jobs())
		_, _, err = d.Reap(d.Context(), uuid.New())
		require.ErrorIs(d, err, store.ErrNotFound)
		d.record(store.RecordingActive) // the room is free
	})
}

func TestRetry_tells_of_what_is_saved_and_not_expired(t *testing.T) {
	onBoth(t, func(d *desk) {
		hangs := d.record(store.RecordingActive, store.RecordingStopped)
		require.ErrorIs(d, d.Retry(d.Context(), hangs.ID, true), recordings.ErrNotSaved)
		saved := d.record(store.RecordingActive, store.RecordingSaved)
		require.NoError(d, d.Retry(d.Context(), saved.ID, false))
		require.Equal(d, 1, d.jobs())
		d.statement(`UPDATE meet_recording SET created_at = '2020-01-01 00:00:00+00:00' WHERE id = '` + saved.ID.String() + `'`)
		require.ErrorIs(d, d.Retry(d.Context(), saved.ID, true), recordings.ErrExpired)
		require.ErrorIs(d, d.Retry(d.Context(), uuid.New(), true), store.ErrNotFound)
		require.Equal(d, 1, d.jobs())
		lines, err := d.Lines(d.Context(), store.RecordingCursor{}, store.RecordingSaved, 10)
		require.NoError(d, err)
		require.Len(d, lines, 1)
		known, err := d.Known(d.Context(), saved.ID)
		require.NoError(d, err)
		require.Equal(d, d.ada.ID, known.Owners[0].ID)
		require.Equal(d, []store.RecordingNotice{{Kind: "summary"}}, known.Notices)
	})
}
