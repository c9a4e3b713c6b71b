package rooms

import (
	"context"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"foyer/core/bearer"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// Auditor records what was done, with the request's time, address and id.
type Auditor interface {
	Record(ctx context.Context, entries ...module.AuditEntry) error
}

// Service is what a program may do with its user's rooms. Call Open before using the
// zero value.
type Service struct {
	o Options
}

// Options are the dependencies and settings of a Service.
type Options struct {
	Config Config
	Rooms  module.RoomWrites
	Audit  Auditor
	Log    *slog.Logger
}

// Open makes the service ready.
func (s *Service) Open(o Options) { s.o = o }

// auditTime bounds writing an entry to the audit log.
const auditTime = 5 * time.Second

// Roles of a user in a room.
const (
	owner         = "owner"
	administrator = "administrator"
)

// source restricts what a program sees to what it created; uuid.Nil = all.
func source(who module.Caller) uuid.UUID {
	if who.Application.Allows(bearer.RoomsListAll) {
		return uuid.Nil
	}
	return who.Application.Source
}

// Find returns a room that the program may see: module.ErrNotFound if there is none, and
// a 403 if its user has no role in the room.
func (s *Service) Find(ctx context.Context, who module.Caller, idOrSlug string) (module.OwnedRoom, error) {
	room, err := s.o.Rooms.Find(ctx, idOrSlug, who.UserID)
	switch {
	case err != nil:
		return module.OwnedRoom{}, err
	case room.Role == "":
		return module.OwnedRoom{}, reply.Forbidden()
	case source(who) != uuid.Nil && room.Application != who.Application.Source:
		return module.OwnedRoom{}, module.ErrNotFound // as if it did not exist
	}
	return room, nil
}

// List returns a page of the rooms that the program may see, sorted by name.
func (s *Service) List(ctx context.Context, who module.Caller, q module.RoomQuery) (module.RoomPage, error) {
	q.User, q.Application = who.UserID, source(who)
	return s.o.Rooms.List(ctx, q)
}

// Create makes a room with a random name that the user owns. level "" is the default.
func (s *Service) Create(ctx context.Context, who module.Caller, level string, configuration []byte) (module.OwnedRoom, error) {
	if level == "" {
		level = s.o.Config.DefaultAccessLevel
	}
	if !s.o.Config.allows(level, "") {
		return module.OwnedRoom{}, publicRefused()
	}
	room, err := s.o.Rooms.Create(ctx, module.NewRoom{
		AccessLevel: level, Configuration: configuration, Owner: who.UserID, Application: who.Application.Source,
	})
	if err != nil {
		return module.OwnedRoom{}, err
	}
	s.done(ctx, who, "room.create", room.ID)
	return room, nil
}

// mayChange returns a 403 for users who are neither owner nor administrator.
func mayChange(room module.OwnedRoom) error {
	if room.Role != owner && room.Role != administrator {
		return reply.Forbidden()
	}
	return nil
}

// Update changes a room returned by Find, for its owners and administrators.
func (s *Service) Update(ctx context.Context, who module.Caller, room module.OwnedRoom, change module.RoomChange) (module.OwnedRoom, error) {
	if err := mayChange(room); err != nil {
		return module.OwnedRoom{}, err
	}
	if change.AccessLevel != nil && !s.o.Config.allows(*change.AccessLevel, room.AccessLevel) {
		return module.OwnedRoom{}, publicRefused()
	}
	if change.Name == nil && change.AccessLevel == nil && change.Configuration == nil {
		return room, nil // unchanged: a write would only make it look newer
	}
	room, err := s.o.Rooms.Update(ctx, room.ID, who.UserID, change)
	if err != nil {
		return module.OwnedRoom{}, err
	}
	s.done(ctx, who, "room.update", room.ID)
	return room, nil
}

// MayDelete returns a 403 for rooms that the program did not create, and for users who
// do not own the room.
func (s *Service) MayDelete(who module.Caller, room module.OwnedRoom) error {
	if room.Application != who.Application.Source || room.Role != owner {
		return reply.Forbidden()
	}
	return nil
}

// Delete deletes a room that passed MayDelete, and ends its meeting.
func (s *Service) Delete(ctx context.Context, who module.Caller, room module.OwnedRoom, ifUpdatedAt *time.Time) error {
	if err := s.o.Rooms.Delete(ctx, room.ID, ifUpdatedAt); err != nil {
		return err
	}
	s.done(ctx, who, "room.delete", room.ID)
	return nil
}

// EndMeeting disconnects everybody from a room returned by Find, for its owners and
// administrators.
func (s *Service) EndMeeting(ctx context.Context, who module.Caller, room module.OwnedRoom) error {
	if err := mayChange(room); err != nil {
		return err
	}
	if err := s.o.Rooms.EndMeeting(ctx, room.ID); err != nil {
		return err
	}
	s.done(ctx, who, "room.end_meeting", room.ID)
	return nil
}

// done logs and audits a write, even if its client has gone. An audit entry that cannot
// be stored is no reason to undo the write.
func (s *Service) done(ctx context.Context, who module.Caller, action string, room uuid.UUID) {
	client := who.Application.ClientID
	if client == "" {
		client = "unknown"
	}
	s.o.Log.InfoContext(ctx, action, "room", room, "user", who.UserID, "client_id", client, "auth_method", who.Application.Kind)
	entry := module.AuditEntry{
		Action: action, Outcome: "ok", ClientID: who.Application.ClientID, Application: who.Application.ID, User: who.UserID,
		Object: room.String(),
	}
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), auditTime)
	defer cancel()
	if err := s.o.Audit.Record(keep, entry); err != nil {
		s.o.Log.ErrorContext(ctx, "a write is not in the audit log", "action", action, "room", room, "error", err)
	}
}

func publicRefused() error {
	return reply.InvalidField("access_level", "Public rooms are disabled for the external API.")
}
