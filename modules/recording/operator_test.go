package recording_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
	"foyer/modules/recording"
	"foyer/sdk/livekit/lkproto"
	"foyer/sdk/module"
)

// do runs a job for an operator.
func (w *world) do(j module.NextJob) {
	w.Helper()
	raw, err := json.Marshal(j.Args)
	require.NoError(w, err)
	require.NoError(w, w.gw.Catalog.Work(w.Context(), recording.Name, module.Job{Kind: j.Kind, Args: raw, Attempt: 1}))
}

func TestRetry_tells_those_who_were_not_told(t *testing.T) {
	w := open(t, setup{})
	r := w.in(stopped, "EG_legacy")
	// As the replaced server leaves a recording whose notification failed.
	require.NoError(t, w.st.InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.SQL().ExecContext(t.Context(), `UPDATE meet_recording SET status = 'saved' WHERE id = $1`, r.ID)
		return err
	}))
	w.do(recording.RetryJob(r.ID, false))
	w.becomes(r.ID, store.RecordingNotified)
	require.Len(t, w.gw.Outbox.Messages(), 1)

	w.do(recording.RetryJob(r.ID, false))
	time.Sleep(300 * time.Millisecond) // whatever it stored
	require.Len(t, w.gw.Outbox.Messages(), 1, "everybody was told")
	w.do(recording.RetryJob(r.ID, true))
	require.Eventually(t, func() bool { return len(w.gw.Outbox.Messages()) == 2 }, waitLong, waitShort)
	w.do(recording.RetryJob(uuid.New(), true)) // deleted in the meantime
}

func TestRetry_emits_the_event_again_for_the_external_service(t *testing.T) {
	w := open(t, setup{})
	r := w.in(active, "EG_t")
	require.NoError(t, w.st.InTx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.SQL().ExecContext(t.Context(), `UPDATE meet_recording SET mode = 'transcript' WHERE id = $1`, r.ID)
		return err
	}))
	w.deliver(told(t, r, "EG_t", "egress_ended", lkproto.EgressStatus_EGRESS_COMPLETE))
	w.becomes(r.ID, store.RecordingSaved)
	events := func() (n int) {
		require.NoError(t, w.st.InTx(t.Context(), func(tx *store.Tx) error {
			return tx.SQL().QueryRowContext(t.Context(), `SELECT COUNT(*) FROM foyer_event WHERE name = 'recording_saved'`).Scan(&n)
		}))
		return n
	}
	require.Equal(t, 1, events())
	w.do(recording.RetryJob(r.ID, false))
	require.Equal(t, 2, events())
	require.Empty(t, w.gw.Outbox.Messages(), "a transcript is not mail")
}

func TestReap_ends_the_egress_and_stores_what_it_recorded(t *testing.T) {
	w := open(t, setup{})
	w.join()
	r := w.start(startVideo)
	w.shows("started")
	unresolved := true
	_, moved, err := w.st.MoveRecording(t.Context(), r.ID, store.RecordingMove{To: store.RecordingNotStopped, Unresolved: &unresolved})
	require.NoError(t, err)
	require.True(t, moved)
	w.do(recording.HaltJob(r.ID))
	w.becomes(r.ID, store.RecordingNotified)
	w.shows("")

	never := w.in(unsaved, "")
	_, _, err = w.st.MoveRecording(t.Context(), never.ID, store.RecordingMove{To: store.RecordingNotStopped, Unresolved: &unresolved})
	require.NoError(t, err)
	w.age(never.ID, 24*time.Hour) // its bucket is no longer waited for
	w.do(recording.HaltJob(never.ID))
	now, err := w.st.RecordingByID(t.Context(), never.ID)
	require.NoError(t, err)
	require.Equal(t, store.RecordingNotStopped, now.Status)
	require.False(t, now.Unresolved)
}
