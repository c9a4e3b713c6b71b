package rooms_test

import (
	"encoding/json"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/rooms"
	"foyer/core/store"
	"foyer/sdk/module"
)

func TestUpdates_of_different_fields_at_the_same_moment_are_all_kept(t *testing.T) {
	onBoth(t, func(w *world) {
		room := w.room("r", store.Public)
		w.grant(room, "edith", store.Administrator)
		by := []*client{w.as("grace"), w.as("edith"), w.as("grace")}
		path := "rooms/" + room.ID.String() + "/"
		for round := range 10 {
			name := []string{"One", "Other"}[round%2]
			level := []string{store.Restricted, store.Trusted}[round%2]
			configuration := []string{`{"everyone_can_mute":true}`, `{"can_publish_sources":["camera"]}`}[round%2]
			answers := make([]answer, 3)
			var all sync.WaitGroup
			for i, text := range []string{`{"name":"` + name + `"}`, `{"access_level":"` + level + `"}`, `{"configuration":` + configuration + `}`} {
				all.Go(func() { answers[i] = by[i].do("PATCH", path, text) })
			}
			all.Wait()
			for _, a := range answers {
				require.Equal(w.T, 200, a.StatusCode, a.body)
			}
			got := w.stored(room.ID)
			require.Equal(w.T, []string{name, level}, []string{got.Name, got.AccessLevel}, "round %d", round)
			require.JSONEq(w.T, configuration, string(got.Configuration), "round %d", round)
		}
	})
}

// REST has refused these already, in the contract's words; modules come straight here.
func TestWriter_takes_no_room_that_there_cannot_be_whoever_asks(t *testing.T) {
	onBoth(t, func(w *world) {
		writes, ctx := rooms.NewModuleWrites(w.st, w.made), w.Context()
		kept := w.room("kept", store.Trusted)
		ada := w.stored(kept.ID)
		owner, err := w.st.UserBySub(ctx, "grace")
		require.NoError(w.T, err)
		for _, c := range []struct{ field, level, configuration string }{
			{"access_level", "open", `{}`}, {"access_level", "", `{}`}, {"access_level", "PUBLIC", `{}`}, {"access_level", "public\x00", `{}`},
			{"configuration", "public", `[]`}, {"configuration", "public", `{"unknown":1}`}, {"configuration", "public", `{`},
			{"configuration", "public", `{"can_publish_sources":["CAMERA"]}`}, {"configuration", "public", `{"everyone_can_mute":"maybe"}`},
		} {
			_, err := writes.Create(ctx, module.NewRoom{Name: "New", AccessLevel: c.level, Configuration: json.RawMessage(c.configuration), Owner: owner.ID})
			var fault *module.FieldError
			require.ErrorAs(w.T, err, &fault, "%+v", c)
			require.Equal(w.T, c.field, fault.Field)
			require.ErrorIs(w.T, err, module.ErrInvalid)
			_, err = writes.Update(ctx, kept.ID, owner.ID, module.RoomChange{Name: new("Changed"), AccessLevel: &c.level, Configuration: json.RawMessage(c.configuration)})
			require.ErrorAs(w.T, err, &fault, "%+v", c)
			require.Equal(w.T, c.field, fault.Field)
		}
		require.Equal(w.T, ada, w.stored(kept.ID))
		_, err = w.st.RoomBySlug(ctx, "new", uuid.Nil)
		require.ErrorIs(w.T, err, store.ErrNotFound)
	})
}
