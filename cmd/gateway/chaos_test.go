package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/store"
	"foyer/internal/dev/egressdev"
	"foyer/internal/dev/summarydev"
)

// FOYER_CHAOS_RECORDINGS is how many meetings are recorded in each of the four
// places; 50 without it.
const chaosVariable = "FOYER_CHAOS_RECORDINGS"

func chaosSize(t *testing.T) int {
	t.Helper()
	text, set := os.LookupEnv(chaosVariable)
	if !set {
		return 50
	}
	n, err := strconv.Atoi(text)
	require.NoError(t, err, chaosVariable)
	return n
}

// No finished recording is lost, whatever dies: the gateway by kill -9 at
// random points, the database once, LiveKit once, and the summary service and
// the mail server for a while.
func TestChaos_loses_no_recording(t *testing.T) {
	chaosPlaces(t, func(c *chaos) {
		n := chaosSize(t)
		var meetings []meeting
		for i, id := range c.rooms(n, egressdev.Complete) {
			meetings = append(meetings, meeting{chaos: c, room: id, body: bodies[i%len(bodies)], stop: true})
		}
		for i, id := range c.rooms(n/10, egressdev.Limit) {
			meetings = append(meetings, meeting{chaos: c, room: id, body: bodies[i%len(bodies)]})
		}
		broken := c.rooms(n/10, egressdev.Fail)
		c.summary.Behave(summarydev.Fail)
		c.post.Down()

		ctx, cancel := context.WithTimeout(c.Context(), 8*time.Minute)
		defer cancel()
		var crowd sync.WaitGroup
		failures := make(chan error, len(meetings)+len(broken))
		places := make(chan struct{}, 8) // at once
		for _, m := range meetings {
			crowd.Go(func() {
				places <- struct{}{}
				defer func() { <-places }()
				failures <- m.record(ctx)
			})
		}
		for _, room := range broken {
			crowd.Go(func() { c.ask(ctx, room, "start-recording", bodies[0]); failures <- nil })
		}
		done := make(chan struct{})
		go func() { crowd.Wait(); close(done) }()
		c.rage(ctx, done)
		close(failures)
		for err := range failures {
			require.NoError(c, err, c.gateway.logs)
		}
		c.verdict(meetings)
	})
}

// bodies start a video, a transcript, and both of one meeting.
var bodies = []string{
	`{"mode":"screen_recording"}`, `{"mode":"transcript"}`, `{"mode":"screen_recording","options":{"transcribe":true}}`,
}

// rounds is how often the gateway is killed.
const rounds = 12

// rage kills the gateway at random points, and in between whatever else there
// is, and waits until the meetings are over.
func (c *chaos) rage(ctx context.Context, done <-chan struct{}) {
	for round := range rounds {
		time.Sleep(200*time.Millisecond + rand.N(2*time.Second))
		switch round {
		case 1:
			if c.pg != nil {
				c.pg.Crash(c.T)
			}
		case 3:
			require.NoError(c, c.media.Restart(ctx))
		case 4:
			c.summary.Behave(summarydev.Drop) // it takes them, and we do not hear of it
			c.post.Up()
		case 6:
			c.summary.Behave(summarydev.Stall)
		case 8:
			c.summary.Behave(summarydev.Accept)
		}
		c.kill()
	}
	<-done
}

// meeting is one that is recorded until it has a recording that was saved.
type meeting struct {
	*chaos
	room, body string
	stop       bool // by a person; else it ends by itself
}

func (m meeting) record(ctx context.Context) error {
	for ctx.Err() == nil {
		m.start(ctx)
		if m.stop {
			time.Sleep(rand.N(300 * time.Millisecond))
			m.ask(ctx, m.room, "stop-recording", "")
		}
		if saved, err := m.ended(ctx); err == nil && saved {
			return nil
		}
	}
	return fmt.Errorf("room %s: no recording of it was saved: %w", m.room, ctx.Err())
}

