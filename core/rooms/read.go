package rooms

import (
	"errors"
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"foyer/core/auth"
	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/page"
	"foyer/sdk/reply"
	"foyer/sdk/roomname"
)

// viewer is the signed-in account of the request, nil without one, and its id.
func viewer(c *gin.Context) (*store.User, uuid.UUID) {
	if u, ok := auth.UserFrom(c.Request.Context()); ok {
		return u, u.ID
	}
	return nil, uuid.Nil
}

func (s *Service) list(c *gin.Context) {
	if err := s.answerList(c); err != nil {
		reply.Fail(c, err)
	}
}

func (s *Service) answerList(c *gin.Context) error {
	p, err := page.Of(c, true)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	user, id := viewer(c)
	if user == nil {
		return page.Envelope[object](c, p, 0, nil)
	}
	rows, total, err := page.RowsOf(p, func(limit, offset int) ([]store.RoomWithRole, int, error) {
		return s.store.RoomsOf(ctx, id, limit, offset)
	})
	if err != nil {
		return err
	}
	shown, err := s.show(ctx, user, c.Query("username"), rows...)
	if err != nil {
		return err
	}
	return page.Envelope(c, p, total, shown)
}

func (s *Service) retrieve(c *gin.Context) {
	user, id := viewer(c)
	room, err := s.finder.FindFor(c.Request.Context(), c.Param("room"), id)
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrInvalid):
		s.retrieveUnregistered(c, user)
	case err != nil:
		reply.Fail(c, err)
	default:
		s.answer(c, http.StatusOK, user, room)
	}
}

// answer shows one room.
func (s *Service) answer(c *gin.Context, status int, user *store.User, room store.RoomWithRole) {
	shown, err := s.show(c.Request.Context(), user, c.Query("username"), room)
	if err != nil {
		reply.Fail(c, err)
		return
	}
	reply.JSON(c, status, shown[0])
}

// unregistered is a room that exists only at the media server.
type unregistered struct {
	ID              *uuid.UUID `json:"id"` // always null
	Slug            string     `json:"slug"`
	IsAdministrable bool       `json:"is_administrable"`
	AccessLevel     string     `json:"access_level"`
	LiveKit         *Entry     `json:"livekit"`
}

// maxUnregistered is the longest name of a room that the media server takes, in
// bytes; slugs are ASCII.
const maxUnregistered = 255

func (s *Service) retrieveUnregistered(c *gin.Context, user *store.User) {
	slug := roomname.Slug(c.Param("room"))
	if !s.rooms.AllowUnregistered || slug == "" || len(slug) > maxUnregistered {
		reply.Fail(c, reply.NoMatch("Room"))
		return
	}
	if id, ok := body.ParseUUID(slug); ok {
		// What was a registered room is not open to all because it was deleted.
		gone, err := s.refusals.Gone(c.Request.Context(), id)
		if err == nil && gone {
			err = reply.NoMatch("Room")
		}
		if err != nil {
			reply.Fail(c, err)
			return
		}
	}
	e, err := s.Enter(Entrant{Room: slug, User: user, Wish: c.Query("username")})
	if err != nil {
		reply.Fail(c, err)
		return
	}
	reply.JSON(c, http.StatusOK, unregistered{Slug: slug, AccessLevel: store.Public, LiveKit: e})
}
