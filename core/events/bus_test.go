package events_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"foyer/core/config"
	"foyer/core/events"
	"foyer/core/jobs"
	"foyer/core/moduletest"
	"foyer/core/store"
	"foyer/internal/dev/migrated"
	"foyer/internal/dev/pgdev"
	externalapi "foyer/modules/external-api"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

func TestMain(m *testing.M) {
	if os.Getenv(childEnv) != "" {
		child()
		return
	}
	os.Exit(moduletest.Execute(func() int {
		// The PostgreSQL server lives as long as the tests do.
		goleak.VerifyTestMain(m) // exits
		return 1
	}, externalapi.New, newWitness, newDoorman))
}

// house is the listening modules: it is Listeners and Runner, as the catalog is.
type house struct {
	listens map[string][]string // event -> modules
	mu      sync.Mutex
	got     map[string]int // "module id room body" -> deliveries
	fail    map[string]int // module -> deliveries to refuse first
}

func (h *house) For(event string) []string { return h.listens[event] }

func (h *house) Work(context.Context, string, module.Job) error { return nil }

func (h *house) Deliver(_ context.Context, m string, e module.Event) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.fail[m] > 0 {
		h.fail[m]--
		return fmt.Errorf("module %s is down", m)
	}
	h.got[m+" "+e.ID+" "+e.Room+" "+string(e.Body)]++
	return nil
}

func (h *house) deliveries() map[string]int {
	h.mu.Lock()
	defer h.mu.Unlock()
	m := map[string]int{}
	for k, v := range h.got {
		m[k] = v
	}
	return m
}

// setup returns buses on one database, each a separate replica if the engine allows
// that.
func setup(t *testing.T, db config.Database, h *house, replicas int) []*events.Bus {
	t.Helper()
	return setupWith(t, db, h, h, replicas)
}

// setupWith is setup with jobs that run outside the house.
func setupWith(t *testing.T, db config.Database, h *house, runner jobs.Runner, replicas int) []*events.Bus {
	t.Helper()
	ctx := context.Background()
	h.got = map[string]int{}
	var list []*events.Bus
	for range replicas {
		s, err := store.Open(ctx, db)
		require.NoError(t, err)
		t.Cleanup(s.Close)
		require.NoError(t, s.Migrate(ctx))
		j, err := jobs.New(s, config.Jobs{Workers: 4, MaxAttempts: 5, Timeout: time.Minute}, runner, slog.New(slog.DiscardHandler))
		require.NoError(t, err)
		require.NoError(t, j.Migrate(ctx))
		require.NoError(t, j.Start(ctx))
		t.Cleanup(func() { require.NoError(t, j.Stop(ctx)) })
		list = append(list, events.New(s, j, h))
	}
	return list
}

func onBoth(t *testing.T, test func(t *testing.T, db config.Database, replicas int)) {
	t.Run("sqlite", func(t *testing.T) {
		test(t, config.Database{Dir: migrated.SQLiteT(t), MaxConns: 4, ConnectTimeout: 5 * time.Second}, 1)
	})
	t.Run("postgres", func(t *testing.T) {
		test(t, config.Database{URL: conf.NewSecret(migrated.PostgresT(t)), MaxConns: 10, ConnectTimeout: 5 * time.Second}, 2)
	})
}

// onEmpty is onBoth for databases without any tables.
func onEmpty(t *testing.T, test func(t *testing.T, db config.Database)) {
	t.Run("sqlite", func(t *testing.T) {
		test(t, config.Database{Dir: t.TempDir(), MaxConns: 4, ConnectTimeout: 5 * time.Second})
	})
	t.Run("postgres", func(t *testing.T) {
		test(t, config.Database{URL: conf.NewSecret(pgdev.New(t)), MaxConns: 10, ConnectTimeout: 5 * time.Second})
	})
}

func event(id, name string) module.Event {
	return module.Event{ID: id, Name: name, Room: "r", At: time.Now().UTC(), Body: []byte(`{"id":"` + id + `"}`)}
}

func key(m string, id string) string { return m + " " + id + ` r {"id":"` + id + `"}` }

