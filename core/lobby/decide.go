package lobby

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"foyer/core/ephemeral"
	"foyer/core/module"
	"foyer/core/module/body"
	"foyer/core/module/reply"
	"foyer/core/store"
)

// message is {"message": text}, the form of the lobby's answers.
func message(text string) map[string]string { return map[string]string{"message": text} }

func notFound(text string) error {
	return &reply.Error{Status: http.StatusNotFound, Body: message(text)}
}

func (s *Service) enter(c *gin.Context) {
	if err := s.decide(c); err != nil {
		reply.Fail(c, err)
		return
	}
	reply.JSON(c, http.StatusOK, message("Participant was updated."))
}

// decide lets a participant in, or not. The body is checked before the room.
func (s *Service) decide(c *gin.Context) error {
	o, err := body.Read(c, s.limit)
	if err != nil {
		return err
	}
	id, _ := o.UUID("participant_id", body.Required())
	allow, _ := o.Bool("allow_entry", body.Required())
	if err := o.Err(); err != nil {
		return err
	}
	room, err := s.ruled(c)
	switch {
	case err != nil:
		return err
	case room.AccessLevel == store.Public:
		return notFound("Room has no lobby system.")
	}
	state, ttl := denied, s.cfg.DeniedTimeout
	if allow {
		state, ttl = accepted, s.cfg.AcceptedTimeout
	}
	ctx := c.Request.Context()
	e, err := s.queues.Settle(ctx, s.queue(room.ID), id.String(), state, ttl)
	switch {
	case errors.Is(err, ephemeral.ErrNotFound):
		return notFound("Participant not found.")
	case err != nil:
		return shown(err)
	}
	if _, ok := recordOf(e); !ok {
		return errors.Join(fmt.Errorf("damaged record in the lobby of room %s", room.ID),
			s.drop(ctx, room.ID, id.String(), time.Time{}))
	}
	return nil
}

// ruled finds the room of the path for a caller who rules it.
func (s *Service) ruled(c *gin.Context) (store.RoomWithRole, error) {
	ctx := c.Request.Context()
	room, err := s.finder.FindFor(ctx, c.Param("room"), module.CallerFrom(ctx).UserID)
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrInvalid):
		return room, reply.NoMatch("Room")
	case err == nil && !room.Role.Privileged():
		return room, reply.NotPrivileged()
	}
	return room, err
}

// waiter is one who waits, as those who rule the room see it.
type waiter struct {
	Status   string `json:"status"`
	Username string `json:"username"`
	ID       string `json:"id"`
	Color    string `json:"color"`
}

func (s *Service) list(c *gin.Context) {
	waiters, err := s.waiters(c)
	if err != nil {
		reply.Fail(c, err)
		return
	}
	reply.JSON(c, http.StatusOK, map[string][]waiter{"participants": waiters})
}

// waiters are those who wait, the longest first.
func (s *Service) waiters(c *gin.Context) ([]waiter, error) {
	room, err := s.ruled(c)
	if err != nil {
		return nil, err
	}
	waiters := []waiter{}
	if room.AccessLevel == store.Public {
		return waiters, nil
	}
	ctx := c.Request.Context()
	entries, err := s.queues.Waiting(ctx, s.queue(room.ID))
	if err != nil {
		return nil, shown(err)
	}
	slices.SortFunc(entries, func(a, b ephemeral.Entry) int { return a.Since.Compare(b.Since) })
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

// discard removes a damaged record; it ends by itself if that fails.
func (s *Service) discard(ctx context.Context, room uuid.UUID, id string) {
	if err := s.drop(ctx, room, id, time.Time{}); err != nil {
		s.log.WarnContext(ctx, "damaged record of the lobby not removed", "room", room, "error", err)
	}
}
