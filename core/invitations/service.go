package invitations

import (
	"context"
	"embed"
	"fmt"
	"net/http"

	"github.com/google/uuid"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/sdk/letter"
	"foyer/sdk/module"
)

//go:embed words
var words embed.FS

// Scope is the throttle of invitations.
const Scope = "invite"

// Rooms finds the room of a path; rooms.Finder does.
type Rooms interface {
	FindFor(ctx context.Context, idOrSlug string, viewer uuid.UUID) (store.RoomWithRole, error)
}

// Options are what New needs.
type Options struct {
	Users     config.Users // languages
	BodyLimit int64        // bytes
	Rooms     Rooms
	Mail      module.Mail
}

// Service answers the route of invitations.
type Service struct {
	limit     int64
	rooms     Rooms
	mail      module.Mail
	letters   *letter.Kind
	languages languages
}

// New returns the service.
func New(o Options) (*Service, error) {
	letters, err := letter.Parse(words, "words")
	if err != nil {
		return nil, fmt.Errorf("invitations: %w", err)
	}
	return &Service{
		limit: o.BodyLimit, rooms: o.Rooms, mail: o.Mail, letters: letters, languages: newLanguages(o.Users),
	}, nil
}

// Routes returns the one route. The role is checked in the handler, because it
// depends on the room.
func (s *Service) Routes() []module.Route {
	return []module.Route{{
		Method: http.MethodPost, Path: "/api/v1.0/rooms/:room/invite/", Access: module.Session, Limit: Scope, Handler: http.HandlerFunc(s.invite),
	}}
}
