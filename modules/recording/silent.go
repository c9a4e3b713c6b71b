package recording

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

const (
	// silentAtOnce is how many workers are asked at a time.
	silentAtOnce = 16
	// silentTime is how long a worker has to answer. LiveKit itself waits 3 s for one
	// that died, and much longer for one that hangs.
	silentTime = 4 * time.Second
)

// suspect is a recording whose egress LiveKit reports as running although its meeting is
// over. The egress should have ended by itself, so its worker may have died.
type suspect struct {
	recording module.Recording
	egress    livekit.Egress
}

// suspects reports whether the worker of a recording has to be asked; that comes after
// everything LiveKit already reports has been applied.
func (k knowledge) suspects(r module.Recording, p Patience) (suspect, bool) {
	e, found := k.egress(r)
	doubtful := found && told(r, e) && !e.Status.Final() && !k.live[r.Room.String()] && k.at.Sub(r.CreatedAt) > p.Lost
	return suspect{r, e}, doubtful
}

// silent asks the workers of these recordings, and gives up those that have been silent
// for long enough.
func (s *service) silent(ctx context.Context, all []suspect) error {
	errs := make([]error, len(all))
	var asked sync.WaitGroup
	places := make(chan struct{}, silentAtOnce)
	for i, x := range all {
		places <- struct{}{}
		asked.Go(func() {
			defer func() { <-places }()
			if err := s.listenTo(ctx, x); err != nil {
				errs[i] = fmt.Errorf("recording %s: %w", x.recording.ID, err)
			}
		})
	}
	asked.Wait()
	return errors.Join(errs...)
}

func silentKey(r module.Recording) string { return "silent:" + r.ID.String() }

// listenTo ends the egress, which only its worker can do.
func (s *service) listenTo(ctx context.Context, x suspect) error {
	asking, cancel := context.WithTimeout(ctx, silentTime)
	defer cancel()
	_, err := s.live.StopEgress(asking, x.egress.ID)
	if err == nil || errors.Is(err, livekit.ErrInvalid) {
		return s.kv.Delete(ctx, silentKey(x.recording)) // the worker is alive, and reports how it ends
	}
	since, err := s.silentSince(ctx, x.recording)
	if err != nil || s.now().Sub(since) < s.config.Patience.Lost {
		return err
	}
	return s.lost(ctx, x.recording, "the worker of its egress is silent")
}

// silentSince returns when the worker of a recording was first found silent, which is
// now unless it was before.
func (s *service) silentSince(ctx context.Context, r module.Recording) (since time.Time, err error) {
	raw, err := s.kv.Get(ctx, silentKey(r))
	if err == nil {
		return since, json.Unmarshal(raw, &since)
	}
	if !errors.Is(err, module.ErrNotFound) {
		return since, err
	}
	since = s.now()
	if raw, err = json.Marshal(since); err != nil {
		return since, err
	}
	_, err = s.kv.PutIfAbsent(ctx, silentKey(r), raw, 2*bucketPatience*s.config.Patience.Lost)
	return since, err
}
