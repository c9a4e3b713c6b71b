package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

const (
	lkKey    = "bench"
	lkSecret = "bench-secret-of-thirty-two-characters"
)

// configuration is the default one on SQLite, in its own folder.
func configuration(dir, name string, environ []string, modules func() []module.Module) (*config.Config, error) {
	cfg, _, err := config.Load(config.Source{Environ: environ, Modules: modules})
	if err != nil {
		return nil, fmt.Errorf("make a configuration: %w", err)
	}
	cfg.HTTP.Addr, cfg.Telemetry.MetricsAddr = "127.0.0.1:0", ""
	cfg.Database.Dir = filepath.Join(dir, name)
	cfg.LiveKit.URL, cfg.LiveKit.APIKey, cfg.LiveKit.APISecret = "ws://127.0.0.1:1", lkKey, conf.NewSecret(lkSecret)
	return cfg, nil
}

// migrated opens a new database.
func migrated(ctx context.Context, cfg config.Database) (*store.Store, error) {
	s, err := store.Open(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := s.Migrate(ctx); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// seed creates the database with one public room and returns that room.
func seed(ctx context.Context, cfg config.Database) (store.Room, error) {
	s, err := migrated(ctx, cfg)
	if err != nil {
		return store.Room{}, err
	}
	defer s.Close()
	sub := "bench"
	u, err := s.CreateUser(ctx, store.User{Sub: &sub, IsActive: true})
	if err != nil {
		return store.Room{}, err
	}
	return s.CreateRoom(ctx, store.Room{Name: "Bench", Slug: "bench", AccessLevel: store.Public}, u.ID)
}

func silent() *slog.Logger { return slog.New(slog.DiscardHandler) }
