package storetest

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

func recordingLists(t *testing.T, s *store.Store) {
	ctx := t.Context()
	ada, grace := account(t, s, "ada"), account(t, s, "grace")
	_, err := s.UpdateUser(ctx, ada.ID, store.UserChange{})
	require.NoError(t, err)
	execute(t, s, `UPDATE meet_user SET email = 'ada@example.org' WHERE sub = 'ada'`)
	var all []store.Recording
	for _, status := range []store.RecordingStatus{store.RecordingSaved, store.RecordingActive, store.RecordingInitiated,
		store.RecordingNotStopped, store.RecordingNotStopped, store.RecordingStopped, store.RecordingAborted} {
		all = append(all, at(t, s, ada.ID, status))
	}
	lost := all[3]
	_, _, err = s.MoveRecording(ctx, lost.ID, store.RecordingMove{Unresolved: ptr(true)})
	require.NoError(t, err)
	shared := all[0]
	execute(t, s, `INSERT INTO meet_recording_access (id, created_at, updated_at, team, role, recording_id, user_id) VALUES ('`+
		uuid.NewString()+`', '2026-01-01 00:00:00+00:00', '2026-01-01 00:00:00+00:00', '', 'member', '`+shared.ID.String()+`', '`+grace.ID.String()+`')`)

	t.Run("a user sees those with any role, newest first", func(t *testing.T) {
		list, total, err := s.RecordingsOf(ctx, ada.ID, 3, 1)
		require.NoError(t, err)
		require.Equal(t, len(all), total)
		require.Len(t, list, 3)
		for i, r := range list {
			want := all[len(all)-2-i]
			require.Equal(t, want.ID, r.Recording.ID)
			require.Equal(t, want.RoomID, r.Room.ID)
			require.Equal(t, store.Public, r.Room.AccessLevel)
			require.Equal(t, store.Owner, r.Role)
		}
		list, total, err = s.RecordingsOf(ctx, grace.ID, 10, 0)
		require.NoError(t, err)
		require.Equal(t, 1, total)
		require.Equal(t, shared.ID, list[0].Recording.ID)
		require.Equal(t, store.Member, list[0].Role)
	})

	t.Run("one is found with the viewer's role", func(t *testing.T) {
		for viewer, role := range map[uuid.UUID]store.Role{ada.ID: store.Owner, grace.ID: store.Member, uuid.Nil: store.NoRole} {
			r, err := s.RecordingFor(ctx, shared.ID, viewer)
			require.NoError(t, err)
			require.Equal(t, role, r.Role)
			require.NotEmpty(t, r.Room.Slug)
		}
		_, err := s.RecordingFor(ctx, uuid.New(), ada.ID)
		require.ErrorIs(t, err, store.ErrNotFound)
	})

	t.Run("those under way come by age, page by page", func(t *testing.T) {
		var got []uuid.UUID
		for after := (store.RecordingCursor{}); ; {
			page, err := s.RecordingsUnderWay(ctx, after, 2)
			require.NoError(t, err)
			if len(page) == 0 {
				break
			}
			for _, r := range page {
				got = append(got, r.ID)
			}
			after = page[len(page)-1].Cursor()
		}
		require.Equal(t, []uuid.UUID{all[1].ID, all[2].ID, lost.ID, all[5].ID}, got)
	})

	t.Run("operators see rooms and owners in one statement", func(t *testing.T) {
		require.NoError(t, s.AddRecordingNotices(ctx, shared.ID, "summary", "mail"))
		execute(t, s, `UPDATE meet_recording_access SET role = 'owner' WHERE user_id = '`+grace.ID.String()+`'`)
		lines, err := s.RecordingLines(ctx, store.RecordingCursor{}, "", 100)
		require.NoError(t, err)
		require.Len(t, lines, len(all))
		first := lines[len(lines)-1]
		require.Equal(t, shared.ID, first.ID)
		require.Equal(t, 2, first.Owners)
		require.Equal(t, 2, first.OpenNotices)
		require.Equal(t, "ada@example.org", lines[0].Owner)
		require.NotEmpty(t, first.RoomSlug)
		older, err := s.RecordingLines(ctx, lines[1].Cursor(), store.RecordingNotStopped, 1)
		require.NoError(t, err)
		require.Len(t, older, 1)
		require.Equal(t, all[4].ID, older[0].ID)
	})
}
