package secrets

import (
	"context"
	"runtime"
	"sync"
	"time"
)

// turns limits the checks that run at once; the rest of the machine is for others. Each
// network has one at a time, so that a flood from one place takes a single turn,
// whatever client ids it makes up. Networks that have not yet sent a correct secret
// leave one place free for the others. Callers are told apart by address, not by client
// id: a place reserved for known ids would reveal which ids are known.
type turns struct {
	all       chan struct{}
	strangers chan struct{}

	mu       sync.Mutex
	networks map[string]*network
}

// network is the turn of one network, kept while anybody waits for it or holds it.
type network struct {
	turn  chan struct{}
	users int
}

func newTurns() *turns {
	n := max(2, runtime.GOMAXPROCS(0)/2)
	return &turns{
		all: make(chan struct{}, n), strangers: make(chan struct{}, n-1), networks: map[string]*network{},
	}
}

// enter waits for a turn, at most slotTime. leave gives it back.
func (t *turns) enter(ctx context.Context, from string, known bool) (leave func(), err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, slotTime, ErrBusy)
	defer cancel()
	own := t.join(from)
	wanted := []chan struct{}{own.turn}
	if !known {
		wanted = append(wanted, t.strangers)
	}
	wanted = append(wanted, t.all)
	var held []chan struct{}
	leave = func() {
		for _, c := range held {
			<-c
		}
		t.part(from, own)
	}
	for _, c := range wanted {
		select {
		case c <- struct{}{}:
			held = append(held, c)
		case <-ctx.Done():
			leave()
			return nil, context.Cause(ctx)
		}
	}
	return leave, nil
}

func (t *turns) join(from string) *network {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.networks[from]
	if n == nil {
		n = &network{turn: make(chan struct{}, 1)}
		t.networks[from] = n
	}
	n.users++
	return n
}

func (t *turns) part(from string, n *network) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n.users--; n.users == 0 {
		delete(t.networks, from)
	}
}

// slotTime is how long a check waits for its turn.
const slotTime = 5 * time.Second
