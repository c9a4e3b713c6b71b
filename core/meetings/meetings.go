package meetings

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"foyer/core/livekit"
	"foyer/core/module"
	"foyer/core/store"
)

// Name is the topic's; it is stored with every job.
const Name = "core.meetings"

// space is the namespace of what is remembered.
const space = "meeting-tokens"

// Live are the meetings under way; *livekit.Client knows them.
type Live interface {
	RemoveParticipant(ctx context.Context, room, identity string) error
	ListRooms(ctx context.Context, names ...string) ([]livekit.Room, error)
	ListParticipants(ctx context.Context, room string) ([]livekit.Participant, error)
	// Hosted tells whether a server has a room that is listed, AskParticipant is
	// livekit.ErrNoHost when none has a participant who is.
	Hosted(ctx context.Context, room string) (bool, error)
	AskParticipant(ctx context.Context, room, identity string) (livekit.Participant, error)
	// Reclaim has LiveKit close a room whose server has died.
	Reclaim(ctx context.Context, room string) error
}

// Jobs stores jobs; *jobs.Client does.
type Jobs interface {
	Enqueue(ctx context.Context, moduleName, kind string, args any, o module.JobOptions) error
	EnqueueTx(ctx context.Context, tx *store.Tx, moduleName, kind string, args any, o module.JobOptions) error
}

// Events takes what happened; *events.Bus does.
type Events interface {
	Accept(ctx context.Context, e module.Event) error
}

// Options are what New needs.
type Options struct {
	Store  *store.Store
	Jobs   Jobs
	Live   Live
	Events Events
	// TokenTTL is how long a token lasts: so long is an end remembered.
	TokenTTL time.Duration
	// RemovedFor is how long somebody who was removed gets no token; 0 = not at
	// all.
	RemovedFor time.Duration
	// WatchEvery is how often the media server is asked which meetings are live;
	// 0 = never.
	WatchEvery time.Duration
	Log        *slog.Logger
}

// Meetings remembers ends and removals.
type Meetings struct {
	store      *store.Store
	jobs       Jobs
	live       Live
	events     Events
	tokenTTL   time.Duration
	removedFor time.Duration
	every      time.Duration
	log        *slog.Logger
	now        func() time.Time
}

// New makes the topic.
func New(o Options) *Meetings {
	return &Meetings{
		store: o.Store, jobs: o.Jobs, live: o.Live, events: o.Events, tokenTTL: o.TokenTTL, removedFor: o.RemovedFor,
		every: o.WatchEvery, log: o.Log, now: time.Now,
	}
}

// Name is dispatch.Topic.
func (m *Meetings) Name() string { return Name }

// Events is module.Listener.
func (m *Meetings) Events() []string { return []string{"room_finished", "participant_joined"} }

// Listen is module.Listener.
func (m *Meetings) Listen(ctx context.Context, e module.Event) error {
	event, err := livekit.ParseEvent(e.Body)
	if err != nil {
		return err
	}
	switch e.Name {
	case "room_finished":
		return m.ended(ctx, e.Room, endOf(event, e.At))
	case "participant_joined":
		_, err = m.expel(ctx, e.Room, event.GetParticipant().GetIdentity())
		return err
	}
	return nil
}

// Work is module.Worker.
func (m *Meetings) Work(ctx context.Context, j module.Job) error {
	switch j.Kind {
	case expelKind:
		return m.expelAgain(ctx, j.Args)
	case watchKind:
		return m.watch(ctx)
	}
	return fmt.Errorf("job %s: %w", j.Kind, module.ErrGiveUp)
}

// Check tells whether a genuine token still counts: nil, livekit.ErrEnded,
// livekit.ErrRemoved, or a failure to find out.
func (m *Meetings) Check(ctx context.Context, t livekit.Claims) error {
	end, removal := endKey(t.Room), removalKey(t.Room, t.Identity)
	values, err := m.store.KVGetMany(ctx, space, m.now(), end, removal)
	if err != nil {
		return fmt.Errorf("check a token of room %s: %w", t.Room, err)
	}
	if at, ok := values[end]; ok && t.IssuedAt.Before(readTime(at)) {
		return livekit.ErrEnded
	}
	if _, ok := values[removal]; ok {
		return livekit.ErrRemoved
	}
	return nil
}
