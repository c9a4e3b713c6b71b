package lobby

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/core/ephemeral"
	"foyer/sdk/livekit"
)

// crier records when each meeting is notified.
type crier struct {
	mu   sync.Mutex
	told map[string][]time.Time
}

func (c *crier) ListRooms(_ context.Context, names ...string) ([]livekit.Room, error) {
	return []livekit.Room{{Name: names[0]}}, nil
}

func (c *crier) SendData(_ context.Context, room string, data []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if string(data) != `{"type":"knock"}` {
		return errors.New("another message")
	}
	c.told[room] = append(c.told[room], time.Now())
	return nil
}

func (c *crier) of(room uuid.UUID) []time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]time.Time{}, c.told[room.String()]...)
}

// Two replicas share one store of values.
func TestNotices_of_a_crowd_are_one_a_second_and_the_last_is_after_all_of_them(t *testing.T) {
	c := &crier{told: map[string][]time.Time{}}
	values := ephemeral.NewValues(time.Now)
	replicas := []*notices{
		newNotices(c, values, "knock", slog.New(slog.DiscardHandler)), newNotices(c, values, "knock", slog.New(slog.DiscardHandler)),
	}
	crowded, quiet := uuid.New(), uuid.New()
	begin, last := time.Now(), time.Time{}
	for i := range 200 {
		replicas[i%2].announce(t.Context(), crowded)
		last = time.Now()
	}
	replicas[1].announce(t.Context(), quiet)
	require.Len(t, c.of(quiet), 1, "at once: nobody was announced there")
	require.Eventually(t, func() bool {
		told := c.of(crowded)
		return told[len(told)-1].After(last)
	}, time.Minute, 10*time.Millisecond)
	require.Eventually(t, func() bool { return !replicas[0].pending(crowded) && !replicas[1].pending(crowded) }, time.Minute, 10*time.Millisecond)
	require.LessOrEqual(t, len(c.of(crowded)), 1+int(time.Since(begin)/noticeEvery))
}

func TestNotices_end_with_the_lobby(t *testing.T) {
	c := &crier{told: map[string][]time.Time{}}
	n := newNotices(c, ephemeral.NewValues(time.Now), "knock", slog.New(slog.DiscardHandler))
	room := uuid.New()
	n.announce(t.Context(), room)
	n.announce(t.Context(), room)
	require.True(t, n.pending(room))
	n.close()
	n.postpone(t.Context(), uuid.New())
	time.Sleep(noticeEvery + 200*time.Millisecond) // when it would be told
	require.Len(t, c.of(room), 1)
}
