package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"foyer/core/applications"
	"foyer/core/bearer"
	"foyer/core/config"
	"foyer/core/store"
)

// program is the client id of the demo's application.
const program = "demo"

// registerProgram adds an application to the database that may create and list rooms for
// any user, and returns its secret; an application left by an earlier run gets a new
// secret.
func registerProgram(ctx context.Context, database config.Database) (secret string, err error) {
	s, err := store.Open(ctx, database)
	if err != nil {
		return "", err
	}
	defer s.Close()
	if err := s.Migrate(ctx); err != nil {
		return "", err
	}
	programs := applications.New(s, applications.Rules{})
	app, err := programs.Find(ctx, program)
	if err == nil {
		_, drawn, err := programs.Rotate(ctx, app.ID, applications.Rotation{OldUntil: time.Now()})
		return drawn.Reveal(), err
	}
	if !errors.Is(err, store.ErrNotFound) {
		return "", fmt.Errorf("register the demo's program: %w", err)
	}
	_, drawn, err := programs.Create(ctx, applications.NewApplication{
		Name: "Demo", ClientID: program, Rights: applications.Rights{Scopes: []string{bearer.RoomsCreate, bearer.RoomsList}},
	})
	return drawn.Reveal(), err
}
