package main

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/google/uuid"

	"foyer/core/config"
	"foyer/core/ephemeral"
	"foyer/core/guests"
	"foyer/core/httpx"
	"foyer/core/lobby"
	"foyer/core/meetings"
	"foyer/core/rooms"
	"foyer/core/store"
	"foyer/flags"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// waitingRoom is the lobby of a restricted room with its routes, but without sign-in:
// whoever asks for the list is the owner.
type waitingRoom struct {
	handler http.Handler
	queues  ephemeral.Queues
	prefix  string
	path    string
	cookie  string // of a waiting guest
}

func newWaitingRoom(ctx context.Context, cfg *config.Config, s *store.Store, queues ephemeral.Queues) (*waitingRoom, error) {
	room, err := s.RoomBySlug(ctx, "bench", uuid.Nil)
	if err != nil {
		return nil, err
	}
	room.AccessLevel = store.Restricted
	if _, err := s.UpdateRoom(ctx, room.Room); err != nil {
		return nil, err
	}
	owner, err := s.UserBySub(ctx, "bench")
	if err != nil {
		return nil, err
	}
	settings := cfg.Lobby
	settings.WaitingTimeout = time.Hour
	known, err := guests.New(conf.NewSecret("bench"))
	if err != nil {
		return nil, err
	}
	entrance := rooms.New(rooms.Options{
		Rooms: cfg.Rooms, LiveKit: cfg.LiveKit, Store: s, Tokens: livekit.NewTokens(cfg.LiveKit.APIKey, cfg.LiveKit.APISecret),
		Guests: known, Log: silent(),
	})
	service := lobby.New(lobby.Options{
		Lobby: settings, BodyLimit: cfg.HTTP.BodyLimit, Guests: known, Rooms: s, Entrance: entrance,
		Meetings: meetings.New(meetings.Options{Store: s, Guests: known, AdmittedFor: settings.AcceptedTimeout, Grace: settings.Grace}),
		Queues:   queues, Values: ephemeral.NewValues(time.Now), Throttle: ephemeral.NewThrottle(nil, time.Now), Live: nobodyLive{}, Log: silent(),
	})
	handler, err := httpx.Build(httpx.Options{Guard: lister(owner.ID), Gate: allOff{}, Log: silent()}, httpx.Group{Routes: service.Routes()})
	if err != nil {
		return nil, err
	}
	return &waitingRoom{handler: handler, queues: queues, prefix: settings.KeyPrefix, path: "/api/v1.0/rooms/" + room.ID.String() + "/"}, nil
}

// fill lets others wait for other rooms, ten in each, and then some for this one.
func (w *waitingRoom) fill(ctx context.Context, others int) error {
	for i := range others {
		name := w.prefix + ":" + strconv.Itoa(i/waiters)
		if _, _, err := w.queues.Join(ctx, name, ephemeral.Entry{Key: strconv.Itoa(i), Value: make([]byte, 60)}, time.Hour, ephemeral.Limits{All: waiters}); err != nil {
			return fmt.Errorf("let others wait: %w", err)
		}
	}
	for range waiters {
		header, err := call(w.handler, http.MethodPost, w.path+"request-entry/", `{"username":"Bench"}`, "")
		if err != nil {
			return err
		}
		w.cookie, _, _ = strings.Cut(header.Get("Set-Cookie"), ";")
	}
	return nil
}

func (w *waitingRoom) poll() error {
	_, err := call(w.handler, http.MethodPost, w.path+"request-entry/", `{"username":"Bench"}`, w.cookie)
	return err
}

func (w *waitingRoom) list() error {
	_, err := call(w.handler, http.MethodGet, w.path+"waiting-participants/", "", "")
	return err
}

// lister lets everybody in, and makes the account the one that asks for lists.
type lister uuid.UUID

func (l lister) Admit(_ http.ResponseWriter, r *http.Request, _ module.Route) error {
	if r.Method == http.MethodGet {
		*r = *r.WithContext(module.WithCaller(r.Context(), &module.Caller{UserID: uuid.UUID(l)}))
	}
	return nil
}

type allOff struct{}

func (allOff) On(flags.Key) bool { return false }

// nobodyLive is a media server without meetings.
type nobodyLive struct{}

func (nobodyLive) ListRooms(context.Context, ...string) ([]livekit.Room, error) { return nil, nil }

func (nobodyLive) SendData(context.Context, string, []byte) error { return nil }