func TestAccept_delivers_each_event_once_to_each_listener_however_often_it_comes(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database, replicas int) {
		ctx := context.Background()
		h := &house{listens: map[string][]string{"room_started": {"sip", "recording"}, "room_finished": {"sip"}}}
		buses := setup(t, db, h, replicas)
		want := map[string]int{}
		var wg sync.WaitGroup
		for i := range 10 {
			started, finished, other := fmt.Sprintf("EV_s%d", i), fmt.Sprintf("EV_f%d", i), fmt.Sprintf("EV_o%d", i)
			want[key("sip", started)], want[key("recording", started)], want[key("sip", finished)] = 1, 1, 1
			for n := range 6 { // repeats at the same moment, across the replicas
				bus := buses[n%len(buses)]
				for _, e := range []module.Event{event(started, "room_started"), event(finished, "room_finished"), event(other, "track_published")} {
					wg.Go(func() { require.NoError(t, bus.Accept(ctx, e)) })
				}
			}
		}
		wg.Wait()
		require.Eventually(t, func() bool { return len(h.deliveries()) >= len(want) }, 60*time.Second, 10*time.Millisecond)
		for id := range 10 { // later repeats
			require.NoError(t, buses[0].Accept(ctx, event(fmt.Sprintf("EV_s%d", id), "room_started")))
		}
		require.NoError(t, buses[0].Accept(ctx, event("EV_last", "room_finished")))
		want[key("sip", "EV_last")] = 1
		require.Eventually(t, func() bool { return h.deliveries()[key("sip", "EV_last")] == 1 }, 60*time.Second, 10*time.Millisecond)
		require.Equal(t, want, h.deliveries())
	})
}

func TestAccept_takes_events_in_any_order_with_repeats(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database, replicas int) {
		ctx := context.Background()
		names := []string{"room_started", "participant_joined", "participant_left", "room_finished"}
		h := &house{listens: map[string][]string{}}
		for _, n := range names {
			h.listens[n] = []string{"sip"}
		}
		buses := setup(t, db, h, replicas)
		want := map[string]int{}
		for n, order := range permutations([]int{0, 1, 2, 3}) {
			for step, i := range slices.Concat(order, order[:2]) { // the first two come again at the end
				id := fmt.Sprintf("EV_%d_%d", n, i)
				want[key("sip", id)] = 1
				require.NoError(t, buses[step%len(buses)].Accept(ctx, event(id, names[i])))
			}
		}
		require.Eventually(t, func() bool { return len(h.deliveries()) == len(want) }, 60*time.Second, 10*time.Millisecond)
		require.Equal(t, want, h.deliveries())
	})
}

func permutations(of []int) [][]int {
	if len(of) < 2 {
		return [][]int{of}
	}
	var all [][]int
	for i := range of {
		rest := slices.Delete(slices.Clone(of), i, i+1)
		for _, p := range permutations(rest) {
			all = append(all, append([]int{of[i]}, p...))
		}
	}
	return all
}

func TestAccept_delivers_again_to_the_module_that_failed_and_to_no_other(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database, replicas int) {
		h := &house{listens: map[string][]string{"room_started": {"sip", "recording"}}, fail: map[string]int{"sip": 1}}
		buses := setup(t, db, h, replicas)
		require.NoError(t, buses[0].Accept(context.Background(), event("EV_1", "room_started")))
		want := map[string]int{key("sip", "EV_1"): 1, key("recording", "EV_1"): 1}
		require.Eventually(t, func() bool { return len(h.deliveries()) == 2 }, 60*time.Second, 10*time.Millisecond)
		require.Equal(t, want, h.deliveries())
	})
}

func TestAccept_stores_nothing_when_the_delivery_cannot_be_stored(t *testing.T) {
	onEmpty(t, func(t *testing.T, db config.Database) {
		ctx := context.Background()
		s, err := store.Open(ctx, db)
		require.NoError(t, err)
		t.Cleanup(s.Close)
		require.NoError(t, s.Migrate(ctx))
		h := &house{listens: map[string][]string{"room_started": {"sip"}}}
		j, err := jobs.New(s, config.Jobs{Workers: 4, MaxAttempts: 5, Timeout: time.Minute}, h, slog.New(slog.DiscardHandler))
		require.NoError(t, err) // no tables have been created
		require.Error(t, events.New(s, j, h).Accept(ctx, event("EV_1", "room_started")))
		_, err = s.EventByID(ctx, "EV_1")
		require.ErrorIs(t, err, store.ErrNotFound)
	})
}
