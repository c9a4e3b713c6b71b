package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"foyer/core"
	"foyer/core/config"
	"foyer/core/store"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// retrieve compares the route for a room and its token with a bare gin handler that runs
// the same statement on the same engine and signs the same token.
func retrieve(ctx context.Context, dir string, round time.Duration) (_ []figure, err error) {
	cfg, err := configuration(dir, "retrieve", nil, nil)
	if err != nil {
		return nil, err
	}
	room, err := seed(ctx, cfg.Database)
	if err != nil {
		return nil, fmt.Errorf("make a room: %w", err)
	}
	app, err := core.New(ctx, core.Options{Config: cfg, Modules: func() []module.Module { return nil }, Log: silent(), Version: "bench"})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, app.Close(ctx)) }()
	s, err := store.Open(ctx, cfg.Database)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	request := func() *http.Request {
		return httptest.NewRequest(http.MethodGet, "/api/v1.0/rooms/"+room.ID.String()+"/", nil)
	}
	house, bare, ratio := compare(app.Handler(), bareHandler(s, cfg), request, round)
	return []figure{{
		what:     "room retrieve with token, against a bare gin handler",
		measured: fmt.Sprintf("%.2f (%.0f and %.0f requests per second)", ratio, house, bare),
		promise:  "0.7 or better",
		met:      ratio >= 0.7,
	}}, nil
}

func bareHandler(s *store.Store, cfg *config.Config) http.Handler {
	gin.SetMode(gin.ReleaseMode)
	tokens := livekit.NewTokens(cfg.LiveKit.APIKey, cfg.LiveKit.APISecret)
	engine := gin.New()
	engine.GET("/api/v1.0/rooms/:room/", func(c *gin.Context) {
		id, err := uuid.Parse(c.Param("room"))
		if err != nil {
			c.Status(http.StatusNotFound)
			return
		}
		room, err := s.RoomByID(c.Request.Context(), id, uuid.Nil)
		if err != nil {
			c.Status(http.StatusInternalServerError)
			return
		}
		token, err := tokens.Issue(livekit.TokenRequest{
			Room: room.ID.String(), Identity: uuid.NewString(), Name: "Anonymous",
			Sources: cfg.LiveKit.DefaultSources, TTL: cfg.LiveKit.TokenTTL,
		})
		if err != nil {
			c.Status(http.StatusInternalServerError)
			return
		}
		c.JSON(http.StatusOK, gin.H{
			"id": room.ID, "name": room.Name, "slug": room.Slug, "configuration": room.Configuration,
			"access_level": room.AccessLevel, "pin_code": room.PINCode,
			"livekit": gin.H{"url": cfg.LiveKit.URL, "room": room.ID.String(), "token": token},
		})
	})
	return engine
}
