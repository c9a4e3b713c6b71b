package jobs

import (
	"context"
	"sync"
	"time"
)

// servingRetry is when a change that the database did not accept is retried.
const servingRetry = 2 * time.Second

// While makes the jobs of modules and topics with a queue of their own run only
// while f says so. Otherwise they stay where they are, unseen: they lose no
// attempt and log nothing. f must not block; Refresh has it asked again.
func While(f func(moduleName string) bool) Option {
	return func(c *Client) { c.serving.wanted = f }
}

// Refresh starts on the queues that f now allows, and leaves those it does not,
// once their running jobs have ended. It does not wait.
func (c *Client) Refresh() { c.serving.refresh() }

// serving knows which separate queues this process works on. Only one goroutine
// per queue changes that at a time: leaving one takes as long as its jobs do.
type serving struct {
	client *Client
	wanted func(moduleName string) bool // nil = always

	mu       sync.Mutex
	on, busy map[string]bool // by module
	running  context.Context // nil before start and after the end
	stop     context.CancelFunc
	changes  sync.WaitGroup
}

func (s *serving) begin(c *Client) {
	s.mu.Lock()
	s.client, s.on, s.busy = c, map[string]bool{}, map[string]bool{}
	s.running, s.stop = context.WithCancel(context.Background())
	s.mu.Unlock()
	s.refresh()
}

func (s *serving) end() {
	s.mu.Lock()
	s.stop()
	s.running = nil
	s.mu.Unlock()
	s.changes.Wait()
}

func (s *serving) refresh() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == nil {
		return
	}
	for name := range s.client.queues {
		if s.busy[name] {
			continue // it looks again when it is done
		}
		s.busy[name] = true
		ctx := s.running
		s.changes.Go(func() { s.follow(ctx, name) })
	}
}

// follow changes one queue until it is as wanted.
func (s *serving) follow(ctx context.Context, name string) {
	queue, workers := s.client.queueOf(name), s.client.queues[name]
	for {
		on, differs := s.compare(ctx, name)
		if !differs {
			return
		}
		var err error
		if on {
			err = s.client.queue.leave(ctx, queue)
		} else {
			err = s.client.queue.join(ctx, queue, workers)
		}
		switch {
		case err == nil:
			s.note(name, !on)
		case ctx.Err() == nil:
			s.client.quiet.WarnContext(ctx, "jobs of a module are not as its switch says: tried again", "module", name, "worked_on", on, "error", err)
			select {
			case <-ctx.Done():
			case <-time.After(servingRetry):
			}
		}
	}
}

// compare returns whether the queue is being worked on, and whether that must
// change. If not, the goroutine is done.
func (s *serving) compare(ctx context.Context, name string) (on, differs bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	on = s.on[name]
	differs = ctx.Err() == nil && (s.wanted == nil || s.wanted(name)) != on
	s.busy[name] = differs
	return on, differs
}

func (s *serving) note(name string, on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.on[name] = on
}
