package hostsuite

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
)

func roomCases() []test {
	return []test{
		{"Rooms are created found and changed as one and the same", createdFoundAndChanged},
		{"Rooms with a fault are refused by field", refusedByField},
		{"Rooms are deleted though the media server is away", deletedThoughAway},
	}
}

// room creates a room of the application's for ada.
func (p *probe) room(name string, application uuid.UUID) module.OwnedRoom {
	p.Helper()
	r, err := p.RoomWrites().Create(p.Context(), module.NewRoom{
		Name: name, AccessLevel: "trusted", Configuration: json.RawMessage(`{}`), Owner: p.ada.ID, Application: application,
	})
	require.NoError(p.T, err)
	return r
}

func (p *probe) creates(name string) error {
	_, err := p.RoomWrites().Create(p.Context(), module.NewRoom{Name: name, AccessLevel: "trusted", Owner: p.ada.ID})
	return err
}

func (p *probe) renames(room uuid.UUID, name string) error {
	_, err := p.RoomWrites().Update(p.Context(), room, p.ada.ID, module.RoomChange{Name: &name})
	return err
}

func createdFoundAndChanged(p *probe) {
	ctx, application := p.Context(), uuid.New()
	made := p.room("Weekly call", application)
	require.Equal(p.T, []string{"Weekly call", "weekly-call", "trusted", "owner"}, []string{made.Name, made.Slug, made.AccessLevel, made.Role})
	require.Equal(p.T, application, made.Application)
	require.Len(p.T, *made.PIN, 10)
	require.Equal(p.T, &module.DialIn{PhoneNumber: "+33100000000", DefaultCountry: "FR"}, made.DialIn)
	require.Equal(p.T, time.UTC, made.UpdatedAt.Location())
	drawn, err := p.RoomWrites().Create(ctx, module.NewRoom{AccessLevel: "public", Owner: p.ada.ID})
	require.NoError(p.T, err)
	require.Regexp(p.T, `^[a-z]{3}-[a-z]{4}-[a-z]{3}$`, drawn.Name)
	require.Equal(p.T, uuid.Nil, drawn.Application)

	for _, name := range []string{made.ID.String(), "weekly-call", "Weekly Call", fmt.Sprintf("{%s}", made.ID)} {
		got, err := p.RoomWrites().Find(ctx, name, p.ada.ID)
		require.NoError(p.T, err, name)
		require.Equal(p.T, made, got)
	}
	others, err := p.RoomWrites().Find(ctx, "weekly-call", nobody)
	require.NoError(p.T, err)
	require.Empty(p.T, others.Role)
	for _, name := range []string{"other", nobody.String(), "", "a\x00b", "\xff"} {
		_, err := p.RoomWrites().Find(ctx, name, p.ada.ID)
		require.ErrorIs(p.T, err, module.ErrNotFound, "%q", name)
		_, err = p.Rooms().Find(ctx, name)
		require.ErrorIs(p.T, err, module.ErrNotFound, "%q", name)
	}

	changed, err := p.RoomWrites().Update(ctx, made.ID, p.ada.ID, module.RoomChange{
		Configuration: json.RawMessage(`{"everyone_can_mute":true}`), IfUpdatedAt: &made.UpdatedAt,
	})
	require.NoError(p.T, err)
	changed, err = p.RoomWrites().Update(ctx, made.ID, p.ada.ID, module.RoomChange{Name: new("Monthly call"), IfUpdatedAt: &changed.UpdatedAt})
	require.NoError(p.T, err)
	require.Equal(p.T, "monthly-call", changed.Slug)
	require.JSONEq(p.T, `{"everyone_can_mute":true}`, string(changed.Configuration), "what is not named stays")
	require.True(p.T, changed.UpdatedAt.After(made.UpdatedAt))
	_, err = p.RoomWrites().Update(ctx, made.ID, p.ada.ID, module.RoomChange{AccessLevel: new("public"), IfUpdatedAt: &made.UpdatedAt})
	require.ErrorIs(p.T, err, module.ErrChanged)
	_, err = p.RoomWrites().Update(ctx, nobody, p.ada.ID, module.RoomChange{})
	require.ErrorIs(p.T, err, module.ErrNotFound)
}

// The messages are those that clients get, whichever process they come from.
func refusedByField(p *probe) {
	taken, other := p.room("Taken", uuid.Nil), p.room("Other", uuid.Nil)
	for name, want := range map[string]module.FieldError{
		"taken":                  {Field: "slug", Message: "Room with this Slug already exists.", Kind: module.ErrConflict},
		nobody.String():          {Field: "name", Message: `Room name "` + nobody.String() + `" is reserved.`, Kind: module.ErrInvalid},
		strings.Repeat("é", 501): {Field: "name", Message: "Ensure this field has no more than 500 characters.", Kind: module.ErrInvalid},
		strings.Repeat("x", 120): {Field: "slug", Message: "Ensure this value has at most 100 characters (it has 120).", Kind: module.ErrInvalid},
	} {
		for verb, err := range map[string]error{"create": p.creates(name), "update": p.renames(other.ID, name)} {
			fault, ok := errors.AsType[*module.FieldError](err)
			require.True(p.T, ok, "%s %q: %v", verb, name, err)
			require.Equal(p.T, want, *fault, verb)
			require.ErrorIs(p.T, err, want.Kind)
			require.EqualError(p.T, err, want.Error())
		}
	}
	for field, c := range map[string]module.RoomChange{
		"access_level":  {AccessLevel: new("open")},
		"configuration": {Configuration: json.RawMessage(`{"unknown":true}`)},
	} {
		_, update := p.RoomWrites().Update(p.Context(), other.ID, p.ada.ID, c)
		n := module.NewRoom{Name: "new", AccessLevel: "trusted", Configuration: c.Configuration, Owner: p.ada.ID}
		if c.AccessLevel != nil {
			n.AccessLevel = *c.AccessLevel
		}
		_, create := p.RoomWrites().Create(p.Context(), n)
		for _, err := range []error{update, create} {
			fault, ok := errors.AsType[*module.FieldError](err)
			require.True(p.T, ok, "%s: %v", field, err)
			require.Equal(p.T, field, fault.Field)
			require.ErrorIs(p.T, err, module.ErrInvalid)
		}
	}
	got, err := p.RoomWrites().Find(p.Context(), other.ID.String(), p.ada.ID)
	require.NoError(p.T, err)
	require.Equal(p.T, other, got)
	require.NoError(p.T, p.renames(taken.ID, "Taken"), "its own name is not taken")
}

func deletedThoughAway(p *probe) {
	ctx, r := p.Context(), p.room("r", uuid.Nil)
	earlier := r.UpdatedAt.Add(-time.Microsecond)
	require.ErrorIs(p.T, p.RoomWrites().Delete(ctx, r.ID, &earlier), module.ErrChanged)
	require.ErrorContains(p.T, p.RoomWrites().EndMeeting(ctx, r.ID), "connection refused")
	require.NoError(p.T, p.RoomWrites().Delete(ctx, r.ID, &r.UpdatedAt))
	require.ErrorIs(p.T, p.RoomWrites().Delete(ctx, r.ID, nil), module.ErrNotFound)
	_, err := p.RoomWrites().Find(ctx, r.ID.String(), p.ada.ID)
	require.ErrorIs(p.T, err, module.ErrNotFound)
}
