package events_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/events"
	"foyer/core/jobs"
	"foyer/core/store"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// childEnv names the database for a test binary that runs itself again.
const childEnv = "FOYER_EVENTS_TEST_CHILD"

type childDatabase struct{ URL, Dir string }

func (d childDatabase) config() config.Database {
	return config.Database{URL: conf.NewSecret(d.URL), Dir: d.Dir, MaxConns: 6, ConnectTimeout: 10 * time.Second}
}

// core listens to all of the core's events.
var core = map[string][]string{
	module.EventRoomCreated: {"sip"}, module.EventRoomChanged: {"sip"}, module.EventRoomDeleted: {"sip"}, module.EventUserCreated: {"sip"},
}

// child changes things until it is killed. A room's name is how often it was changed.
func child() {
	var db childDatabase
	must(json.Unmarshal([]byte(os.Getenv(childEnv)), &db))
	ctx := context.Background()
	s, err := store.Open(ctx, db.config())
	must(err)
	h := &house{listens: core, got: map[string]int{}}
	j, err := jobs.New(s, config.Jobs{Workers: 2, MaxAttempts: 5, Timeout: time.Minute}, h, slog.New(slog.DiscardHandler))
	must(err)
	s.Tell(events.New(s, j, h))
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for {
				sub := uuid.NewString()
				u, err := s.CreateUser(ctx, store.User{Sub: &sub, IsActive: true})
				must(err)
				r, err := s.CreateRoom(ctx, store.Room{Name: "0", Slug: sub, AccessLevel: store.Public}, u.ID)
				must(err)
				for n := range 3 {
					_, _, err = s.ChangeRoom(ctx, r.ID, nil, func(r *store.Room) error { r.Name = strconv.Itoa(n + 1); return nil })
					must(err)
				}
				if r.ID[0]%2 == 0 {
					must(s.DeleteRoom(ctx, r.ID))
				}
				_, _ = os.Stdout.WriteString("changed\n")
			}
		})
	}
	wg.Wait()
}

func must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}

// killed runs a child and kills it after some rounds.
func killed(t *testing.T, db childDatabase, rounds int) {
	raw, err := json.Marshal(db)
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env, cmd.Stderr = append(os.Environ(), childEnv+"="+string(raw)), os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	lines := bufio.NewScanner(out)
	for range rounds {
		require.True(t, lines.Scan(), "the child ended by itself")
	}
	require.NoError(t, cmd.Process.Kill())
	for lines.Scan() { //nolint:revive // until it is gone
	}
	_ = cmd.Wait() // it was killed
}

// facts is what the database contains.
type facts struct {
	users, rooms map[string]bool
	changes      map[string]int // of existing rooms
}

func factsOf(t *testing.T, s *store.Store) (f facts) {
	f = facts{map[string]bool{}, map[string]bool{}, map[string]int{}}
	users, _, err := s.Users(t.Context(), "", 100_000, 0)
	require.NoError(t, err)
	for _, u := range users {
		f.users[u.ID.String()] = true
		rooms, _, err := s.RoomsOf(t.Context(), u.ID, 10, 0)
		require.NoError(t, err)
		for _, r := range rooms {
			n, err := strconv.Atoi(r.Name)
			require.NoError(t, err)
			f.rooms[r.ID.String()] = true
			if n > 0 {
				f.changes[r.ID.String()] = n
			}
		}
	}
	return f
}

