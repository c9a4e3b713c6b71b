package lobby

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/google/uuid"

	"foyer/core/ephemeral"
	"foyer/core/meetings"
	"foyer/core/rooms"
	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// answer is what a participant is told.
type answer struct {
	Status   string       `json:"status"`
	Username string       `json:"username"`
	ID       string       `json:"id"`
	Color    string       `json:"color"`
	LiveKit  *rooms.Entry `json:"livekit"`

	room  uuid.UUID // where the participant waits
	since time.Time // and since when
}

func (s *Service) requestEntry(w http.ResponseWriter, r *http.Request) {
	p, a, err := s.answerRequest(w, r)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	s.setCookie(w, r, p, a)
	reply.JSON(w, r, http.StatusOK, a)
}

func (s *Service) answerRequest(w http.ResponseWriter, r *http.Request) (participant, answer, error) {
	ctx := r.Context()
	if err := s.limitStrangers(w, r); err != nil {
		return participant{}, answer{}, err
	}
	o, err := body.Read(w, r, s.limit)
	if err != nil {
		return participant{}, answer{}, err
	}
	username, _ := o.String("username", body.Required())
	if err := o.Err(); err != nil {
		return participant{}, answer{}, err
	}
	room, err := s.finder.FindFor(ctx, r.PathValue("room"), module.CallerFrom(ctx).UserID)
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrInvalid):
		return participant{}, answer{}, reply.NoMatch("Room")
	case err != nil:
		return participant{}, answer{}, err
	}
	p, err := s.participant(r, room, rooms.CutName(username))
	if err != nil {
		return p, answer{}, err
	}
	a, err := s.answerTo(ctx, room, p)
	return p, a, err
}

// answerTo tells a participant where they stand with the room.
func (s *Service) answerTo(ctx context.Context, room store.RoomWithRole, p participant) (answer, error) {
	standing, err := s.standing(ctx, room, p)
	if err != nil {
		return answer{}, err
	}
	r, let := recordOfAdmission(standing.Admission)
	switch {
	case standing.Removed:
		return p.told(denied, p.record()), nil
	case rooms.MayEnter(room, p.user):
		if !let {
			r = s.remembered(ctx, room, p)
		}
		return s.admit(room, p, r)
	case standing.Admission != nil:
		if !let {
			r = p.record()
		}
		if err := s.meetings.Asked(ctx, room.ID, standing); err != nil {
			return answer{}, err
		}
		return s.admit(room, p, r)
	}
	return s.wait(ctx, room, p)
}

// standing is where a participant stands with the room. Its owners and
// administrators are never removed, and nothing is known of newcomers.
func (s *Service) standing(ctx context.Context, room store.RoomWithRole, p participant) (meetings.Standing, error) {
	if room.Role.Privileged() || !p.returns && p.user == nil {
		return meetings.Standing{}, nil
	}
	return s.meetings.Standing(ctx, room.ID, p.identity())
}

// told is an answer without a token.
func (p participant) told(status string, r record) answer {
	return answer{Status: status, Username: r.Username, ID: p.cookie.ID, Color: r.Color}
}

// remembered is the record of somebody who need not wait: the earlier one, if
// there is one. Nobody is kept out because it cannot be read.
func (s *Service) remembered(ctx context.Context, room store.RoomWithRole, p participant) record {
	if p.returns {
		if e, err := s.queues.Find(ctx, s.queue(room.ID), p.cookie.ID); err == nil {
			if r, ok := recordOf(e); ok {
				return r
			}
		}
	}
	return p.record()
}

// admit answers a participant who may enter. The name in the token is the one
// asked for now; the one in the answer is the one that others saw.
func (s *Service) admit(room store.RoomWithRole, p participant, r record) (answer, error) {
	e, err := s.entrance.Enter(rooms.Entrant{
		Room: room.ID.String(), Configuration: room.Configuration, Role: room.Role, User: p.user,
		Guest: p.cookie.ID, Wish: p.username, Color: r.Color,
	})
	if err != nil {
		return answer{}, err
	}
	a := p.told(accepted, r)
	a.LiveKit = e
	return a, nil
}

// wait makes a participant wait, or tells them what was decided.
func (s *Service) wait(ctx context.Context, room store.RoomWithRole, p participant) (answer, error) {
	e, joined, err := s.join(ctx, room, p)
	if err != nil {
		return answer{}, err
	}
	r, ok := recordOf(e)
	if !ok { // not one of ours: drop it and treat the participant as new
		if err := s.drop(ctx, room.ID, p.cookie.ID); err != nil {
			return answer{}, shown(err)
		}
		if e, joined, err = s.join(ctx, room, p); err != nil {
			return answer{}, err
		}
		r = p.record()
	}
	if e.State == accepted { // and whoever decided that could not finish it
		if err := s.letIn(ctx, room.ID, p.cookie.ID, p.identity(), r); err != nil {
			return answer{}, err
		}
		return s.admit(room, p, r)
	}
	if joined {
		s.notices.announce(ctx, room.ID)
	}
	a := p.told(e.State, r)
	a.room, a.since = room.ID, e.Since
	return a, nil
}

func (s *Service) join(ctx context.Context, room store.RoomWithRole, p participant) (ephemeral.Entry, bool, error) {
	value, err := json.Marshal(p.record())
	if err != nil {
		return ephemeral.Entry{}, false, fmt.Errorf("encode a waiting participant: %w", err)
	}
	who := ephemeral.Entry{
		Key: p.cookie.ID, Value: value, Since: p.since(room.ID, s.now(), s.cfg.Grace), Group: module.CallerFrom(ctx).Network(),
	}
	most := ephemeral.Limits{All: s.cfg.MaxWaiting, Group: s.cfg.MaxNetwork}
	e, joined, err := s.queues.Join(ctx, s.queue(room.ID), who, s.cfg.WaitingTimeout, most)
	if errors.Is(err, ephemeral.ErrFull) {
		return e, false, reply.Throttled(max(s.cfg.WaitingTimeout, time.Second))
	}
	return e, joined, shown(err)
}

// retryAfter is when a client may ask again while Redis is away.
const retryAfter = 2 * time.Second

// shown turns an error of the queues into an answer.
func shown(err error) error {
	if errors.Is(err, ephemeral.ErrUnavailable) {
		return reply.Unavailable(retryAfter, err)
	}
	return err
}
