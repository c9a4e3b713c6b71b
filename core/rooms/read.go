package rooms

import (
	"errors"
	"net/http"

	"github.com/google/uuid"

	"foyer/core/auth"
	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/page"
	"foyer/sdk/reply"
	"foyer/sdk/roomname"
)

// viewer is the signed-in account of the request and its id; nil without one.
func viewer(r *http.Request) (*store.User, uuid.UUID) {
	if u, ok := auth.UserFrom(r.Context()); ok {
		return u, u.ID
	}
	return nil, uuid.Nil
}

func (s *Service) list(w http.ResponseWriter, r *http.Request) {
	if err := s.answerList(w, r); err != nil {
		reply.Fail(w, r, err)
	}
}

func (s *Service) answerList(w http.ResponseWriter, r *http.Request) error {
	p, err := page.Of(r, true)
	if err != nil {
		return err
	}
	ctx := r.Context()
	user, id := viewer(r)
	if user == nil {
		return page.Envelope[object](w, r, p, 0, nil)
	}
	rows, total, err := page.RowsOf(p, func(limit, offset int) ([]store.ListedRoom, int, error) {
		return s.store.RoomsOf(ctx, id, limit, offset)
	})
	if err != nil {
		return err
	}
	shown, err := s.showList(ctx, user, r.URL.Query().Get("username"), rows)
	if err != nil {
		return err
	}
	return page.Envelope(w, r, p, total, shown)
}

func (s *Service) retrieve(w http.ResponseWriter, r *http.Request) {
	user, id := viewer(r)
	room, err := s.finder.FindFor(r.Context(), r.PathValue("room"), id)
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrInvalid):
		s.retrieveUnregistered(w, r, user)
	case err != nil:
		reply.Fail(w, r, err)
	default:
		s.answer(w, r, http.StatusOK, user, room)
	}
}

// answer writes one room.
func (s *Service) answer(w http.ResponseWriter, r *http.Request, status int, user *store.User, room store.RoomWithRole) {
	shown, err := s.show(r.Context(), user, r.URL.Query().Get("username"), room)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	reply.JSON(w, r, status, shown)
}

// unregistered is a room that exists only on the media server.
type unregistered struct {
	ID              *uuid.UUID `json:"id"` // always null
	Slug            string     `json:"slug"`
	IsAdministrable bool       `json:"is_administrable"`
	AccessLevel     string     `json:"access_level"`
	LiveKit         *Entry     `json:"livekit"`
}

// maxUnregistered is the longest room name that the media server takes, in bytes;
// slugs are ASCII.
const maxUnregistered = 255

func (s *Service) retrieveUnregistered(w http.ResponseWriter, r *http.Request, user *store.User) {
	slug := roomname.Slug(r.PathValue("room"))
	if !s.rooms.AllowUnregistered || slug == "" || len(slug) > maxUnregistered {
		reply.Fail(w, r, reply.NoMatch("Room"))
		return
	}
	if id, ok := body.ParseUUID(slug); ok {
		// A room that was registered does not open to everybody because it was
		// deleted.
		gone, err := s.refusals.Gone(r.Context(), id)
		if err == nil && gone {
			err = reply.NoMatch("Room")
		}
		if err != nil {
			reply.Fail(w, r, err)
			return
		}
	}
	e, err := s.Enter(Entrant{Room: slug, User: user, Wish: r.URL.Query().Get("username")})
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	reply.JSON(w, r, http.StatusOK, unregistered{Slug: slug, AccessLevel: store.Public, LiveKit: e})
}
