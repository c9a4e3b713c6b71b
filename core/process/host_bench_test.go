package process_test

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/sdk/conf"
	"foyer/sdk/module"
	"foyer/sdk/sdktest/hostsuite"
)

// still is a host whose answers cost nothing, so that only the round trip is measured.
type still struct{ module.Host }

func (still) Rooms() module.Rooms               { return stillRooms{} }
func (still) KV() module.KV                     { return stillKV{} }
func (still) Applications() module.Applications { return stillApplications{} }
func (still) RoomWrites() module.RoomWrites     { return stillWrites{} }
func (still) Recordings() module.Recordings     { return stillRecordings{} }

type stillRooms struct{ module.Rooms }

func (stillRooms) ByID(_ context.Context, id uuid.UUID) (module.Room, error) {
	return module.Room{ID: id, Name: "Weekly call", Slug: "weekly-call", AccessLevel: "trusted", Configuration: json.RawMessage(`{"everyone_can_mute":true}`)}, nil
}

type stillKV struct{ module.KV }

func (stillKV) Get(context.Context, string) ([]byte, error) { return kilobyte, nil }

var kilobyte = make([]byte, 1024)

type stillApplications struct{ module.Applications }

func (stillApplications) Bearer(_ context.Context, q module.BearerQuery) (module.Bearer, error) {
	return module.Bearer{
		Application: &module.Application{
			ID: q.User, ClientID: q.ClientID, Name: "calendar", Active: true, Scopes: []string{"rooms:create", "rooms:list"}, Domains: []string{"example.org"},
		},
		Account: &module.Account{User: module.User{ID: q.User, Sub: "ada", Email: "ada@example.org", FullName: "Ada", Language: "fr-fr", Timezone: "UTC"}, Active: true},
	}, nil
}

func (stillApplications) ByClientID(_ context.Context, id string) (module.Application, error) {
	return module.Application{
		ID: nobody, ClientID: id, Name: "calendar", Active: true, Scopes: []string{"rooms:create", "rooms:list"}, Domains: []string{"example.org"},
		Secrets: []module.ApplicationSecret{{ID: nobody, Hash: conf.NewSecret("pbkdf2_sha256$1000000$salt$FgHNuHSCEy3l4jHvBdvvFRUqC9bbw6pcbhqNiqzUhFM=")}},
	}, nil
}

func (stillApplications) Record(context.Context, ...module.AuditEntry) error { return nil }

type stillWrites struct{ module.RoomWrites }

func (stillWrites) List(_ context.Context, q module.RoomQuery) (module.RoomPage, error) {
	page := module.RoomPage{Count: q.Limit}
	at, pin := time.Now().UTC(), "0123456789"
	for range q.Limit {
		page.Rooms = append(page.Rooms, module.OwnedRoom{
			Room: module.Room{ID: q.User, Name: "Weekly call", Slug: "weekly-call", AccessLevel: "trusted", Configuration: json.RawMessage(`{}`)},
			PIN:  &pin, DialIn: &module.DialIn{PhoneNumber: "+33100000000", DefaultCountry: "FR"}, Role: "owner", CreatedAt: at, UpdatedAt: at,
		})
	}
	return page, nil
}

type stillRecordings struct{ module.Recordings }

func (stillRecordings) Move(_ context.Context, id uuid.UUID, m module.RecordingMove, _ module.Then) (module.Recording, bool, error) {
	return module.Recording{ID: id, Room: id, CreatedAt: time.Now().UTC(), Status: m.To, Mode: "screen_recording", Options: json.RawMessage(`{}`), Key: "recordings/x.mp4"}, true, nil
}

// BenchmarkHost measures what a call from a module in its own process costs on the wire,
// without the kernel's switching between two processes.
func BenchmarkHost(b *testing.B) {
	h := hostsuite.Remote(b, still{})
	ctx, stop := context.WithTimeout(b.Context(), time.Hour) // calls within a request have one
	defer stop()
	for name, call := range map[string]func() error{
		"room":        func() error { _, err := h.Rooms().ByID(ctx, nobody); return err },
		"value":       func() error { _, err := h.KV().Get(ctx, "k"); return err },
		"application": func() error { _, err := h.Applications().ByClientID(ctx, "calendar"); return err },
		"bearer": func() error {
			_, err := h.Applications().Bearer(ctx, module.BearerQuery{ClientID: "calendar", User: nobody, TokenID: "t"})
			return err
		},
		"audit": func() error {
			return h.Applications().Record(ctx, module.AuditEntry{Action: "token.issue", Outcome: "ok", ClientID: "calendar", User: nobody, Email: "ada@example.org", Address: "192.0.2.1"})
		},
		"20_rooms": func() error {
			_, err := h.RoomWrites().List(ctx, module.RoomQuery{User: nobody, Limit: 20})
			return err
		},
		"move": func() error {
			_, _, err := h.Recordings().Move(ctx, nobody, module.RecordingMove{To: "saved", From: []string{"stopped"}, Notices: []string{"owner"}},
				module.Then{Jobs: []module.NextJob{{Kind: "tell", Args: map[string]string{"id": "x"}}}})
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := call(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	require.NotNil(b, h)
}
