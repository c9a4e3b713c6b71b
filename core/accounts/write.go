package accounts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/identifier"
	"foyer/sdk/module"
	"foyer/sdk/schema"
)

// MaxName is the longest name, in characters: the width of the columns.
const MaxName = 100

// MsgZone is the message for an invalid time zone (core-rest.md 1.5).
const MsgZone = "A valid timezone is required."

// UserBySub returns the account with the OIDC subject, active or not, or
// store.ErrNotFound.
func (s Service) UserBySub(ctx context.Context, sub string) (store.User, error) {
	return s.store.UserBySub(ctx, sub)
}

// UsersByEmail returns the accounts with the address, newest first.
func (s Service) UsersByEmail(ctx context.Context, email string) ([]store.User, error) {
	return s.store.UsersByEmail(ctx, email)
}

// CreateUser stores an account, with the default language for new accounts unless
// it has one. Its error has a *module.FieldError for every fault; a subject or an
// address that is taken is a store.Conflict.
func (s Service) CreateUser(ctx context.Context, u store.User) (store.User, error) {
	err := errors.Join(checkClaims(store.Claims{Sub: u.Sub, Email: u.Email, FullName: u.FullName, ShortName: u.ShortName}),
		checkPreferences(u.Timezone, u.DefaultRoomAccessLevel, u.DefaultRoomConfiguration))
	if err != nil {
		return store.User{}, err
	}
	if u.Language == "" {
		u.Language = s.rules.Language
	}
	return s.store.CreateUser(ctx, u)
}

// UpdateClaims stores what a sign-in reported. Errors are those of CreateUser,
// and store.ErrNotFound.
func (s Service) UpdateClaims(ctx context.Context, id uuid.UUID, c store.Claims) error {
	if err := checkClaims(c); err != nil {
		return err
	}
	return s.store.UpdateClaims(ctx, id, c)
}

// UpdateUser stores what somebody chose, each field independently, and returns
// the account as it is then. Its error has a *module.FieldError for every fault;
// store.ErrNotFound if there is no such account.
func (s Service) UpdateUser(ctx context.Context, id uuid.UUID, c store.UserChange) (store.User, error) {
	zone := ""
	if c.Timezone != nil {
		zone = *c.Timezone
	}
	err := checkPreferences(zone, c.RoomAccessLevel, c.RoomConfiguration)
	if c.Timezone != nil && zone == "" {
		err = errors.Join(err, fault("timezone", MsgZone))
	}
	if c.Language != nil && !slices.Contains(s.rules.Languages, *c.Language) {
		err = errors.Join(err, fault("language", notAChoice(*c.Language)))
	}
	if err != nil {
		return store.User{}, err
	}
	return s.store.UpdateUser(ctx, id, c)
}

// TouchLogin records the last sign-in.
func (s Service) TouchLogin(ctx context.Context, id uuid.UUID, at time.Time) error {
	return s.store.TouchLogin(ctx, id, at)
}

func fault(field, message string) error {
	return &module.FieldError{Field: field, Message: message, Kind: module.ErrInvalid}
}

func notAChoice(text string) string { return fmt.Sprintf("\"%s\" is not a valid choice.", text) }

func checkClaims(c store.Claims) error {
	var errs []error
	if c.Sub != nil && !identifier.ValidSub(*c.Sub) {
		errs = append(errs, fault("sub", "not a subject of 1 to 255 characters without NUL"))
	}
	if c.Email != nil && *c.Email != "" && !identifier.ValidEmail(*c.Email) {
		errs = append(errs, fault("email", "not an e-mail address"))
	}
	return errors.Join(append(errs, checkName("full_name", c.FullName), checkName("short_name", c.ShortName))...)
}

func checkName(field string, name *string) error {
	if name == nil || store.Holds(*name, MaxName) {
		return nil
	}
	return fault(field, fmt.Sprintf("not a text of %d characters at most without NUL", MaxName))
}

// checkPreferences checks what new rooms inherit, and the zone; "" and nil mean
// not given.
func checkPreferences(zone string, level *string, configuration []byte) error {
	var errs []error
	if zone != "" && !IsZone(zone) {
		errs = append(errs, fault("timezone", MsgZone))
	}
	if level != nil && *level != "" && !store.KnownAccessLevel(*level) {
		errs = append(errs, fault("default_room_access_level", notAChoice(*level)))
	}
	if err := schema.CheckConfiguration(configuration); err != nil {
		errs = append(errs, fault("default_room_configuration", err.Error()))
	}
	return errors.Join(errs...)
}
