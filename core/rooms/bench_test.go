package rooms_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/httpx"
	"foyer/core/rooms"
	"foyer/core/store"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

type open struct{}

func (open) Admit(http.ResponseWriter, *http.Request, module.Route) error { return nil }

// BenchmarkRetrieve measures the whole anonymous retrieval of a public room, without the
// network; "bare" is only its SQL and its signature.
func BenchmarkRetrieve(b *testing.B) {
	cfg := config.Default()
	cfg.Database.Dir = b.TempDir()
	ctx := context.Background()
	st, err := store.Open(ctx, cfg.Database)
	require.NoError(b, err)
	b.Cleanup(st.Close)
	require.NoError(b, st.Migrate(ctx))
	sub := "ada"
	owner, err := st.CreateUser(ctx, store.User{Sub: &sub})
	require.NoError(b, err)
	_, err = st.CreateRoom(ctx, store.Room{Name: "r", Slug: "r", AccessLevel: store.Public}, owner.ID)
	require.NoError(b, err)
	tokens := livekit.NewTokens(apiKey, conf.NewSecret(apiSecret))
	service := rooms.New(rooms.Options{Rooms: cfg.Rooms, LiveKit: cfg.LiveKit, Store: st, Tokens: tokens, Guests: known(b), Log: slog.New(slog.DiscardHandler)})
	handler, err := httpx.Build(httpx.Options{Guard: open{}, Gate: allOff{}, Log: slog.New(slog.DiscardHandler)}, httpx.Group{Routes: service.Routes()})
	require.NoError(b, err)
	r := httptest.NewRequest("GET", "/api/v1.0/rooms/r/", nil)
	b.Run("whole", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			if w.Code != http.StatusOK {
				b.Fatal(w.Code)
			}
		}
	})
	b.Run("bare", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			room, err := st.RoomBySlug(ctx, "r", uuid.Nil)
			if err != nil {
				b.Fatal(err)
			}
			if _, err := tokens.Issue(livekit.TokenRequest{Room: room.ID.String(), Identity: uuid.NewString(), Name: "Anonymous", Sources: cfg.LiveKit.DefaultSources, TTL: cfg.LiveKit.TokenTTL}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