// start tries until the gateway says that there is a recording.
func (m meeting) start(ctx context.Context) {
	for ctx.Err() == nil {
		_, _ = m.live.CreateDispatch(ctx, m.room, "scribe") // makes the room live
		switch m.ask(ctx, m.room, "start-recording", m.body) {
		case 201, 409:
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
}

// ended waits until no recording of the room is under way and tells whether one
// of them was saved; one that goes on is asked to stop again.
func (m meeting) ended(ctx context.Context) (bool, error) {
	for again := time.Now().Add(5 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		all, err := m.recordings(ctx, m.room)
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
		if err != nil {
			continue // the database is away
		}
		saved, open := false, false
		for _, r := range all {
			saved = saved || r.Status.Saved()
			open = open || underWay(r.Status)
		}
		if !open {
			return saved, nil
		}
		if m.stop && time.Now().After(again) {
			m.ask(ctx, m.room, "stop-recording", "")
			again = time.Now().Add(5 * time.Second)
		}
	}
}

func underWay(s store.RecordingStatus) bool {
	return s == store.RecordingInitiated || s == store.RecordingActive || s == store.RecordingStopped
}

// verdict waits until everything has come to rest, and counts.
func (c *chaos) verdict(meetings []meeting) {
	c.Helper()
	var all []store.RecordingWithRoom
	require.Eventually(c, func() bool {
		var err error
		if all, err = c.recordings(c.Context(), ""); err != nil {
			return false
		}
		for _, r := range all {
			if underWay(r.Status) || r.Status == store.RecordingSaved {
				return false
			}
		}
		return true
	}, settle, time.Second, "%s", later(func() string { return c.unfinished(all) + c.gateway.logs() }))

	mails, told := map[string]int{}, map[string]int{}
	for _, m := range c.post.Messages() {
		for _, r := range all {
			if strings.Contains(m.ParseT(c.T).Text, r.Recording.ID.String()) {
				mails[r.Recording.ID.String()]++
			}
		}
	}
	for _, a := range c.summary.Taken() {
		told[strings.TrimPrefix(a.Key, "recording-")]++
	}
	repeats, saved := 0, map[string]bool{}
	for _, r := range all {
		id := r.Recording.ID.String()
		if !r.Status.Saved() {
			require.Zero(c, mails[id]+told[id], "of a recording that is %s", r.Status)
			continue
		}
		saved[r.RoomID.String()] = true
		if r.Mode == store.ScreenRecording {
			require.NotZero(c, mails[id], "its owner was not told of %s", id)
			repeats += mails[id] - 1
		}
		if r.Mode == store.Transcript || strings.Contains(string(r.Options), "transcribe") {
			require.Equal(c, 1, told[id], "the summary service was told of %s", id)
		}
	}
	for _, m := range meetings {
		require.True(c, saved[m.room], m.room)
	}
	c.callBack()
	require.LessOrEqual(c, repeats, c.kills, "a mail is repeated only where a kill fell between its acceptance and our commit")
	c.Logf("%d recordings, %d saved rooms, %d kills, %d mails repeated", len(all), len(saved), c.kills, repeats)
}

// callBack has the summary service tell every result twice.
func (c *chaos) callBack() {
	c.Helper()
	for _, a := range c.summary.Taken() {
		body := fmt.Sprintf(`{"job_id":%q,"type":"transcript","status":"success"}`, a.Job)
		for range 2 {
			got := c.gateway.send(plain, http.MethodPost, "/api/v1.0/recordings/external-process-hook/", body,
				"Content-Type", "application/json", "Authorization", "Bearer "+hookToken)
			require.Equal(c, http.StatusOK, got.status, got.body)
		}
		id := uuid.MustParse(strings.TrimPrefix(a.Key, "recording-"))
		r, err := c.db.RecordingByID(c.Context(), id)
		require.NoError(c, err)
		require.Equal(c, store.RecordingProcessed, r.Status)
	}
}

func (c *chaos) unfinished(all []store.RecordingWithRoom) string {
	var b strings.Builder
	for _, r := range all {
		if underWay(r.Status) || r.Status == store.RecordingSaved {
			fmt.Fprintf(&b, "%s %s %s %s\n", r.Recording.ID, r.Status, r.Outcome, r.Reason)
		}
	}
	return b.String()
}
