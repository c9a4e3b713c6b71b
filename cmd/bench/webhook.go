package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"foyer/core/store"
	"foyer/internal/dev/summarydev"
	"foyer/sdk/livekit/lkproto"
)

const (
	webhookRate    = 50   // a second, as when 1,000 recordings end per minute
	webhookCount   = 1500 // 30 s
	webhookSenders = 4    // at once
	backlog        = 200  // recordings that have ended before
	// stuck is how many jobs hang at each peer, out of ten workers, or four for mail.
	stuck = 4
)

// webhookTimes measures how long LiveKit waits for the gateway to accept an event, while
// the peers informed about it stay silent, and while they answer at once.
func webhookTimes(ctx context.Context, dir string, _ time.Duration) ([]figure, error) {
	binary, err := install(ctx, dir)
	if err != nil {
		return nil, err
	}
	var took [2][]float64
	for i, silent := range []bool{true, false} {
		if took[i], err = acceptance(ctx, dir, binary, silent); err != nil {
			return nil, err
		}
	}
	worst := [2]float64{percentile(took[0], 99), percentile(took[1], 99)}
	shown := func(i int) string {
		return fmt.Sprintf("p99 %.1f ms, median %.1f ms", worst[i], percentile(took[i], 50))
	}
	return []figure{{
		what:     "webhook to its 200 on SQLite, while LiveKit, the summary service and the mail server keep silent",
		measured: shown(0),
		promise:  "p99 under 5 ms",
		met:      worst[0] < 5,
	}, {
		what:     "the same while they answer at once, and every recording that ends is told to everybody",
		measured: fmt.Sprintf("%s; the p99 %.1f times as long", shown(1), worst[1]/worst[0]),
		promise:  "p99 under 5 ms",
		met:      worst[1] < 5,
	}}, nil
}

// percentile returns the value below which that many percent of the list lie.
func percentile(list []float64, percent int) float64 {
	list = slices.Clone(list)
	slices.Sort(list)
	return list[min(len(list)-1, len(list)*percent/100)]
}

// acceptance returns the time from each webhook to its 200, in milliseconds.
func acceptance(ctx context.Context, dir, binary string, silent bool) (_ []float64, err error) {
	s, err := newStudio(ctx, dir, fmt.Sprintf("webhook-silent-%t", silent), "inprocess", binary, recorders)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	list, err := s.film(ctx, backlog+webhookCount/3)
	if err != nil {
		return nil, err
	}
	before, err := s.ends(list[:backlog])
	if err != nil {
		return nil, err
	}
	webhooks, err := s.histories(list[backlog:])
	if err != nil {
		return nil, err
	}
	if silent {
		err = s.silence(before)
	} else {
		err = s.finish(before)
	}
	if err != nil {
		return nil, err
	}
	took, err := steadily(webhooks)
	if err == nil && silent && (s.media.waiting() < stuck || len(s.mail.Messages()) > 0) {
		err = errors.New("the peers did not keep silent")
	}
	return took, err
}

// histories returns the webhooks of recordings from beginning to end.
func (s *studio) histories(list []store.Recording) (all []*http.Request, err error) {
	for _, r := range list {
		for _, status := range []lkproto.EgressStatus{
			lkproto.EgressStatus_EGRESS_ACTIVE, lkproto.EgressStatus_EGRESS_ENDING, lkproto.EgressStatus_EGRESS_COMPLETE,
		} {
			name := "egress_updated"
			if status == lkproto.EgressStatus_EGRESS_COMPLETE {
				name = "egress_ended"
			}
			w, err := s.webhook(r, name, status)
			if err != nil {
				return nil, err
			}
			all = append(all, w)
		}
	}
	return all, nil
}

// silence makes jobs hang at every peer, none of which answers, with the other jobs
// waiting behind them.
func (s *studio) silence(ends []*http.Request) error {
	s.summary.Behave(summarydev.Stall)
	s.mail.Stall()
	if err := post(ends[:stuck]); err != nil {
		return err
	}
	err := await("jobs that are stuck", func() bool { return s.summary.Calls() >= stuck && s.mail.Connections() >= stuck })
	if err != nil {
		return err
	}
	s.media.stall()
	if err := post(ends[stuck:]); err != nil {
		return err
	}
	return await("jobs that wait for LiveKit", func() bool { return s.media.waiting() >= stuck })
}

// finish waits until everybody has been told about the end of the recordings.
func (s *studio) finish(ends []*http.Request) error {
	if err := post(ends); err != nil {
		return err
	}
	return await("recordings that are told to everybody", func() bool {
		return len(s.summary.Taken()) == len(ends) && len(s.mail.Messages()) == len(ends)
	})
}

func post(all []*http.Request) error {
	for _, r := range all {
		if err := ask(r); err != nil {
			return err
		}
	}
	return nil
}

// await waits for something that takes its own time.
func await(what string, happened func() bool) error {
	for start := time.Now(); time.Since(start) < 5*time.Minute; time.Sleep(5 * time.Millisecond) {
		if happened() {
			return nil
		}
	}
	return fmt.Errorf("no %s", what)
}

// steadily sends the requests at their rate however long the answers take, and returns
// the time of each in milliseconds. A request that is late because the sender was still
// waiting for the previous answer counts from when it was due.
func steadily(all []*http.Request) ([]float64, error) {
	took := make([]float64, len(all))
	errs := make([]error, webhookSenders)
	var senders sync.WaitGroup
	start := time.Now()
	for sender := range webhookSenders {
		senders.Go(func() {
			for i := sender; i < len(all); i += webhookSenders {
				at := start.Add(time.Duration(i) * time.Second / webhookRate)
				if wait := time.Until(at); wait > 0 {
					time.Sleep(wait)
					at = time.Now()
				}
				if errs[sender] = ask(all[i]); errs[sender] != nil {
					return
				}
				took[i] = float64(time.Since(at).Microseconds()) / 1e3
			}
		})
	}
	senders.Wait()
	return took, errors.Join(errs...)
}
