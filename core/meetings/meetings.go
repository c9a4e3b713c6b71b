package meetings

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/body"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// Name is the topic's name; it is stored with every job.
const Name = "core.meetings"

// space is the namespace for everything this package remembers.
const space = "meeting-tokens"

// Live are the meetings under way; *livekit.Client knows them.
type Live interface {
	RemoveParticipant(ctx context.Context, room, identity string) error
	ListRooms(ctx context.Context, names ...string) ([]livekit.Room, error)
	ListParticipants(ctx context.Context, room string) ([]livekit.Participant, error)
	GetParticipant(ctx context.Context, room, identity string) (livekit.Participant, error)
	// Hosted reports whether a server has a listed room; AskParticipant returns
	// livekit.ErrNoHost if none has a listed participant.
	Hosted(ctx context.Context, room string) (bool, error)
	AskParticipant(ctx context.Context, room, identity string) (livekit.Participant, error)
	// Reclaim has LiveKit close a room whose server has died.
	Reclaim(ctx context.Context, room string) error
	DeleteRoom(ctx context.Context, room string) error
}

// Guests recognises the ids of guests; *guests.Guests does.
type Guests interface {
	GaveOut(identity string) bool
}

// Jobs stores jobs; *jobs.Client does.
type Jobs interface {
	Enqueue(ctx context.Context, moduleName, kind string, args any, o module.JobOptions) error
	EnqueueTx(ctx context.Context, tx *store.Tx, moduleName, kind string, args any, o module.JobOptions) error
}

// Events accepts what happened; *events.Bus does.
type Events interface {
	Accept(ctx context.Context, e module.Event) error
}

// Options are what New needs.
type Options struct {
	Store  *store.Store
	Jobs   Jobs
	Live   Live
	Events Events
	Guests Guests
	// TokenTTL is how long a token lasts, and so how long an end is remembered.
	TokenTTL time.Duration
	// RemovedFor is how long somebody who was removed gets no token; 0 = not at
	// all.
	RemovedFor time.Duration
	// AdmittedFor is how long somebody who was let in has to join.
	AdmittedFor time.Duration
	// Grace is how long somebody who left a meeting has to come back.
	Grace time.Duration
	// WatchEvery is how often the media server is asked which meetings are live
	// and who is in them; 0 = never.
	WatchEvery time.Duration
	Log        *slog.Logger
}

// Meetings remembers ends, admissions and removals.
type Meetings struct {
	store       *store.Store
	jobs        Jobs
	live        Live
	events      Events
	guests      Guests
	tokenTTL    time.Duration
	removedFor  time.Duration
	admittedFor time.Duration
	grace       time.Duration
	every       time.Duration
	log         *slog.Logger
	now         func() time.Time
}

// New returns the topic.
func New(o Options) *Meetings {
	return &Meetings{
		store: o.Store, jobs: o.Jobs, live: o.Live, events: o.Events, guests: o.Guests, tokenTTL: o.TokenTTL,
		removedFor: o.RemovedFor, admittedFor: o.AdmittedFor, grace: o.Grace, every: o.WatchEvery, log: o.Log, now: time.Now,
	}
}

func (m *Meetings) Name() string { return Name }

func (m *Meetings) Events() []string {
	return []string{"room_started", "room_finished", "participant_joined", "participant_left", "participant_connection_aborted"}
}

func (m *Meetings) Listen(ctx context.Context, e module.Event) error {
	event, err := livekit.ParseEvent(e.Body)
	if err != nil {
		return err
	}
	room, registered := body.ParseUUID(e.Room)
	if !registered {
		return nil // it has no rules to break
	}
	switch e.Name {
	case "room_started": // of a deleted room, by somebody with an old token: no media may get through
		return errors.Join(m.began(ctx, event, e.At), m.endIfGone(ctx, room))
	case "room_finished":
		if err := m.finished(ctx, e, event); err != nil {
			return err
		}
		return m.judgePresent(ctx, room) // of the next meeting, those who came in because the last one had let them in
	case "participant_joined":
		return m.came(ctx, room, livekit.ParticipantOf(event.GetParticipant()))
	case "participant_left", "participant_connection_aborted":
		return m.left(ctx, room, event.GetParticipant(), endOf(event, e.At).Truncate(time.Second))
	}
	return nil
}

func (m *Meetings) Work(ctx context.Context, j module.Job) error {
	switch j.Kind {
	case expelKind:
		return m.expelAgain(ctx, j.Args)
	case watchKind:
		return m.watch(ctx)
	case endKind:
		return roomJob(j.Args, func(room uuid.UUID) error { return m.end(ctx, room) })
	case admitKind:
		return roomJob(j.Args, func(room uuid.UUID) error { return m.judgePresent(ctx, room) })
	}
	return fmt.Errorf("job %s: %w", j.Kind, module.ErrGiveUp)
}

// Check reports whether a genuine token still counts: nil, livekit.ErrEnded,
// livekit.ErrRemoved, or a failure to find out.
func (m *Meetings) Check(ctx context.Context, t livekit.Claims) error {
	room, registered := body.ParseUUID(t.Room)
	if !registered {
		return nil
	}
	end, err := m.store.KVGet(ctx, space, endKey(t.Room), m.now())
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return fmt.Errorf("check a token of room %s: %w", t.Room, err)
	}
	if err == nil && t.IssuedAt.Before(readTime(end)) {
		return livekit.ErrEnded
	}
	s, err := m.Standing(ctx, room, t.Identity)
	if err != nil {
		return fmt.Errorf("check a token of room %s: %w", t.Room, err)
	}
	if s.Removed {
		return livekit.ErrRemoved
	}
	return nil
}
