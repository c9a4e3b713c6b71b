package participants

import (
	"context"
	"net/http"

	"foyer/sdk/body"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// handKey is the attribute of a raised hand: since when, "" while it is down.
const handKey = "handRaisedAt"

// handTime is ISO 8601 with microseconds, as clients expect it.
const handTime = "2006-01-02T15:04:05.000000-07:00"

// toggleHand raises or lowers the caller's hand (core-rest.md 8.5).
func (s *Service) toggleHand(w http.ResponseWriter, r *http.Request) error {
	o, err := body.Read(w, r, s.limit)
	if err != nil {
		return err
	}
	raised, _ := o.Bool("raised", body.Required())
	if err := o.Err(); err != nil {
		return err
	}
	since := ""
	if raised {
		since = s.now().UTC().Format(handTime)
	}
	err = s.updateCaller(r.Context(), livekit.ParticipantUpdate{Attributes: map[string]string{handKey: since}})
	return failed(err, "Failed to update participant hand state")
}

// rename changes the caller's display name (core-rest.md 8.6).
func (s *Service) rename(w http.ResponseWriter, r *http.Request) error {
	o, err := body.Read(w, r, s.limit)
	if err != nil {
		return err
	}
	name, _ := o.String("name", body.Required().Max(maxName))
	if err := o.Err(); err != nil {
		return err
	}
	err = s.updateCaller(r.Context(), livekit.ParticipantUpdate{Name: name})
	return failed(err, "Failed to rename participant")
}

// updateCaller changes the participant that the token names: the body has no say
// in that.
func (s *Service) updateCaller(ctx context.Context, u livekit.ParticipantUpdate) error {
	caller := module.CallerFrom(ctx)
	return s.live.UpdateParticipant(ctx, caller.Token.Room, caller.Token.Identity, u)
}
