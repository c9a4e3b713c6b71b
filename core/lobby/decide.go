package lobby

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/http"
	"time"

	"github.com/google/uuid"

	"foyer/core/ephemeral"
	"foyer/core/meetings"
	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// message is {"message": text}, the form of the lobby's answers.
func message(text string) map[string]string { return map[string]string{"message": text} }

func notFound(text string) error {
	return &reply.Error{Status: http.StatusNotFound, Body: message(text)}
}

func (s *Service) enter(w http.ResponseWriter, r *http.Request) {
	if err := s.decide(w, r); err != nil {
		reply.Fail(w, r, err)
		return
	}
	reply.JSON(w, r, http.StatusOK, message("Participant was updated."))
}

// decide lets a participant in, or not. The body is checked before the room.
func (s *Service) decide(w http.ResponseWriter, r *http.Request) error {
	o, err := body.Read(w, r, s.limit)
	if err != nil {
		return err
	}
	id, _ := o.UUID("participant_id", body.Required())
	allow, _ := o.Bool("allow_entry", body.Required())
	if err := o.Err(); err != nil {
		return err
	}
	room, err := s.ruled(r)
	switch {
	case err != nil:
		return err
	case room.AccessLevel == store.Public:
		return notFound("Room has no lobby system.")
	}
	return s.settle(r.Context(), room.ID, id.String(), allow)
}

// handover is how long a permission stays in the queue until it is stored for
// good: should storing fail, the participant's next request does it.
const handover = time.Minute

// settle decides about somebody who waits under an id, or who was let in before.
func (s *Service) settle(ctx context.Context, room uuid.UUID, id string, allow bool) error {
	state, ttl := denied, s.cfg.DeniedTimeout
	if allow {
		state, ttl = accepted, handover
	}
	e, err := s.queues.Settle(ctx, s.queue(room), id, state, ttl)
	switch {
	case errors.Is(err, ephemeral.ErrNotFound):
		return s.settleAgain(ctx, room, id, allow)
	case err != nil:
		return shown(err)
	}
	r, ok := recordOf(e)
	if !ok {
		return errors.Join(fmt.Errorf("damaged record in the lobby of room %s", room), s.drop(ctx, room, id))
	}
	a := r.admission(id)
	if !allow {
		return s.meetings.Dismiss(ctx, room, a.Identity)
	}
	return s.letIn(ctx, room, id, a.Identity, r)
}

// letIn stores that somebody was let in, who then no longer waits.
func (s *Service) letIn(ctx context.Context, room uuid.UUID, id, identity string, r record) error {
	a := r.admission(id)
	a.Identity = identity
	err := s.meetings.Admit(ctx, room, a)
	if err != nil && !errors.Is(err, meetings.ErrRemoved) {
		return fmt.Errorf("let in to room %s: %w", room, err)
	}
	if dropped := s.drop(ctx, room, id); dropped != nil { // it expires by itself
		s.log.WarnContext(ctx, "somebody who was let in stays in the queue for a moment", "room", room, "error", dropped)
	}
	if err != nil {
		return notFound("Participant not found.")
	}
	return nil
}

// settleAgain decides about somebody who no longer waits: a decision can be
// revised.
func (s *Service) settleAgain(ctx context.Context, room uuid.UUID, id string, allow bool) error {
	standing, err := s.meetings.StandingByEntry(ctx, room, id)
	switch {
	case err != nil:
		return err
	case standing.Admission == nil:
		return notFound("Participant not found.")
	case allow:
		return nil
	}
	a := standing.Admission
	if err := s.meetings.Dismiss(ctx, room, a.Identity); err != nil {
		return err
	}
	value, err := json.Marshal(record{Username: a.Name, Color: a.Color, Identity: a.Identity, Shown: true})
	if err != nil {
		return fmt.Errorf("encode a refused participant: %w", err)
	}
	who := ephemeral.Entry{Key: id, Value: value}
	if _, _, err = s.queues.Join(ctx, s.queue(room), who, s.cfg.DeniedTimeout, ephemeral.Limits{All: math.MaxInt32}); err == nil {
		_, err = s.queues.Settle(ctx, s.queue(room), id, denied, s.cfg.DeniedTimeout)
	}
	if errors.Is(err, ephemeral.ErrNotFound) { // a refusal, which has just expired
		return nil
	}
	return shown(err)
}

// ruled finds the room of the path for a caller who owns or administers it.
func (s *Service) ruled(r *http.Request) (store.RoomWithRole, error) {
	ctx := r.Context()
	room, err := s.finder.FindFor(ctx, r.PathValue("room"), module.CallerFrom(ctx).UserID)
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrInvalid):
		return room, reply.NoMatch("Room")
	case err == nil && !room.Role.Privileged():
		return room, reply.NotPrivileged()
	}
	return room, err
}

// waiter is somebody who waits, as the room's owners and administrators see it.
type waiter struct {
	Status   string `json:"status"`
	Username string `json:"username"`
	ID       string `json:"id"`
	Color    string `json:"color"`
}

func (s *Service) list(w http.ResponseWriter, r *http.Request) {
	waiters, err := s.waiters(r)
	if err != nil {
		reply.Fail(w, r, err)
		return
	}
	reply.JSON(w, r, http.StatusOK, map[string][]waiter{"participants": waiters})
}

// waiters returns those who wait, longest wait first, up to as many as are
// listed. If there are more, networks take turns, so that a crowd from one does
// not hide the others. The next ones are listed once these have been decided
// about.
func (s *Service) waiters(r *http.Request) ([]waiter, error) {
	room, err := s.ruled(r)
	if err != nil {
		return nil, err
	}
	waiters := []waiter{}
	if room.AccessLevel == store.Public {
		return waiters, nil
	}
	ctx := r.Context()
	entries, err := s.queues.Waiting(ctx, s.queue(room.ID), s.cfg.MaxListed)
	if err != nil {
		return nil, shown(err)
	}
	for _, e := range entries {
		r, ok := recordOf(e)
		if !ok {
			s.discard(ctx, room.ID, e.Key)
			continue
		}
		waiters = append(waiters, waiter{Status: waiting, Username: r.Username, ID: e.Key, Color: r.Color})
	}
	return waiters, nil
}

// discard removes a damaged record; if that fails, it expires by itself.
func (s *Service) discard(ctx context.Context, room uuid.UUID, id string) {
	if err := s.drop(ctx, room, id); err != nil {
		s.log.WarnContext(ctx, "damaged record of the lobby not removed", "room", room, "error", err)
	}
}
