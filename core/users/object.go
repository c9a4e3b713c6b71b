package users

import (
	"encoding/json"

	"github.com/google/uuid"

	"foyer/core/store"
)

// Object is an account as the API shows it (core-rest.md 4).
type Object struct {
	ID                       uuid.UUID       `json:"id"`
	Email                    *string         `json:"email"`
	FullName                 *string         `json:"full_name"`
	ShortName                *string         `json:"short_name"`
	Timezone                 string          `json:"timezone"`
	Language                 string          `json:"language"`
	DefaultRoomAccessLevel   *string         `json:"default_room_access_level"`
	DefaultRoomConfiguration json.RawMessage `json:"default_room_configuration"`
}

// ObjectOf returns the account as shown.
func ObjectOf(u *store.User) Object {
	return Object{
		ID: u.ID, Email: u.Email, FullName: u.FullName, ShortName: u.ShortName,
		Timezone: u.Timezone, Language: u.Language,
		DefaultRoomAccessLevel: u.DefaultRoomAccessLevel, DefaultRoomConfiguration: u.DefaultRoomConfiguration,
	}
}
