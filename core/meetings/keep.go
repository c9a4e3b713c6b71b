package meetings

import (
	"context"
	"time"
)

const (
	// keepFirst and keepLast are the first and longest pauses before another
	// attempt to store the next look; each is twice the one before.
	keepFirst = 500 * time.Millisecond
	keepLast  = 30 * time.Second
	// keepTime bounds one attempt.
	keepTime = 10 * time.Second
)

// Keep makes sure that a next look is stored, until ctx ends. Each look stores
// its successor, but one that is cut short before that by a dying process or a
// read-only database would be the last: nothing else would start again.
func (m *Meetings) Keep(ctx context.Context) {
	if m.every <= 0 {
		return
	}
	pause := keepFirst
	for failed := false; ; {
		err := m.arm(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failed:
			m.log.WarnContext(ctx, "ends of meetings that no webhook tells of are not looked for", "error", err)
		case err == nil && failed:
			m.log.InfoContext(ctx, "ends of meetings that no webhook tells of are looked for again")
		}
		wait := m.every
		if failed = err != nil; failed {
			wait, pause = pause, min(2*pause, keepLast)
		} else {
			pause = keepFirst
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return
		}
	}
}

func (m *Meetings) arm(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, keepTime)
	defer cancel()
	return m.scheduleWatch(ctx)
}
