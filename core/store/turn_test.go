package store_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
)

// add calls inTurn and, once released, writes one row in a transaction.
func add(ctx context.Context, s *store.Store, begun chan<- struct{}, letGo <-chan struct{}, inTurn func()) error {
	return s.InTx(ctx, func(tx *store.Tx) error {
		close(begun)
		<-letGo
		inTurn()
		_, err := tx.AddEvent(ctx, store.Event{ID: uuid.NewString(), ReceivedAt: time.Now()})
		return err
	})
}

func TestBehind_requests_pass_what_waits_in_the_background(t *testing.T) {
	s := open(t, sqlite(t))
	require.NoError(t, s.Migrate(t.Context()))
	free := make(chan struct{})
	close(free)
	var mu sync.Mutex
	var order []string
	var all sync.WaitGroup
	write := func(ctx context.Context, name string, begun chan<- struct{}, letGo <-chan struct{}) {
		all.Go(func() {
			assert.NoError(t, add(ctx, s, begun, letGo, func() {
				mu.Lock()
				defer mu.Unlock()
				order = append(order, name)
			}))
		})
	}
	behind := store.Behind(t.Context())
	begun, letGo := make(chan struct{}), make(chan struct{})
	write(behind, "the one that writes", begun, letGo)
	<-begun
	const many = 400
	for i := range many {
		write(behind, fmt.Sprintf("in the background %d", i), make(chan struct{}), free)
	}
	require.Eventually(t, func() bool { return s.SQLDB().Stats().WaitCount >= many }, time.Minute, time.Millisecond)
	write(t.Context(), "a request", make(chan struct{}), free)
	require.Never(t, func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(order) > 0
	}, 50*time.Millisecond, 5*time.Millisecond, "it waits for the one that writes")
	close(letGo)
	all.Wait()
	require.Len(t, order, many+2)
	// On a slow machine a few pass before the request is in the line at all. In a single
	// line with the others its place would be random, because a handle keeps no order.
	require.Less(t, slices.Index(order, "a request"), many/10, order)
	require.GreaterOrEqual(t, slices.Index(order, "a request"), 0)
}

func TestBehind_a_wait_that_is_given_up_leaves_the_turn_to_others(t *testing.T) {
	s := open(t, sqlite(t))
	require.NoError(t, s.Migrate(t.Context()))
	begun, letGo := make(chan struct{}), make(chan struct{})
	written := make(chan error)
	go func() { written <- add(store.Behind(t.Context()), s, begun, letGo, func() {}) }()
	<-begun
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	_, err := s.AddEvent(ctx, store.Event{ID: "impatient", ReceivedAt: time.Now()})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	close(letGo)
	require.NoError(t, <-written)
	for _, ctx := range []context.Context{t.Context(), store.Behind(t.Context())} {
		_, err := s.AddEvent(ctx, store.Event{ID: uuid.NewString(), ReceivedAt: time.Now()})
		require.NoError(t, err)
		ended, end := context.WithCancel(ctx)
		err = s.InTx(ended, func(*store.Tx) error { end(); return nil })
		require.ErrorIs(t, err, context.Canceled, "rolled back, and the turn with it")
		_, err = s.UserByID(ctx, uuid.New())
		require.ErrorIs(t, err, store.ErrNotFound)
		_, err = s.CreateUser(ctx, store.User{}) // a statement that returns rows
		require.NoError(t, err)
	}
	_, err = s.EventByID(t.Context(), "impatient")
	require.ErrorIs(t, err, store.ErrNotFound)
}
