package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"foyer/core/store"
	"foyer/internal/dev/recordingdev"
	"foyer/modules/summary"
	"foyer/sdk/livekit/lkproto"
	"foyer/sdk/module"
)

// known is how many recordings are under way and known to LiveKit.
const known = 10_000

// lookAtLiveKit is the kind of the module's reconcile job.
const lookAtLiveKit = "reconcile"

// reconcile counts what it costs to compare the recordings with what LiveKit knows.
func reconcile(ctx context.Context, dir string, _ time.Duration) (_ []figure, err error) {
	m := recordingdev.New()
	s, err := newStudio(ctx, dir, "reconcile", "inprocess", "", func() []module.Module {
		return []module.Module{m, summary.New()}
	})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	list, err := s.film(ctx, known)
	if err != nil {
		return nil, err
	}
	egresses := make([]*lkproto.EgressInfo, known)
	for i, r := range list {
		egresses[i] = egressOf(r, lkproto.EgressStatus_EGRESS_ACTIVE)
	}
	if err := s.media.know(egresses); err != nil {
		return nil, err
	}
	before, _ := s.media.counted()
	var took []float64
	for range turns {
		at := time.Now()
		if err := m.Work(ctx, module.Job{Kind: lookAtLiveKit}); err != nil {
			return nil, err
		}
		took = append(took, float64(time.Since(at).Microseconds())/1e3)
	}
	after, methods := s.media.counted()
	if methods["ListEgress"] != turns {
		return nil, fmt.Errorf("%d looks at LiveKit in %d turns", methods["ListEgress"], turns)
	}
	calls, pages := (after-before)/turns, m.Pages()/turns
	err = s.withStore(ctx, func(db *store.Store) error {
		left, err := db.RecordingsUnderWay(ctx, store.RecordingCursor{}, known+1)
		if err == nil && len(left) != known {
			err = fmt.Errorf("%d recordings are left of %d", len(left), known)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return []figure{{
		what:     "one look at what LiveKit knows of 10,000 recordings under way",
		measured: fmt.Sprintf("%d calls of LiveKit, %d statements that read recordings (%.0f ms)", calls, pages, median(took)),
		promise:  "2 calls, about one statement for 500 recordings",
		met:      calls == 2 && pages <= known/500+1,
	}}, nil
}
