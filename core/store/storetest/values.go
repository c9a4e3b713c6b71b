package storetest

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

// text tests that both engines hold the same text and refuse the same text.
func text(t *testing.T, s *store.Store) {
	ctx := t.Context()
	ada := account(t, s, "ada")
	r := room(t, s, "r", ada.ID)

	for name, bad := range map[string]string{"a NUL": "a\x00b", "a lone NUL": "\x00", "broken UTF-8": "a\xffb", "half a rune": "\xe4\xbc"} {
		t.Run(name+" is invalid everywhere", func(t *testing.T) {
			attempts := map[string]func() error{
				"create user": func() error { _, err := s.CreateUser(ctx, store.User{FullName: &bad}); return err },
				"claims":      func() error { return s.UpdateClaims(ctx, ada.ID, store.Claims{ShortName: &bad}) },
				"by sub":      func() error { _, err := s.UserBySub(ctx, bad); return err },
				"by email":    func() error { _, err := s.UsersByEmail(ctx, bad); return err },
				"create room": func() error {
					_, err := s.CreateRoom(ctx, store.Room{Name: bad, Slug: "bad", AccessLevel: store.Public}, ada.ID)
					return err
				},
				"update room": func() error {
					change := r
					change.Name = bad
					_, err := s.UpdateRoom(ctx, change)
					return err
				},
				"by slug":        func() error { _, err := s.RoomBySlug(ctx, bad, ada.ID); return err },
				"save session":   func() error { return s.SaveSession(ctx, store.Session{Token: "t", SID: bad, ExpiresAt: moment}) },
				"session":        func() error { _, err := s.LiveSessions(ctx, moment, "t", bad); return err },
				"delete session": func() error { return s.DeleteSession(ctx, bad) },
				"sid":            func() error { _, err := s.DeleteSIDSessions(ctx, bad); return err },
				"add event": func() error {
					_, err := s.AddEvent(ctx, store.Event{ID: "e", Room: bad, ReceivedAt: moment})
					return err
				},
				"event":        func() error { _, err := s.EventByID(ctx, bad); return err },
				"kv get":       func() error { _, err := s.KVGet(ctx, "n", bad, moment); return err },
				"kv put":       func() error { return s.KVPut(ctx, "n", bad, nil, nil) },
				"kv absent":    func() error { _, err := s.KVPutIfAbsent(ctx, bad, "k", nil, nil, moment); return err },
				"kv delete":    func() error { return s.KVDelete(ctx, "n", bad) },
				"kv delete if": func() error { _, err := s.KVDeleteIf(ctx, "n", bad, nil); return err },
			}
			for attempt, f := range attempts {
				require.ErrorIs(t, f(), store.ErrInvalid, attempt)
			}
			got, err := s.RoomByID(ctx, r.ID, uuid.Nil)
			require.NoError(t, err)
			require.Equal(t, r, got.Room)
			require.Equal(t, 1, count(t, s, "meet_resource"))
		})
	}

	t.Run("a column takes its length in characters and no more", func(t *testing.T) {
		fits, long := strings.Repeat("é", 100), strings.Repeat("é", 101)
		require.NoError(t, s.UpdateClaims(ctx, ada.ID, store.Claims{FullName: &fits}))
		require.ErrorIs(t, s.UpdateClaims(ctx, ada.ID, store.Claims{FullName: &long}), store.ErrInvalid)
		_, err := s.CreateUser(ctx, store.User{Sub: ptr(strings.Repeat("s", 256))})
		require.ErrorIs(t, err, store.ErrInvalid)
		_, err = s.CreateUser(ctx, store.User{Email: ptr(strings.Repeat("m", 255))})
		require.ErrorIs(t, err, store.ErrInvalid)
		_, err = s.CreateRoom(ctx, store.Room{Name: strings.Repeat("会", 501), Slug: "n", AccessLevel: store.Public}, ada.ID)
		require.ErrorIs(t, err, store.ErrInvalid)
		_, err = s.CreateRoom(ctx, store.Room{Name: strings.Repeat("会", 500), Slug: strings.Repeat("s", 100), AccessLevel: store.Public}, ada.ID)
		require.NoError(t, err)
		change := r
		change.Slug = strings.Repeat("s", 101)
		_, err = s.UpdateRoom(ctx, change)
		require.ErrorIs(t, err, store.ErrInvalid)
	})
}

