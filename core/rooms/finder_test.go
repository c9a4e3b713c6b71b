package rooms

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

// asked is a reader that records what it was asked for.
type asked struct{ by string }

func (a *asked) RoomByID(_ context.Context, id, _ uuid.UUID) (store.RoomWithRole, error) {
	a.by = "id " + id.String()
	return store.RoomWithRole{}, nil
}

func (a *asked) RoomBySlug(_ context.Context, slug string, _ uuid.UUID) (store.RoomWithRole, error) {
	a.by = "slug " + slug
	return store.RoomWithRole{}, nil
}

func TestFind_takes_ids_in_any_spelling_and_else_names(t *testing.T) {
	const id = "id 0b6d1f0e-0000-4000-8000-00000000000a"
	for path, want := range map[string]string{
		"0b6d1f0e-0000-4000-8000-00000000000a":          id,
		"0b6d1f0e00004000800000000000000a":              id,
		"0B6D1F0E-0000-4000-8000-00000000000A":          id,
		"{0b6d1f0e-0000-4000-8000-00000000000a}":        id,
		"urn:uuid:0b6d1f0e-0000-4000-8000-00000000000a": id,
		"!0b6d1f0e-0000-4000-8000-00000000000a":         id, // not a way around the room's rules
		" 0b6d1f0e 0000 4000 8000 00000000000a":         id,
		"Réunion":                                       "slug reunion",
		"weekly-call":                                   "slug weekly-call",
		"Weekly  call!":                                 "slug weekly-call",
		"!!!":                                           "slug ",
	} {
		a := &asked{}
		_, err := NewFinder(a).Find(t.Context(), path)
		require.NoError(t, err)
		require.Equal(t, want, a.by, path)
	}
}
