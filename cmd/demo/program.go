package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"foyer/core/bearer"
	"foyer/core/config"
	"foyer/core/legacy/credential"
	"foyer/core/store"
)

// program is the client id of the demo's application.
const program = "demo"

// registerProgram gives the database an application that may create and list
// rooms for any user, and its secret; one of an earlier run gets a new one.
func registerProgram(ctx context.Context, database config.Database) (secret string, err error) {
	s, err := store.Open(ctx, database)
	if err != nil {
		return "", err
	}
	defer s.Close()
	if err := s.Migrate(ctx); err != nil {
		return "", err
	}
	if secret, err = credential.Random(32); err != nil {
		return "", err
	}
	hash, err := credential.Make(secret, credential.FewRounds)
	if err != nil {
		return "", err
	}
	next := store.ApplicationSecret{Hash: hash}
	switch app, err := s.ApplicationByClientID(ctx, program); {
	case err == nil:
		_, err = s.RotateSecret(ctx, app.ID, next, time.Now())
		return secret, err
	case !errors.Is(err, store.ErrNotFound):
		return "", fmt.Errorf("register the demo's program: %w", err)
	}
	_, err = s.CreateApplication(ctx, store.Application{
		Name: "Demo", ClientID: program, IsActive: true, Scopes: []string{bearer.RoomsCreate, bearer.RoomsList}, Secrets: []store.ApplicationSecret{next},
	})
	return secret, err
}
