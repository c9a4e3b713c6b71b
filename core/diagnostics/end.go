package diagnostics

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/google/uuid"

	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// Topic is the name under which the jobs that end rooms are stored.
const Topic = "core.diagnostics"

const kindEnd = "end_room"

// endAttempts span about ten minutes; by then the media server has ended the
// empty room by itself.
const endAttempts = 10

// end is a room that is to end.
type end struct {
	Room string `json:"room"`
}

func (s *Service) Name() string { return Topic }

// endLater ends a room once nobody can join it any more.
func (s *Service) endLater(ctx context.Context, room string) error {
	o := module.JobOptions{Delay: s.o.Diagnostics.TokenTTL + s.o.Diagnostics.RoomExtraAge, MaxAttempts: endAttempts}
	return s.o.Jobs.Enqueue(ctx, Topic, kindEnd, end{room}, o)
}

// Work ends the room of a test, and no other.
func (s *Service) Work(ctx context.Context, j module.Job) error {
	var e end
	if err := json.Unmarshal(j.Args, &e); err != nil || j.Kind != kindEnd {
		return fmt.Errorf("job %q is none of the connection test's (%w): %w", j.Kind, module.ErrGiveUp, err)
	}
	if !s.isTest(e.Room) {
		return fmt.Errorf("room %q is not a connection test's and stays (%w)", e.Room, module.ErrGiveUp)
	}
	err := s.o.Live.DeleteRoom(ctx, e.Room)
	if err == nil || errors.Is(err, livekit.ErrNotFound) {
		return nil
	}
	return fmt.Errorf("end room %s: %w", e.Room, err)
}

// isTest reports whether a room was named by begun.
func (s *Service) isTest(room string) bool {
	id, named := strings.CutPrefix(room, s.o.Prefix+"-")
	_, err := uuid.Parse(id)
	return named && err == nil && len(id) == 36
}
