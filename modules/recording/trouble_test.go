package recording_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/minio/minio-go/v7"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
	"foyer/internal/dev/egressdev"
	"foyer/internal/dev/s3dev"
)

const (
	notStarted = `{"error":"Recording failed to start for room weekly-call"}`
	notStopped = `{"error":"Recording failed to stop for room weekly-call"}`
)

// newest returns ada's latest recording.
func (w *world) newest() store.Recording {
	w.Helper()
	list, _, err := w.st.RecordingsOf(w.Context(), w.ada.ID, 1, 0)
	require.NoError(w, err)
	require.NotEmpty(w, list)
	return list[0].Recording
}

// age makes a recording look older than it is.
func (w *world) age(id uuid.UUID, by time.Duration) {
	w.Helper()
	at := time.Now().UTC().Add(-by)
	require.NoError(w, w.st.InTx(w.Context(), func(tx *store.Tx) error {
		_, err := tx.SQL().ExecContext(w.Context(), `UPDATE meet_recording SET created_at = $1 WHERE id = $2`, at, id)
		return err
	}))
}

func TestStart_that_is_refused_frees_the_room_at_once(t *testing.T) {
	w := open(t, setup{ending: egressdev.Refuse})
	w.join()
	is(t, w.call(w.ada, "start-recording", startVideo), http.StatusBadGateway, notStarted)
	r := w.newest()
	require.Equal(t, store.RecordingNotStarted, r.Status)
	require.Contains(t, r.Reason, "not enough CPU")
	require.Empty(t, w.metadata()["recording_status"])
	media.mu.Lock()
	media.endings[w.room.ID.String()] = egressdev.Complete
	media.mu.Unlock()
	w.start(startVideo)
}

func TestStart_whose_answer_is_lost_is_found_at_LiveKit(t *testing.T) {
	l := newLine(t)
	w := open(t, setup{url: l.url, deaf: true})
	w.join()
	l.set("StartRoomCompositeEgress", unanswered)
	r := w.start(startVideo)
	require.Equal(t, store.RecordingActive, r.Status)
	require.NotEmpty(t, r.WorkerID)
	l.set("StartRoomCompositeEgress", none)
	require.Equal(t, 1, l.count("StartRoomCompositeEgress"), "it was not tried again")
	w.stop()
}

func TestStart_of_which_nothing_is_known_is_ended_when_it_shows_up(t *testing.T) {
	l := newLine(t)
	w := open(t, setup{url: l.url, deaf: true, config: "patience: {reconcile: 1s, start: 1s, lost: 1s, file: 1s}\n"})
	w.join()
	l.set("StartRoomCompositeEgress", unanswered)
	l.set("ListEgress", refused)
	is(t, w.call(w.ada, "start-recording", startVideo), http.StatusBadGateway, notStarted)
	r := w.newest()
	require.Equal(t, store.RecordingNotStarted, r.Status, "the room is free at once")
	require.True(t, r.Unresolved)
	running, err := w.live.ListEgress(t.Context(), w.room.ID.String(), true)
	require.NoError(t, err)
	require.Len(t, running, 1, "LiveKit began all the same")
	l.set("ListEgress", none)
	require.Eventually(t, func() bool {
		running, err := w.live.ListEgress(t.Context(), w.room.ID.String(), true)
		return err == nil && len(running) == 0
	}, waitLong, waitShort, "an egress runs for nobody")
}

func TestCrash_after_the_row_is_repaired(t *testing.T) {
	for name, begun := range map[string]bool{"before LiveKit was asked": false, "before its answer was stored": true} {
		t.Run(name, func(t *testing.T) {
			w := open(t, setup{deaf: true, config: "patience: {reconcile: 1s}\n"})
			w.join()
			r, err := w.st.CreateRecording(t.Context(), store.Recording{RoomID: w.room.ID, Mode: store.ScreenRecording}, w.ada.ID)
			require.NoError(t, err)
			if !begun {
				w.age(r.ID, time.Minute)
				w.becomes(r.ID, store.RecordingNotStarted)
				w.start(startVideo)
				return
			}
			w.begin(r)
			r = w.becomes(r.ID, store.RecordingActive)
			require.NotEmpty(t, r.WorkerID)
			w.shows("started")
			w.stop()
			w.becomes(r.ID, store.RecordingNotified)
		})
	}
}

