package events_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
)

// Events that come at once are stored together, but each is answered for itself: one
// that cannot be stored takes no other with it.
func TestAccept_answers_each_of_many_that_come_at_once(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database, replicas int) {
		ctx := context.Background()
		h := &house{listens: map[string][]string{"room_started": {"sip", "recording"}}}
		buses := setup(t, db, h, replicas)
		s, err := store.Open(ctx, db)
		require.NoError(t, err)
		t.Cleanup(s.Close)
		const n = 50
		want := map[string]int{}
		var wg sync.WaitGroup
		for i := range 4 * n {
			e := event(fmt.Sprintf("EV_%d", i%n), []string{"room_started", "track_published"}[i%2])
			bad := i%n == 8
			switch {
			case bad:
				e.Room = "no\x00room"
			case i%2 == 0:
				want[key("sip", e.ID)], want[key("recording", e.ID)] = 1, 1
			}
			wg.Go(func() {
				err := buses[i%len(buses)].Accept(ctx, e)
				if bad {
					require.Error(t, err)
					return
				}
				require.NoError(t, err)
				_, err = s.EventByID(ctx, e.ID)
				require.NoError(t, err, "what is answered is stored")
			})
		}
		wg.Wait()
		require.Eventually(t, func() bool { return len(h.deliveries()) == len(want) }, 60*time.Second, 10*time.Millisecond)
		require.Equal(t, want, h.deliveries())
	})
}

// Who leaves does not keep others waiting, and what they brought is stored.
func TestAccept_stores_what_somebody_brought_who_leaves(t *testing.T) {
	onBoth(t, func(t *testing.T, db config.Database, replicas int) {
		h := &house{listens: map[string][]string{"room_started": {"sip"}}}
		buses := setup(t, db, h, replicas)
		gone, leave := context.WithCancel(context.Background())
		leave()
		want := map[string]int{}
		var wg sync.WaitGroup
		for i := range 40 {
			ctx, e := context.Background(), event(fmt.Sprintf("EV_%d", i), "room_started")
			if i%2 == 0 {
				ctx = gone
			}
			want[key("sip", e.ID)] = 1
			wg.Go(func() {
				if err := buses[0].Accept(ctx, e); i%2 == 1 {
					require.NoError(t, err)
				}
			})
		}
		wg.Wait()
		require.Eventually(t, func() bool { return len(h.deliveries()) == len(want) }, 60*time.Second, 10*time.Millisecond)
		require.Equal(t, want, h.deliveries())
	})
}