func objects(t *testing.T, s *store.Store) {
	ctx := t.Context()
	ada := account(t, s, "ada")
	create := func(slug, configuration string) (store.Room, error) {
		return s.CreateRoom(ctx, store.Room{Name: slug, Slug: slug, AccessLevel: store.Public, Configuration: json.RawMessage(configuration)}, ada.ID)
	}
	for name, stored := range map[string]string{
		"known-keys":   `{"can_publish_sources": ["camera", "screen_share"], "everyone_can_mute": false}`,
		"null-value":   `{"can_publish_sources": null}`,
		"old-keys":     `{"old_option": {"deep": [1, 2.5, 1e2, true, "é", "会議", "\u00e9"]}}`,
		"like-a-nul":   `{"path": "\\u0000"}`,
		"big-integers": `{"n": 12345678901234567890}`,
		"emoji":        `{"\ud83c\udfa5": "\uD83C\uDFA5\\\\"}`,
		"exponents":    `{"n": [1e300, 1E-300, -0.5e+3]}`,
		"empty":        `{}`,
	} {
		t.Run(name+" comes back", func(t *testing.T) {
			r, err := create(name, stored)
			require.NoError(t, err)
			got, err := s.RoomByID(ctx, r.ID, uuid.Nil)
			require.NoError(t, err)
			require.JSONEq(t, stored, string(got.Configuration))
			u, err := s.CreateUser(ctx, store.User{DefaultRoomConfiguration: json.RawMessage(stored)})
			require.NoError(t, err)
			u, err = s.UserByID(ctx, u.ID)
			require.NoError(t, err)
			require.JSONEq(t, stored, string(u.DefaultRoomConfiguration))
		})
	}
	for name, unset := range map[string]string{"nothing": "", "null": " null "} {
		t.Run(name+" is an empty object", func(t *testing.T) {
			r, err := create(name, unset)
			require.NoError(t, err)
			got, err := s.RoomByID(ctx, r.ID, uuid.Nil)
			require.NoError(t, err)
			require.Equal(t, `{}`, string(got.Configuration))
		})
	}
	r := room(t, s, "target", ada.ID)
	for name, bad := range map[string]string{
		"list": `[]`, "number": `1`, "text": `"{}"`, "cut": `{"a":`, "two": `{} {}`, "nul": `{"a": "\u0000"}`, "bytes": "{\"a\": \"\xff\"}",
		"high surrogate": `{"a": "\ud83c"}`, "low surrogate": `{"a": "\udfa5\ud83c"}`, "halved key": `{"\ud83c\u0041": 1}`,
		"huge number": `{"a": 1e131072}`, "tiny number": `{"a": [{"b": -1e-16384}]}`, "endless exponent": `{"a": 1e99999999999999999999}`,
		"long number": `{"a": 0.` + strings.Repeat("1", 20000) + `}`,
	} {
		t.Run("a "+name+" is invalid", func(t *testing.T) {
			_, err := create("bad", bad)
			require.ErrorIs(t, err, store.ErrInvalid)
			_, err = s.CreateUser(ctx, store.User{DefaultRoomConfiguration: json.RawMessage(bad)})
			require.ErrorIs(t, err, store.ErrInvalid)
			change := r
			change.Configuration = json.RawMessage(bad)
			_, err = s.UpdateRoom(ctx, change)
			require.ErrorIs(t, err, store.ErrInvalid)
		})
	}
}
