package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/store"
	"foyer/internal/dev/egressdev"
	"foyer/sdk/livekit"
)

// FOYER_CHAOS_RECORDINGS is how many meetings are recorded in each of the four places.
// The default is the short form, in which every fault happens once; `make test-faults`
// runs the long one, with 200.
const chaosVariable = "FOYER_CHAOS_RECORDINGS"

func chaosSize(t *testing.T) int {
	t.Helper()
	text, set := os.LookupEnv(chaosVariable)
	if !set {
		return 20
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, chaosVariable)
	return n
}

// No finished recording is lost and no room stays blocked, whatever dies: the gateway by
// kill -9 at random moments, the database, LiveKit and the S3 server once each, and the
// summary service and the mail server for a while.
func TestChaos_loses_no_recording(t *testing.T) {
	chaosPlaces(t, func(c *chaos) {
		n := c.size
		few := max(n/10, len(bodies))
		var meetings []meeting
		for _, kind := range []struct {
			ending egressdev.Ending
			many   int
		}{
			{egressdev.Complete, n}, {egressdev.Limit, few}, {egressdev.Fail, few},
			{egressdev.Refuse, few}, {egressdev.Silence, few},
		} {
			for i, room := range c.rooms(kind.many, kind.ending) {
				meetings = append(meetings, meeting{chaos: c, room: room, ending: kind.ending, body: bodies[i%len(bodies)]})
			}
		}
		rand.Shuffle(len(meetings), func(i, j int) { meetings[i], meetings[j] = meetings[j], meetings[i] })

		ctx, cancel := context.WithTimeout(c.Context(), crowdTime)
		defer cancel()
		var crowd sync.WaitGroup
		failures := make(chan error, len(meetings))
		places := make(chan struct{}, min(atOnce, n/5)) // so that few meetings outlast the faults too
		for _, m := range meetings {
			crowd.Go(func() {
				places <- struct{}{}
				defer func() { <-places }()
				failures <- m.attend(ctx)
			})
		}
		done := make(chan struct{})
		go func() { crowd.Wait(); close(done) }()
		begin := time.Now()
		c.rage(ctx, done)
		c.Logf("%d meetings and %d kills in %s", len(meetings), c.kills, time.Since(begin).Round(time.Second))
		close(failures)
		for err := range failures {
			require.NoError(c, err, c.gateway.logs)
		}
		c.verdict(meetings)
		c.Logf("all at rest after %s", time.Since(begin).Round(time.Second))
		c.roomsAreFree(meetings)
	})
}

const (
	// crowdTime bounds the time of all meetings together.
	crowdTime = 15 * time.Minute
	// atOnce is the largest number of concurrent meetings.
	atOnce = 12
)

// bodies start a video, a transcript, and both for one meeting.
var bodies = []string{
	`{"mode":"screen_recording"}`, `{"mode":"transcript"}`, `{"mode":"screen_recording","options":{"transcribe":true}}`,
}

// meeting is a recorded meeting, with the way its egress ends.
type meeting struct {
	*chaos
	room, body string
	ending     egressdev.Ending
}

// saves reports whether there is a file in the end.
func (m meeting) saves() bool { return m.ending == egressdev.Complete || m.ending == egressdev.Limit }

func (m meeting) attend(ctx context.Context) error {
	switch m.ending {
	case egressdev.Refuse:
		return m.start(ctx, http.StatusBadGateway, http.StatusConflict) // 409 after a start whose answer a kill cut off
	case egressdev.Fail:
		return m.start(ctx, http.StatusCreated, http.StatusConflict)
	case egressdev.Silence:
		return m.abandon(ctx)
	}
	for ctx.Err() == nil {
		if err := m.start(ctx, http.StatusCreated, http.StatusConflict); err != nil {
			return err
		}
		if m.ending == egressdev.Complete { // the other one ends by itself
			time.Sleep(rand.N(2 * time.Second))
			m.ask(ctx, m.room, "stop-recording", "")
		}
		if saved, err := m.ended(ctx); err == nil && saved {
			return nil
		}
	}
	return fmt.Errorf("room %s: no recording of it was saved: %w", m.room, ctx.Err())
}

// start repeats the request until the gateway gives one of the wanted answers.
func (m meeting) start(ctx context.Context, wanted ...int) error {
	got := 0
	for ctx.Err() == nil {
		_, _ = m.live.CreateDispatch(ctx, m.room, "scribe") // makes the room live
		got = m.ask(ctx, m.room, "start-recording", m.body)
		for _, status := range wanted {
			if got == status {
				return nil
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	return fmt.Errorf("room %s: a start is answered with %d: %w", m.room, got, ctx.Err())
}

// abandon starts a recording that will never be heard of, and ends the meeting; every
// other time somebody tries to stop it first.
func (m meeting) abandon(ctx context.Context) error {
	if err := m.start(ctx, http.StatusCreated, http.StatusConflict); err != nil {
		return err
	}
	if rand.N(2) == 0 {
		m.ask(ctx, m.room, "stop-recording", "")
	}
	return m.leave(ctx)
}

// leave ends the meeting.
func (m meeting) leave(ctx context.Context) error {
	for ctx.Err() == nil {
		if err := m.live.DeleteRoom(ctx, m.room); err == nil || errors.Is(err, livekit.ErrNotFound) {
			return nil
		}
		time.Sleep(100 * time.Millisecond)
	}
	return ctx.Err()
}

// ended waits until no recording of the room is under way and reports whether one of
// them was saved; a recording that goes on is asked to stop again.
func (m meeting) ended(ctx context.Context) (bool, error) {
	for again := time.Now().Add(5 * time.Second); ; time.Sleep(250 * time.Millisecond) {
		all, err := m.recordings(ctx)
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		if err != nil {
			continue // the database is down
		}
		saved, open := false, false
		for _, r := range all {
			here := r.RoomID.String() == m.room
			saved = saved || here && r.Status.Saved()
			open = open || here && underWay(r.Status)
		}
		if !open {
			return saved, nil
		}
		if m.ending == egressdev.Complete && time.Now().After(again) {
			m.ask(ctx, m.room, "stop-recording", "")
			again = time.Now().Add(5 * time.Second)
		}
	}
}

func underWay(s store.RecordingStatus) bool {
	return s == store.RecordingInitiated || s == store.RecordingActive || s == store.RecordingStopped
}
