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

// Auditor keeps what was done, with time, address and id of the request.
type Auditor interface {
	Record(ctx context.Context, entries ...module.AuditEntry) error
}

// Service is what a program may do with rooms, for its user. The zero value
// must be opened before it is asked.
type Service struct {
	o Options
}

// Options are what a Service needs.
type Options struct {
	Config Config
	Rooms  module.RoomWrites
	Audit  Auditor
	Log    *slog.Logger
}

// Open makes the service ready.
func (s *Service) Open(o Options) { s.o = o }

// auditTime bounds the writing of an audit line.
const auditTime = 5 * time.Second

// Roles of a user in a room.
const (
	owner         = "owner"
	administrator = "administrator"
)

// source narrows what a program sees to what it created; uuid.Nil = all.
func source(who module.Caller) uuid.UUID {
	if who.Application.Allows(bearer.RoomsListAll) {
		return uuid.Nil
	}
	return who.Application.Source
}

// Find gives a room that the program may see: module.ErrNotFound without one,
// and a 403 when its user has no role in the room.
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

// List gives a page of the rooms that the program may see, by name.
func (s *Service) List(ctx context.Context, who module.Caller, q module.RoomQuery) (module.RoomPage, error) {
	q.User, q.Application = who.UserID, source(who)
	return s.o.Rooms.List(ctx, q)
}

// Create makes a room of which the user is owner, with a random name. level ""
// is the default one.
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

// mayChange refuses, with a 403, users who are neither owners nor
// administrators.
func mayChange(room module.OwnedRoom) error {
	if room.Role != owner && room.Role != administrator {
		return reply.Forbidden()
	}
	return nil
}

// Update changes a room that Find gave, for its owners and administrators.
func (s *Service) Update(ctx context.Context, who module.Caller, room module.OwnedRoom, change module.RoomChange) (module.OwnedRoom, error) {
	if err := mayChange(room); err != nil {
		return module.OwnedRoom{}, err
	}
	if change.AccessLevel != nil && !s.o.Config.allows(*change.AccessLevel, room.AccessLevel) {
		return module.OwnedRoom{}, publicRefused()
	}
	if change.Name == nil && change.AccessLevel == nil && change.Configuration == nil {
		return room, nil // as it is: a write would only make it look newer
	}
	room, err := s.o.Rooms.Update(ctx, room.ID, who.UserID, change)
	if err != nil {
		return module.OwnedRoom{}, err
	}
	s.done(ctx, who, "room.update", room.ID)
	return room, nil
}

// MayDelete refuses, with a 403, rooms that the program did not create, and
// users who are not owners.
func (s *Service) MayDelete(who module.Caller, room module.OwnedRoom) error {
	if room.Application != who.Application.Source || room.Role != owner {
		return reply.Forbidden()
	}
	return nil
}

// Delete removes a room that MayDelete passed, and ends its meeting.
func (s *Service) Delete(ctx context.Context, who module.Caller, room module.OwnedRoom, ifUpdatedAt *time.Time) error {
	if err := s.o.Rooms.Delete(ctx, room.ID, ifUpdatedAt); err != nil {
		return err
	}
	s.done(ctx, who, "room.delete", room.ID)
	return nil
}

// EndMeeting disconnects everybody in a room that Find gave, for its owners and
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

// done logs and audits a write, also when its client has left. A line that
// cannot be kept is no reason to take back what was done.
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
