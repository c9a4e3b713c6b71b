package meetings

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/livekit"
	"foyer/sdk/livekit/lkproto"
)

// ErrRemoved means that somebody who was removed from the room cannot be let in.
var ErrRemoved = errors.New("removed from the room")

// Admission records that a meeting let somebody in.
type Admission struct {
	Identity    string // on the media server
	Entry       string // the id they waited under
	Name, Color string // as shown while they waited
}

// Standing is where somebody stands with a room; the zero value means a stranger.
type Standing struct {
	Removed bool
	// Admission is set if they were let in.
	Admission *Admission

	row store.Standing
}

func standingOf(t store.Standing) Standing {
	if t.State == store.Removed {
		return Standing{Removed: true, row: t}
	}
	return Standing{Admission: &Admission{Identity: t.Identity, Entry: t.Entry, Name: t.Name, Color: t.Color}, row: t}
}

// Standing returns where an identity stands with a room now.
func (m *Meetings) Standing(ctx context.Context, room uuid.UUID, identity string) (Standing, error) {
	return found(m.store.StandingOf(ctx, room, identity, m.now()))
}

// StandingByEntry is Standing for whoever waited under an id.
func (m *Meetings) StandingByEntry(ctx context.Context, room uuid.UUID, entry string) (Standing, error) {
	return found(m.store.StandingByEntry(ctx, room, entry, m.now()))
}

func found(t store.Standing, err error) (Standing, error) {
	switch {
	case errors.Is(err, store.ErrNotFound), errors.Is(err, store.ErrInvalid):
		return Standing{}, nil
	case err != nil:
		return Standing{}, err
	}
	return standingOf(t), nil
}

// Admit lets somebody in, to the meeting that is going on or the next one. Until
// they come, the admission lasts as long as configured; after that, until the
// meeting is over or they have been gone for a while. ErrRemoved if they were
// removed.
func (m *Meetings) Admit(ctx context.Context, room uuid.UUID, a Admission) error {
	// Failing to find out keeps nobody from being let in.
	if err := m.noteMet(ctx, room.String()); err != nil {
		m.log.WarnContext(ctx, "not known to which meeting somebody is let in", "room", room, "error", err)
	}
	now := m.now()
	done, err := m.store.Admit(ctx, store.Standing{
		RoomID: room, Identity: a.Identity, Entry: a.Entry, Name: a.Name, Color: a.Color,
		Since: now, TouchedAt: now, EndsAt: now.Add(m.admittedFor),
	}, now)
	if err == nil && !done {
		err = ErrRemoved
	}
	return err
}

// Asked notes that somebody admitted takes a token: the admission is extended to
// what a new one would get.
func (m *Meetings) Asked(ctx context.Context, room uuid.UUID, s Standing) error {
	now := m.now()
	if s.Admission == nil || s.row.Seat != "" || s.row.EndsAt.Sub(now) > m.admittedFor/2 {
		return nil
	}
	return m.store.Touch(ctx, room, s.Admission.Identity, now, now.Add(m.admittedFor))
}

// Dismiss ends an admission; without one it does nothing. Whoever is in the
// meeting because of it is put out at the next look.
func (m *Meetings) Dismiss(ctx context.Context, room uuid.UUID, identity string) error {
	_, err := m.store.DropAdmission(ctx, room, identity)
	return err
}

// canHaveStanding reports whether anything can be known about an identity.
// LiveKit accepts more identities than the store, in tokens that are not ours:
// whoever has such a one is a stranger.
func canHaveStanding(identity string) bool {
	return identity != "" && store.Holds(identity, store.MaxIdentity)
}

// stay is how long the admission of somebody in the meeting lasts without being
// extended: longer than a token.
func (m *Meetings) stay() time.Duration { return m.tokenTTL + clockSlack }

// came judges somebody who has joined. Events come in any order: the connection
// of this one may be over already, and its end reported. Acting on it would
// extend an admission by hours, so LiveKit is asked who is there now.
func (m *Meetings) came(ctx context.Context, room uuid.UUID, p livekit.Participant) error {
	if err := m.judge(ctx, room, []livekit.Participant{p}); err != nil {
		return err
	}
	s, err := m.Standing(ctx, room, p.Identity)
	if err != nil || s.Admission == nil || s.row.Seat != p.SID {
		return err
	}
	there, err := m.live.GetParticipant(ctx, room.String(), p.Identity)
	switch {
	case errors.Is(err, livekit.ErrNotFound), err == nil && there.Disconnected:
		now := m.now()
		err = m.store.LeaveSeat(ctx, room, p.Identity, p.SID, now, now.Add(m.grace))
	case err == nil && there.SID != p.SID:
		return m.judge(ctx, room, []livekit.Participant{there})
	}
	if err != nil {
		return fmt.Errorf("look whether who came to room %s is there: %w", room, err)
	}
	return nil
}

// left notes that a participant left the meeting, or could not join, in the
// second beginning at at. Whoever asked after that is not meant; whoever asked,
// came and left within it is.
func (m *Meetings) left(ctx context.Context, room uuid.UUID, who *lkproto.ParticipantInfo, at time.Time) error {
	known := canHaveStanding(who.GetIdentity()) && store.Holds(who.GetSid(), store.MaxIdentity)
	if !known || !livekit.Left(who.GetDisconnectReason()) {
		return nil
	}
	err := m.store.LeaveSeat(ctx, room, who.GetIdentity(), who.GetSid(), at.Add(time.Second), at.Add(m.grace))
	if err != nil {
		return fmt.Errorf("note who left room %s: %w", room, err)
	}
	return nil
}
