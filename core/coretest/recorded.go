package coretest

import (
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

// Recorded creates a recording of ada's room with the status.
func (h *House) Recorded(room Object, mode string, status store.RecordingStatus) store.Recording {
	h.Helper()
	owner, err := h.Store.UserBySub(h.Context(), "ada")
	require.NoError(h, err)
	r, err := h.Store.CreateRecording(h.Context(),
		store.Recording{RoomID: uuid.MustParse(room["id"].(string)), Mode: mode, Options: []byte(`{}`)}, owner.ID)
	require.NoError(h, err)
	if status == store.RecordingInitiated {
		return r
	}
	for _, to := range []store.RecordingStatus{store.RecordingActive, status} {
		if r.Status != to {
			r, _, err = h.Store.MoveRecording(h.Context(), r.ID, store.RecordingMove{To: to})
			require.NoError(h, err)
		}
	}
	return r
}
