package recording

import (
	"context"
	"encoding/json"
	"math"

	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// notice is a data message to everybody in a room.
type notice struct {
	Type      string `json:"type"`
	Remaining int    `json:"remaining_seconds,omitempty"` // only in a warning
}

// line is a notice that is also a chat line, for clients that do not know its type.
type line struct {
	notice
	ID      string `json:"id"`
	At      int64  `json:"timestamp"` // ms
	Message string `json:"message"`
}

// named returns the notice's type for the mode of a recording. LimitReached is the
// contract's (recording-summary-files.md 2). Clients of La Suite Meet 1.27 ignore the
// others, and show them as chat lines.
func named(r module.Recording, what string) string {
	if r.Mode == module.Transcript {
		return "transcription" + what
	}
	return "screenRecording" + what
}

// tellLimit tells the room that the limit has ended its recording.
func (s *service) tellLimit(ctx context.Context, r module.Recording) error {
	return s.send(ctx, r, "limit", "", notice{Type: named(r, "LimitReached")})
}

// warn tells the room that its recording is about to end.
func (s *service) warn(ctx context.Context, r module.Recording) error {
	left := r.LimitAt.Sub(s.now())
	if r.Status != module.RecordingActive || r.Stage == module.EgressEnded || left <= 0 {
		return nil
	}
	said, err := s.wordsFor(ctx, r)
	if err != nil {
		return err
	}
	return s.say(ctx, r, "warning", said.limit(r.Mode, left), notice{Type: named(r, "LimitApproaching"), Remaining: int(math.Ceil(left.Seconds()))})
}

// farewell tells the room that its recording has failed: by a message, and by the status
// that clients know, just before it is removed.
func (s *service) farewell(ctx context.Context, r module.Recording) error {
	under, err := s.inRoom(ctx, r)
	if err != nil {
		return err
	}
	if under == (shown{}) { // no other one is under way
		if err := s.tellRoom(ctx, r.Room, shown{optionsOf(r).mode(r), shownAborted}); err != nil {
			return err
		}
	}
	said, err := s.wordsFor(ctx, r)
	if err != nil {
		return err
	}
	if err := s.say(ctx, r, "failed", said.failed(r.Mode), notice{Type: named(r, "Failed")}); err != nil {
		return err
	}
	return s.show(ctx, r.ID)
}

// say sends a notice that also appears in the chat.
func (s *service) say(ctx context.Context, r module.Recording, key, text string, n notice) error {
	return s.send(ctx, r, key, livekit.TopicChat, line{n, key + ":" + r.ID.String(), s.now().UnixMilli(), text})
}

// send sends a notice once, even if the job is repeated. In a room that is not live
// there is nobody to tell.
func (s *service) send(ctx context.Context, r module.Recording, key, topic string, n any) error {
	room := r.Room.String()
	live, err := s.live.ListRooms(ctx, room)
	if err != nil || len(live) == 0 {
		return err
	}
	data, err := json.Marshal(n)
	if err != nil {
		return err
	}
	return s.live.SendDataOnce(ctx, room, key+":"+r.ID.String(), topic, data)
}
