package meetings_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/guests"
	"foyer/core/meetings"
	"foyer/core/store"
	"foyer/internal/dev/migrated"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// world is meetings on a real store, with a media server and a queue that record what
// they are asked.
type world struct {
	*testing.T
	*meetings.Meetings
	st      *store.Store
	mu      sync.Mutex
	known   *guests.Guests
	removed []string
	ended   []string
	live    []livekit.Room
	down    error // error of the media server
	jobs    []job
	stuck   error // error of a database that accepts no jobs
	told    []module.Event

	here      map[string]livekit.Participant   // by identity, as reported by events
	over      map[string]bool                  // ended connections, by identity and id
	people    map[string][]livekit.Participant // by room, as the media server lists them
	silent    map[string]bool                  // rooms and identities that no server has any more
	mute      error                            // error of a media server that lists rooms, but answers nothing else
	reclaimed []string                         // rooms
	full      error                            // error of a media server that accepts no room
}

type job struct {
	kind string
	args []byte
	o    module.JobOptions
}

func (w *world) RemoveParticipant(_ context.Context, room, identity string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.removed = append(w.removed, room+" "+identity)
	return w.down
}

func (w *world) DeleteRoom(_ context.Context, room string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = append(w.ended, room)
	return w.down
}

func (w *world) ListRooms(context.Context, ...string) ([]livekit.Room, error) { return w.live, w.down }

func (w *world) Hosted(_ context.Context, room string) (bool, error) {
	return w.mute == nil && !w.silent[room], w.mute
}

func (w *world) ListParticipants(_ context.Context, room string) ([]livekit.Participant, error) {
	return w.people[room], w.mute
}

func (w *world) GetParticipant(_ context.Context, _, identity string) (livekit.Participant, error) {
	if p, there := w.here[identity]; there {
		return p, w.mute
	}
	return livekit.Participant{}, &livekit.Error{Code: "not_found", Err: errors.New("gone")}
}

func (w *world) AskParticipant(_ context.Context, _, identity string) (livekit.Participant, error) {
	if w.silent[identity] {
		return livekit.Participant{}, livekit.ErrNoHost
	}
	return livekit.Participant{Identity: identity}, w.mute
}

func (w *world) Reclaim(_ context.Context, room string) error {
	w.reclaimed = append(w.reclaimed, room)
	return w.full
}

func (w *world) Accept(ctx context.Context, e module.Event) error {
	added, err := w.st.AddEvent(ctx, store.Event{ID: e.ID, Name: e.Name, Room: e.Room, ReceivedAt: e.At, Body: e.Body})
	if err != nil || !added {
		return err
	}
	w.told = append(w.told, e)
	return w.Listen(ctx, e)
}

func (w *world) Enqueue(ctx context.Context, name, kind string, args any, o module.JobOptions) error {
	return w.EnqueueTx(ctx, nil, name, kind, args, o)
}

func (w *world) EnqueueTx(_ context.Context, _ *store.Tx, name, kind string, args any, o module.JobOptions) error {
	require.Equal(w, meetings.Name, name)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.stuck != nil {
		return w.stuck
	}
	b, err := json.Marshal(args)
	w.jobs = append(w.jobs, job{kind, b, o})
	return err
}

// onBoth runs a test on both engines.
func onBoth(t *testing.T, test func(w *world)) {
	for name, db := range map[string]func(*testing.T) config.Database{
		"sqlite":   func(t *testing.T) config.Database { return config.Database{Dir: migrated.SQLiteT(t)} },
		"postgres": func(t *testing.T) config.Database { return config.Database{URL: conf.NewSecret(migrated.PostgresT(t))} },
	} {
		t.Run(name, func(t *testing.T) {
			cfg := db(t)
			cfg.MaxConns, cfg.ConnectTimeout = 4, 10*time.Second
			st, err := store.Open(t.Context(), cfg)
			require.NoError(t, err)
			t.Cleanup(st.Close)
			require.NoError(t, st.Migrate(t.Context()))
			w := &world{T: t, st: st, people: map[string][]livekit.Participant{}, here: map[string]livekit.Participant{}, over: map[string]bool{}}
			w.known, err = guests.New(conf.NewSecret("key"))
			require.NoError(t, err)
			w.open(func(*meetings.Options) {})
			test(w)
		})
	}
}

