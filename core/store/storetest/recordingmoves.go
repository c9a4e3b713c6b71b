package storetest

import (
	"encoding/json"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

// forward are the transitions a recording may make; all others are refused.
var forward = map[store.RecordingStatus][]store.RecordingStatus{
	store.RecordingInitiated: {store.RecordingActive, store.RecordingNotStarted, store.RecordingNotStopped, store.RecordingAborted},
	store.RecordingActive: {store.RecordingStopped, store.RecordingSaved, store.RecordingAborted, store.RecordingNotStopped,
		store.RecordingProcessed, store.RecordingNotProcessed},
	store.RecordingStopped: {store.RecordingSaved, store.RecordingAborted, store.RecordingNotStopped,
		store.RecordingProcessed, store.RecordingNotProcessed},
	store.RecordingSaved:        {store.RecordingNotified, store.RecordingProcessed, store.RecordingNotProcessed},
	store.RecordingNotified:     {store.RecordingProcessed, store.RecordingNotProcessed},
	store.RecordingNotProcessed: {store.RecordingProcessed},
	store.RecordingNotStopped:   {store.RecordingProcessed, store.RecordingNotProcessed},
	store.RecordingAborted:      {store.RecordingProcessed, store.RecordingNotProcessed},
	store.RecordingNotStarted:   nil,
	store.RecordingProcessed:    nil,
}

func recordingMoves(t *testing.T, s *store.Store) {
	ctx := t.Context()
	ada := account(t, s, "ada")

	t.Run("every way leads forward", func(t *testing.T) {
		for from, allowed := range forward {
			for to := range forward {
				r := at(t, s, ada.ID, from)
				got, moved, err := s.MoveRecording(ctx, r.ID, store.RecordingMove{To: to})
				require.NoError(t, err)
				require.Equal(t, slices.Contains(allowed, to), moved, "%s -> %s", from, to)
				want := from
				if moved {
					want = to
				}
				require.Equal(t, want, got.Status)
				stored, err := s.RecordingByID(ctx, r.ID)
				require.NoError(t, err)
				require.Equal(t, got, stored)
			}
		}
	})

	t.Run("a step can ask for where it starts", func(t *testing.T) {
		r := at(t, s, ada.ID, store.RecordingStopped)
		_, moved, err := s.MoveRecording(ctx, r.ID, store.RecordingMove{To: store.RecordingSaved, From: []store.RecordingStatus{store.RecordingActive}})
		require.NoError(t, err)
		require.False(t, moved)
	})

	t.Run("a failed stop is overcome while the egress may still be running", func(t *testing.T) {
		r := at(t, s, ada.ID, store.RecordingActive)
		_, moved, err := s.MoveRecording(ctx, r.ID, store.RecordingMove{To: store.RecordingNotStopped, Unresolved: ptr(true)})
		require.NoError(t, err)
		require.True(t, moved)
		got, moved, err := s.MoveRecording(ctx, r.ID, store.RecordingMove{To: store.RecordingSaved, Unresolved: ptr(false)})
		require.NoError(t, err)
		require.True(t, moved)
		require.False(t, got.Unresolved)
	})

	t.Run("what LiveKit tells is kept, the latest stage and the first egress id", func(t *testing.T) {
		r := at(t, s, ada.ID, store.RecordingInitiated)
		start, end := moment.UTC(), moment.UTC().Add(1e9)
		_, _, err := s.MoveRecording(ctx, r.ID, store.RecordingMove{To: store.RecordingActive, WorkerID: "EG_a"})
		require.NoError(t, err)
		for _, x := range []struct {
			stage store.EgressStage
			moved bool
		}{{store.EgressEnding, true}, {store.EgressStarted, false}, {store.EgressEnding, false}, {store.EgressEnded, true}} {
			_, moved, err := s.MoveRecording(ctx, r.ID, store.RecordingMove{Stage: x.stage, Outcome: string(x.stage), StartedAt: &start, EndedAt: &end})
			require.NoError(t, err)
			require.Equal(t, x.moved, moved, x.stage)
		}
		got, moved, err := s.MoveRecording(ctx, r.ID, store.RecordingMove{
			WorkerID: "EG_b", Option: map[string]json.RawMessage{"metadata_collector_dispatch_id": json.RawMessage(`"AD_1"`)},
		})
		require.NoError(t, err)
		require.True(t, moved)
		require.Equal(t, "EG_a", got.WorkerID)
		require.Equal(t, store.EgressEnded, got.Stage)
		require.Equal(t, "ended", got.Outcome)
		require.JSONEq(t, `{"metadata_collector_dispatch_id":"AD_1"}`, string(got.Options))
		require.True(t, start.Equal(*got.StartedAt) && end.Equal(*got.EndedAt))
	})

	t.Run("of many that take a step at once one does", func(t *testing.T) {
		r := at(t, s, ada.ID, store.RecordingActive)
		moved := make([]bool, 20)
		var steps sync.WaitGroup
		for i := range moved {
			steps.Go(func() {
				_, moved[i], _ = s.MoveRecording(ctx, r.ID, store.RecordingMove{To: store.RecordingStopped})
			})
		}
		steps.Wait()
		require.Len(t, slices.DeleteFunc(moved, func(m bool) bool { return !m }), 1)
	})
}

func recordingNotices(t *testing.T, s *store.Store) {
	ctx := t.Context()
	ada := account(t, s, "ada")

	t.Run("a saved recording is announced once everybody was told", func(t *testing.T) {
		r := at(t, s, ada.ID, store.RecordingActive)
		_, moved, err := s.MoveRecording(ctx, r.ID, store.RecordingMove{To: store.RecordingSaved, Notices: []string{"mail:a", "summary"}})
		require.NoError(t, err)
		require.True(t, moved)
		for range 2 {
			got, err := s.RecordingTold(ctx, r.ID, "mail:a")
			require.NoError(t, err)
			require.Equal(t, store.RecordingSaved, got.Status)
		}
		got, err := s.RecordingTold(ctx, r.ID, "summary")
		require.NoError(t, err)
		require.Equal(t, store.RecordingNotified, got.Status)
		notices, err := s.RecordingNotices(ctx, r.ID)
		require.NoError(t, err)
		require.Len(t, notices, 2)
		require.NotNil(t, notices[0].DoneAt)
	})

	t.Run("a result may come before the job is known", func(t *testing.T) {
		r := at(t, s, ada.ID, store.RecordingSaved)
		for range 2 {
			known, err := s.ReportProcess(ctx, "early", store.RecordingProcessed)
			require.NoError(t, err)
			require.False(t, known)
		}
		got, err := s.AcceptProcess(ctx, r.ID, "early")
		require.NoError(t, err)
		require.Equal(t, store.RecordingProcessed, got.Status)
		require.Equal(t, "early", got.ProcessID)
	})

	t.Run("or after it, and in either order with the last notice", func(t *testing.T) {
		r := at(t, s, ada.ID, store.RecordingSaved)
		_, err := s.AcceptProcess(ctx, r.ID, "late")
		require.NoError(t, err)
		for _, outcome := range []store.RecordingStatus{store.RecordingNotProcessed, store.RecordingProcessed, store.RecordingNotProcessed} {
			known, err := s.ReportProcess(ctx, "late", outcome)
			require.NoError(t, err)
			require.True(t, known)
		}
		got, err := s.RecordingTold(ctx, r.ID, "summary")
		require.NoError(t, err)
		require.Equal(t, store.RecordingProcessed, got.Status, "what was processed stays so")
	})

	t.Run("a job is one recording's", func(t *testing.T) {
		_, err := s.AcceptProcess(ctx, at(t, s, ada.ID, store.RecordingSaved).ID, "late")
		conflicts(t, err, "process")
		n, err := s.DeleteProcessesBefore(ctx, moment.AddDate(100, 0, 0), 10)
		require.NoError(t, err)
		require.Equal(t, 2, n)
	})

	t.Run("acceptance and result at once lose nothing", func(t *testing.T) {
		for range 20 {
			r := at(t, s, ada.ID, store.RecordingSaved)
			var both sync.WaitGroup
			var errs [2]error
			both.Go(func() { _, errs[0] = s.AcceptProcess(ctx, r.ID, r.ID.String()) })
			both.Go(func() { _, errs[1] = s.ReportProcess(ctx, r.ID.String(), store.RecordingProcessed) })
			both.Wait()
			require.NoError(t, errs[0])
			require.NoError(t, errs[1])
			got, err := s.RecordingByID(ctx, r.ID)
			require.NoError(t, err)
			require.Equal(t, store.RecordingProcessed, got.Status)
		}
	})
}
