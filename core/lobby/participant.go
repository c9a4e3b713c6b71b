package lobby

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"

	"foyer/core/auth"
	"foyer/core/ephemeral"
	"foyer/core/guests"
	"foyer/core/rooms"
	"foyer/core/store"
	"foyer/sdk/livekit"
)

// participant is somebody who asks to enter.
type participant struct {
	cookie   guests.Cookie // what the browser sent, or the cookie of a new id
	returns  bool          // the id was issued before
	username string
	user     *store.User // nil for guests
}

// cookie returns what the request's lobby cookies say, of which there may be
// several: the first that is ours; else an issued id, which anybody may have
// copied; else any text.
func (s *Service) cookie(r *http.Request) (ours guests.Cookie, bare, other string) {
	for _, cookie := range r.CookiesNamed(s.cfg.CookieName) {
		ours, ok := s.guests.Read(cookie.Value)
		switch {
		case ok:
			return ours, "", ""
		case bare == "" && s.guests.GaveOut(cookie.Value):
			bare = cookie.Value
		case other == "":
			other = cookie.Value
		}
	}
	return guests.Cookie{}, bare, other
}

// participant is who asks: the holder of one of our cookies, or somebody new.
func (s *Service) participant(r *http.Request, room store.RoomWithRole, username string) (participant, error) {
	p := participant{username: username}
	p.user, _ = auth.UserFrom(r.Context())
	cookie, bare, _ := s.cookie(r)
	if cookie.ID != "" {
		p.cookie, p.returns = cookie, true
		return p, nil
	}
	if bare != "" {
		waits, err := s.waitsAs(r.Context(), room, bare)
		if err != nil && !rooms.MayEnter(room, p.user) {
			return p, shown(err)
		}
		if waits {
			p.cookie.ID, p.returns = bare, true
			return p, nil
		}
	}
	p.cookie.ID = s.guests.NewID()
	return p, nil
}

// waitsAs reports whether somebody waits under an id that only they and the
// room's owners and administrators can know: guests from before cookies had a
// seal are recognised while they wait.
func (s *Service) waitsAs(ctx context.Context, room store.RoomWithRole, id string) (bool, error) {
	e, err := s.queues.Find(ctx, s.queue(room.ID), id)
	if err != nil {
		if errors.Is(err, ephemeral.ErrNotFound) {
			err = nil
		}
		return false, err
	}
	r, ok := recordOf(e)
	return ok && e.State == waiting && !r.Shown, nil
}

// identity is the participant's identity on the media server.
func (p participant) identity() string {
	if p.user == nil {
		return p.cookie.ID
	}
	return rooms.Identity(p.user)
}

// record is what is kept of a participant.
func (p participant) record() record {
	r := record{Username: p.username, Color: livekit.Color(p.cookie.ID), Shown: p.cookie.Shown}
	if p.user != nil {
		r.Identity = p.identity()
	}
	return r
}

// since is when the participant started to wait for the room, by the cookie: the
// zero time unless they asked a short while ago. The record of those who wait may
// be lost.
func (p participant) since(room uuid.UUID, now time.Time, grace time.Duration) time.Time {
	if p.cookie.Room != room || now.Sub(p.cookie.Asked) > grace || p.cookie.Since.After(now) {
		return time.Time{}
	}
	return p.cookie.Since
}

// setCookie renews the participant's cookie. It records that the id was shown,
// and the place in the queue of somebody who waits.
func (s *Service) setCookie(w http.ResponseWriter, r *http.Request, p participant, a answer) {
	next := guests.Cookie{ID: p.cookie.ID, Shown: p.cookie.Shown || a.LiveKit != nil}
	if a.Status == waiting {
		next.Room, next.Since, next.Asked = a.room, a.since, s.now()
	}
	http.SetCookie(w, &http.Cookie{
		Name: s.cfg.CookieName, Value: s.guests.Write(next), Path: "/", HttpOnly: true, Secure: true, SameSite: http.SameSiteLaxMode,
	})
}
