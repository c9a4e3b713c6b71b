package memory

import (
	"context"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"foyer/sdk/module"
)

func (x recordings) Untold(_ context.Context, id uuid.UUID) (open []string, err error) {
	x.gateway.mu.Lock()
	defer x.gateway.mu.Unlock()
	if r := x.gateway.recordings[id]; r != nil {
		for notice, closed := range r.notices {
			if !closed {
				open = append(open, notice)
			}
		}
	}
	slices.Sort(open)
	return open, nil
}

func (x recordings) Told(_ context.Context, id uuid.UUID, notice, process string) (now module.Recording, err error) {
	if err := checkText(notice, process); err != nil {
		return now, fmt.Errorf("note that %q was told of recording %s: %w", notice, id, err)
	}
	g := x.gateway
	g.mu.Lock()
	defer g.mu.Unlock()
	r, err := g.recording(id)
	if err != nil {
		return now, err
	}
	if process != "" {
		if other := g.processed(process); other != nil && other != r {
			return now, fmt.Errorf("accept process %s of recording %s: %w", process, id, module.ErrConflict)
		}
		r.Process = process
		if outcome := g.processes[process]; outcome != "" {
			r.reach(outcome)
		}
	}
	r.notices[notice] = true
	for _, closed := range r.notices {
		if !closed {
			return g.shown(r), nil
		}
	}
	r.reach(module.RecordingNotified)
	return g.shown(r), nil
}

// reach moves the recording to the status if a transition leads there.
func (r *recording) reach(status string) {
	if m := (module.RecordingMove{To: status}); r.mayMove(m) {
		r.move(m, r.Options)
	}
}

// processed is the recording that the external service knows by that job, nil if
// there is none; the lock is held.
func (g *Gateway) processed(process string) *recording {
	for _, r := range g.recordings {
		if r.Process == process {
			return r
		}
	}
	return nil
}

func (x recordings) Report(_ context.Context, process string, ok bool) (bool, error) {
	if err := checkText(process); err != nil {
		return false, fmt.Errorf("report process: %w", err)
	}
	outcome := module.RecordingNotProcessed
	if ok {
		outcome = module.RecordingProcessed
	}
	x.gateway.mu.Lock()
	defer x.gateway.mu.Unlock()
	x.gateway.processes[process] = outcome
	r := x.gateway.processed(process)
	if r == nil || process == "" {
		return false, nil
	}
	r.reach(outcome)
	return true, nil
}