func TestTell_is_stored_if_and_only_if_the_change_is_whatever_moment_the_program_is_killed_at(t *testing.T) {
	onBoth(t, func(t *testing.T, cfg config.Database, _ int) {
		db := childDatabase{URL: cfg.URL.Reveal(), Dir: cfg.Dir}
		ctx := context.Background()
		s, err := store.Open(ctx, db.config())
		require.NoError(t, err)
		t.Cleanup(s.Close)
		require.NoError(t, s.Migrate(ctx))
		h := &house{listens: core, got: map[string]int{}}
		j, err := jobs.New(s, config.Jobs{Workers: 4, MaxAttempts: 5, Timeout: time.Minute}, h, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		require.NoError(t, j.Migrate(ctx))
		for round := range 4 {
			killed(t, db, 3+2*round)
		}

		f := factsOf(t, s)
		list, err := s.EventsSince(ctx, time.Now().Add(-time.Hour), module.EventRoomCreated, module.EventRoomChanged, module.EventRoomDeleted, module.EventUserCreated)
		require.NoError(t, err)
		told, deleted, want := facts{map[string]bool{}, map[string]bool{}, map[string]int{}}, 0, map[string]bool{}
		for _, e := range list {
			want["sip "+e.ID+" "+e.Room+" "+string(e.Body)] = true
			switch e.Name {
			case module.EventUserCreated:
				var b module.UserCreated
				require.NoError(t, json.Unmarshal(e.Body, &b))
				require.False(t, told.users[b.User.String()], "told twice")
				told.users[b.User.String()] = true
			case module.EventRoomCreated:
				require.False(t, told.rooms[e.Room], "told twice")
				told.rooms[e.Room] = true
			case module.EventRoomChanged:
				told.changes[e.Room]++
			}
		}
		for _, e := range list {
			if e.Name == module.EventRoomDeleted {
				require.True(t, told.rooms[e.Room], "told twice, or of nothing")
				delete(told.rooms, e.Room)
				delete(told.changes, e.Room)
				deleted++
			}
		}
		require.Equal(t, f, told)
		require.NotEmpty(t, f.rooms)
		require.NotZero(t, deleted)

		require.NoError(t, j.Start(ctx))
		t.Cleanup(func() { require.NoError(t, j.Stop(ctx)) })
		require.Eventually(t, func() bool { return len(h.deliveries()) == len(want) }, 60*time.Second, 20*time.Millisecond)
		for key := range h.deliveries() {
			require.True(t, want[key], "an event that is not stored, or another than is")
		}
	})
}

func TestRelay_passes_on_what_a_program_without_modules_accepted(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database, replicas int) {
		ctx := context.Background()
		h := &relaying{house: &house{listens: map[string][]string{module.EventApplicationChanged: {"sip", "console"}}, fail: map[string]int{"sip": 1}}}
		buses := setupWith(t, db, h.house, h, replicas)
		relay := buses[0].Relay()
		h.relay = &relay

		s, err := store.Open(ctx, db)
		require.NoError(t, err)
		t.Cleanup(s.Close)
		j, err := jobs.New(s, config.Jobs{Workers: 4, MaxAttempts: 5, Timeout: time.Minute}, nil, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		s.Tell(events.New(s, j, events.Outside{}))
		app, err := s.CreateApplication(ctx, store.Application{Name: "a", ClientID: "a", Secrets: []store.ApplicationSecret{{Hash: "!"}}})
		require.NoError(t, err)
		sub := "nobody listens to this"
		_, err = s.CreateUser(ctx, store.User{Sub: &sub, IsActive: true})
		require.NoError(t, err)

		list, err := s.EventsSince(ctx, time.Now().Add(-time.Hour), module.EventApplicationChanged)
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.Contains(t, string(list[0].Body), app.ID.String())
		end := " " + list[0].ID + "  " + string(list[0].Body)
		want := map[string]int{"sip" + end: 1, "console" + end: 1}
		require.Eventually(t, func() bool { return len(h.deliveries()) >= len(want) }, 60*time.Second, 10*time.Millisecond)
		require.Equal(t, want, h.deliveries())
	})
}

// relaying is a house that includes the relay, as the dispatcher does.
type relaying struct {
	*house
	relay *events.Relay
}

func (r *relaying) Deliver(ctx context.Context, name string, e module.Event) error {
	if name == events.RelayTopic {
		return r.relay.Listen(ctx, e)
	}
	return r.house.Deliver(ctx, name, e)
}
