package lobby

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"foyer/core/auth"
	"foyer/core/ephemeral"
	"foyer/core/livekit"
	"foyer/core/module"
	"foyer/core/module/body"
	"foyer/core/module/reply"
	"foyer/core/rooms"
	"foyer/core/store"
)

// Scope is the throttle of requests to enter: one bucket over all rooms
// (core-rest.md 12).
const Scope = "request_entry"

// LimitKey counts requests by account, or by the cookie of those without one;
// who has neither is new and not counted.
func (s *Service) LimitKey(c *gin.Context) (key string, counted bool) {
	if caller := module.CallerFrom(c.Request.Context()); caller.SignedIn() {
		return "user:" + caller.UserID.String(), true
	}
	if id, ok := s.presented(c); ok {
		return "lobby:" + id.String(), true
	}
	cookie, err := c.Request.Cookie(s.cfg.CookieName)
	if err != nil || cookie.Value == "" {
		return "", false
	}
	return "lobby:" + cookie.Value, true
}

// presented is the id of ours that the request has. A parent domain may set
// cookies of the same name, and those may come first.
func (s *Service) presented(c *gin.Context) (uuid.UUID, bool) {
	for _, cookie := range c.Request.CookiesNamed(s.cfg.CookieName) {
		if id, ok := s.ids.read(cookie.Value); ok {
			return id, true
		}
	}
	return uuid.Nil, false
}

// participant is one who asks to enter.
type participant struct {
	id       string
	returns  bool // the id was given out before
	username string
	user     *store.User // nil for guests
}

// answer is what a participant is told.
type answer struct {
	Status   string       `json:"status"`
	Username string       `json:"username"`
	ID       string       `json:"id"`
	Color    string       `json:"color"`
	LiveKit  *rooms.Entry `json:"livekit"`
}

func (s *Service) requestEntry(c *gin.Context) {
	a, err := s.answerRequest(c)
	if err != nil {
		reply.Fail(c, err)
		return
	}
	http.SetCookie(c.Writer, &http.Cookie{
		Name: s.cfg.CookieName, Value: a.ID, Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode,
	})
	reply.JSON(c, http.StatusOK, a)
}

func (s *Service) answerRequest(c *gin.Context) (answer, error) {
	ctx := c.Request.Context()
	o, err := body.Read(c, s.limit)
	if err != nil {
		return answer{}, err
	}
	username, _ := o.String("username", body.Required())
	if err := o.Err(); err != nil {
		return answer{}, err
	}
	p := s.participant(c, cut(username))
	room, err := s.finder.FindFor(ctx, c.Param("room"), module.CallerFrom(ctx).UserID)
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrInvalid):
		return answer{}, reply.NoMatch("Room")
	case err != nil:
		return answer{}, err
	}
	refused, err := s.refused(ctx, room, p)
	switch {
	case err != nil:
		return answer{}, err
	case refused:
		r := p.record()
		return answer{Status: denied, Username: r.Username, ID: p.id, Color: r.Color}, nil
	case rooms.MayEnter(room, p.user):
		return s.admit(room, p, s.remembered(ctx, room, p))
	}
	return s.wait(ctx, room, p)
}

// refused tells whether the participant was removed from the room a short while
// ago (docs/adr/0014). Whoever rules it never is, nor who is new here.
func (s *Service) refused(ctx context.Context, room store.RoomWithRole, p participant) (bool, error) {
	if room.Role.Privileged() || !p.returns && p.user == nil {
		return false, nil
	}
	refused, err := s.refusals.Refused(ctx, p.identity(), room.ID)
	return refused[room.ID], err
}

// participant is who asks: the bearer of an id of ours, or somebody new.
func (s *Service) participant(c *gin.Context, username string) participant {
	p := participant{username: username}
	p.user, _ = auth.UserFrom(c.Request.Context())
	if id, ok := s.presented(c); ok {
		p.id, p.returns = id.String(), true
		return p
	}
	p.id = s.ids.make().String()
	return p
}

// identity is the participant's at the media server.
func (p participant) identity() string {
	if p.user == nil {
		return p.id
	}
	return rooms.Identity(p.user)
}

// record is what is kept of a participant.
func (p participant) record() record {
	r := record{Username: p.username, Color: livekit.Color(p.id)}
	if p.user != nil {
		r.Identity = p.identity()
	}
	return r
}

// remembered is the record of one who need not wait: that of before, if there
// is one. Nobody is kept out because it cannot be read.
func (s *Service) remembered(ctx context.Context, room store.RoomWithRole, p participant) record {
	if p.returns {
		if e, err := s.queues.Find(ctx, s.queue(room.ID), p.id); err == nil {
			if r, ok := recordOf(e); ok {
				return r
			}
		}
	}
	return p.record()
}

// admit answers one who may enter. The name is the one asked for now; what the
// participant is told is the one that others saw.
func (s *Service) admit(room store.RoomWithRole, p participant, r record) (answer, error) {
	e, err := s.entrance.Enter(rooms.Entrant{
		Room: room.ID.String(), Configuration: room.Configuration, Role: room.Role, User: p.user,
		Guest: p.id, Wish: p.username, Color: r.Color,
	})
	if err != nil {
		return answer{}, err
	}
	return answer{Status: accepted, Username: r.Username, ID: p.id, Color: r.Color, LiveKit: e}, nil
}

// wait lets a participant wait, or tells what was decided.
func (s *Service) wait(ctx context.Context, room store.RoomWithRole, p participant) (answer, error) {
	value, err := json.Marshal(p.record())
	if err != nil {
		return answer{}, fmt.Errorf("encode a waiting participant: %w", err)
	}
	e, joined, err := s.join(ctx, room, p.id, value)
	if err != nil {
		return answer{}, err
	}
	r, ok := recordOf(e)
	if !ok { // not by us: it goes, and the participant is as if new
		if err := s.drop(ctx, room.ID, p.id, time.Time{}); err != nil {
			return answer{}, shown(err)
		}
		if e, joined, err = s.join(ctx, room, p.id, value); err != nil {
			return answer{}, err
		}
		r = p.record()
	}
	if e.State == accepted {
		return s.admit(room, p, r)
	}
	if joined {
		s.notify(ctx, room.ID)
	}
	return answer{Status: e.State, Username: r.Username, ID: p.id, Color: r.Color}, nil
}

func (s *Service) join(ctx context.Context, room store.RoomWithRole, id string, value []byte) (ephemeral.Entry, bool, error) {
	e, joined, err := s.queues.Join(ctx, s.queue(room.ID), id, value, s.cfg.WaitingTimeout, s.cfg.MaxWaiting)
	if errors.Is(err, ephemeral.ErrFull) {
		return e, false, reply.Throttled(max(s.cfg.WaitingTimeout, time.Second))
	}
	return e, joined, shown(err)
}

// retryAfter is when a client may ask again while Redis is away.
const retryAfter = 2 * time.Second

// shown turns what the queues say into an answer.
func shown(err error) error {
	if errors.Is(err, ephemeral.ErrUnavailable) {
		return reply.Unavailable(retryAfter, err)
	}
	return err
}