func TestReconciler_ends_what_LiveKit_does_not_know(t *testing.T) {
	bucket := s3dev.StartT(t, "media")
	w := open(t, setup{deaf: true, bucket: bucket, config: "patience: {reconcile: 1s, lost: 1h}\n"})
	a, b := w.in(active, "EG_forgotten"), w.in(stopped, "EG_forgotten_too")
	whole := w.in(active, "EG_forgotten_but_stored")
	_, err := bucket.Client.PutObject(t.Context(), bucket.Bucket, "recordings/"+whole.ID.String()+".mp4", strings.NewReader("film"), 4, minio.PutObjectOptions{})
	require.NoError(t, err)
	for _, r := range []store.Recording{a, b, whole} {
		w.age(r.ID, 2*time.Hour)
	}
	for _, r := range []store.Recording{a, b} {
		r = w.becomes(r.ID, store.RecordingAborted)
		require.Contains(t, r.Reason, "LiveKit does not know")
	}
	w.becomes(whole.ID, store.RecordingNotified)
	_, err = w.st.RecordingUnderWay(t.Context(), a.RoomID)
	require.ErrorIs(t, err, store.ErrNotFound, "the room is free")
}

func TestReconciler_frees_the_room_although_the_bucket_is_away(t *testing.T) {
	w := open(t, setup{deaf: true, config: "patience: {reconcile: 1s, lost: 10s}\n"})
	r := w.in(active, "EG_forgotten")
	w.age(r.ID, time.Minute)
	w.becomes(r.ID, store.RecordingStopped)
	w.age(r.ID, time.Hour) // long enough to be given up
	w.becomes(r.ID, store.RecordingAborted)
}

func TestReconciler_gives_up_an_egress_whose_worker_died(t *testing.T) {
	w := open(t, setup{config: "patience: {reconcile: 1s, lost: 1s}\n", ending: egressdev.Silence, bucket: s3dev.StartT(t, "media")})
	w.join()
	r := w.start(startVideo)
	require.NoError(t, w.live.DeleteRoom(t.Context(), w.room.ID.String())) // and the worker never learns of it
	r = w.becomes(r.ID, store.RecordingAborted)
	require.Contains(t, r.Reason, "silent")
}

func TestReconciler_learns_what_no_webhook_told(t *testing.T) {
	for name, ending := range map[string]egressdev.Ending{"complete": egressdev.Complete, "limit": egressdev.Limit, "failed": egressdev.Fail} {
		t.Run(name, func(t *testing.T) {
			w := open(t, setup{deaf: true, config: "patience: {reconcile: 1s}\n", ending: ending})
			w.join()
			require.Equal(t, http.StatusCreated, w.call(w.ada, "start-recording", startVideo).Status)
			r := w.newest()
			if ending == egressdev.Complete {
				w.shows("started")
				w.stop()
			}
			final := store.RecordingNotified
			if ending == egressdev.Fail {
				final = store.RecordingAborted
			}
			w.becomes(r.ID, final)
			w.shows("")
		})
	}
}

func TestStop_that_fails_frees_the_room_and_loses_nothing(t *testing.T) {
	for name, deaf := range map[string]bool{"webhooks come": false, "webhooks are lost": true} {
		t.Run(name, func(t *testing.T) {
			l := newLine(t)
			w := open(t, setup{url: l.url, deaf: deaf})
			w.join()
			r := w.start(startVideo)
			l.set("StopEgress", refused)
			is(t, w.call(w.ada, "stop-recording", ""), http.StatusInternalServerError, notStopped)
			require.Equal(t, store.RecordingNotStopped, w.newest().Status)
			_, err := w.st.RecordingUnderWay(t.Context(), w.room.ID)
			require.ErrorIs(t, err, store.ErrNotFound, "the room is free")
			l.set("StopEgress", none)
			r = w.becomes(r.ID, store.RecordingNotified)
			require.Equal(t, "EGRESS_COMPLETE", r.Outcome)
			require.Len(t, w.gw.Outbox.Messages(), 1)
		})
	}
}

func TestStop_of_an_egress_that_has_ended_is_learnt_from_LiveKit(t *testing.T) {
	w := open(t, setup{deaf: true, ending: egressdev.Limit, config: "patience: {reconcile: 24h}\n"})
	w.join()
	require.Equal(t, http.StatusCreated, w.call(w.ada, "start-recording", startVideo).Status)
	r := w.newest()
	require.Eventually(t, func() bool {
		e, err := w.live.EgressByID(t.Context(), r.WorkerID)
		return err == nil && e.Status.Final()
	}, waitLong, waitShort)
	is(t, w.call(w.ada, "stop-recording", ""), http.StatusInternalServerError, notStopped)
	w.becomes(r.ID, store.RecordingNotified)
}

func TestSilence_of_the_worker_is_overcome(t *testing.T) {
	w := open(t, setup{ending: egressdev.Silence})
	w.join()
	r := w.start(startVideo)
	require.Equal(t, store.RecordingActive, r.Status)
	is(t, w.call(w.ada, "stop-recording", ""), http.StatusInternalServerError, notStopped)
	r = w.newest()
	require.Equal(t, store.RecordingNotStopped, r.Status)
	require.True(t, r.Unresolved)
	_, err := w.st.RecordingUnderWay(t.Context(), w.room.ID)
	require.ErrorIs(t, err, store.ErrNotFound, "the room is free")
}