// open restarts the meetings.
func (w *world) open(change func(*meetings.Options)) {
	o := meetings.Options{
		Store: w.st, Jobs: w, Live: w, Events: w, Guests: w.known, TokenTTL: time.Hour, RemovedFor: time.Minute,
		AdmittedFor: time.Hour, Grace: time.Minute, WatchEvery: time.Minute, Log: slog.New(slog.DiscardHandler),
	}
	change(&o)
	w.Meetings = meetings.New(o)
}

var room = uuid.MustParse("d5d6b5f0-0000-4000-8000-000000000001")

// finished delivers a room_finished event: with the time LiveKit gives, and when it
// arrived.
func (w *world) finished(said, came time.Time) {
	w.Helper()
	w.finishedOf("", said, came)
}

// finishedOf is finished for the meeting with that SID.
func (w *world) finishedOf(sid string, said, came time.Time) {
	w.Helper()
	body := fmt.Sprintf(`{"event":"room_finished","room":{"name":"%s","sid":"%s"},"createdAt":"%d"}`, room, sid, said.Unix())
	require.NoError(w, w.Listen(w.Context(), module.Event{ID: "EV", Name: "room_finished", Room: room.String(), At: came, Body: []byte(body)}))
}

// counts reports whether a token issued at that time still counts.
func (w *world) counts(issued time.Time) bool {
	w.Helper()
	err := w.Check(w.Context(), livekit.Claims{Identity: "ada", Room: room.String(), IssuedAt: issued.Truncate(time.Second)})
	if err != nil {
		require.ErrorIs(w, err, livekit.ErrEnded)
	}
	return err == nil
}

func TestTokens_count_from_the_end_of_the_last_meeting_on(t *testing.T) {
	onBoth(t, func(w *world) {
		now := time.Now().Truncate(time.Second)
		at := func(minutes int) time.Time { return now.Add(time.Duration(minutes) * time.Minute) }
		require.True(w, w.counts(at(-30)), "there was no meeting before")

		w.finished(at(-20), at(-20))
		require.False(w, w.counts(at(-21)))
		require.False(w, w.counts(at(-20).Add(-time.Second)))
		require.True(w, w.counts(at(-20)), "in the second of the end: tokens carry whole seconds")
		require.True(w, w.counts(at(-19)), "somebody may wait before they join")

		w.finished(at(-20), at(-20)) // delivered again
		require.True(w, w.counts(at(-19)))
		w.finished(at(-10), at(-10))
		require.False(w, w.counts(at(-11)))
		w.finished(at(-20), at(-5)) // delivered late, after the end of the next meeting
		require.False(w, w.counts(at(-11)))
		require.True(w, w.counts(at(-9)))

		w.finished(at(-4), at(-1))
		require.True(w, w.counts(at(-3)), "the webhook was late, not the meeting long")
		w.finished(at(30), at(0))
		require.True(w, w.counts(at(0)), "LiveKit's clock is ahead of ours")
		require.False(w, w.counts(at(-2)))
		require.False(w, w.counts(time.Time{}), "a token that does not say when it was issued")
	})
}

func TestEnds_are_remembered_as_long_as_there_can_be_tokens(t *testing.T) {
	onBoth(t, func(w *world) {
		now := time.Now()
		w.finished(now.Add(-time.Hour), now.Add(-time.Hour))
		require.False(w, w.counts(now.Add(-61*time.Minute)), "a token lasts an hour, and clocks differ by a minute")
		_, err := w.st.DeleteExpiredKV(w.Context(), now.Add(2*time.Minute), 1000)
		require.NoError(w, err)
		require.True(w, w.counts(now.Add(-61*time.Minute)), "it has expired by now")
	})
}

func TestEnds_of_replicas_that_differ_end_with_the_latest(t *testing.T) {
	onBoth(t, func(w *world) {
		now := time.Now().Truncate(time.Second)
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() { w.finished(now.Add(-time.Duration(i)*time.Minute), now) })
		}
		all.Wait()
		require.False(w, w.counts(now.Add(-time.Second)))
		require.True(w, w.counts(now))
	})
}

func TestEnds_of_rooms_that_nobody_registered_are_not_kept(t *testing.T) {
	onBoth(t, func(w *world) {
		e := module.Event{Name: "room_finished", Room: "weekly-call", At: time.Now(), Body: []byte(`{}`)}
		require.NoError(w, w.Listen(w.Context(), e))
		require.NoError(w, w.Check(w.Context(), livekit.Claims{Identity: "ada", Room: "weekly-call"}))
		e.Body = []byte("junk")
		require.Error(w, w.Listen(w.Context(), e))
	})
}
