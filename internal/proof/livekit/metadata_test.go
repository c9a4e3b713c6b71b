package livekit_test

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/internal/dev/livekitdev"
	"foyer/sdk/livekit"
)

// sharedKV stands in, in memory, for the store that replicas share; values do not
// expire.
type sharedKV struct {
	mu     sync.Mutex
	values map[string]string
}

func (k *sharedKV) PutIfAbsent(_ context.Context, key string, value []byte, _ time.Duration) (bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if _, there := k.values[key]; there {
		return false, nil
	}
	k.values[key] = string(value)
	return true, nil
}

func (k *sharedKV) DeleteIf(_ context.Context, key string, value []byte) (bool, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	held := k.values[key] == string(value)
	if held {
		delete(k.values, key)
	}
	return held, nil
}

func TestMetadata_of_writers_at_several_replicas_is_all_there(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	c := livekit.NewClient(srv.LiveKit())
	t.Cleanup(c.Close)
	room, ctx := uuid.New(), t.Context()
	kv := &sharedKV{values: map[string]string{}}

	live, err := livekit.NewMetadata(c, kv).Merge(ctx, room, map[string]json.RawMessage{"a": json.RawMessage(`1`)})
	require.NoError(t, err)
	require.False(t, live, "a room that is not live has no metadata")
	_, err = c.CreateDispatch(ctx, room.String(), "scribe") // makes the room live
	require.NoError(t, err)

	const writers = 8
	errs := make([]error, writers)
	var at sync.WaitGroup
	for i := range writers {
		at.Go(func() {
			set := map[string]json.RawMessage{fmt.Sprint("key", i): json.RawMessage(fmt.Sprint(i))}
			_, errs[i] = livekit.NewMetadata(c, kv).Merge(ctx, room, set, "gone")
		})
	}
	at.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	list, err := c.ListRooms(ctx, room.String())
	require.NoError(t, err)
	var all map[string]int
	require.NoError(t, json.Unmarshal([]byte(list[0].Metadata), &all))
	require.Len(t, all, writers)
	require.Empty(t, kv.values, "the lock was given back")

	live, err = livekit.NewMetadata(c, kv).Merge(ctx, room, nil, "key0", "key1")
	require.NoError(t, err)
	require.True(t, live)
	list, err = c.ListRooms(ctx, room.String())
	require.NoError(t, err)
	require.NotContains(t, list[0].Metadata, "key0")
	require.Contains(t, list[0].Metadata, "key2")
}

// late is a room whose metadata shows only a while after it was written, as on a busy
// LiveKit server.
type late struct {
	mu           sync.Mutex
	by           time.Duration // 0 = never
	shown, wrote string
	at           time.Time
}

func (l *late) ListRooms(context.Context, ...string) ([]livekit.Room, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.by > 0 && time.Since(l.at) > l.by {
		l.shown = l.wrote
	}
	return []livekit.Room{{Metadata: l.shown}}, nil
}

func (l *late) UpdateRoomMetadata(_ context.Context, _ string, metadata json.RawMessage) (livekit.Room, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.wrote, l.at = string(metadata), time.Now()
	return livekit.Room{Metadata: l.wrote}, nil
}

func TestMetadata_that_is_shown_late_is_merged_into_all_the_same(t *testing.T) {
	live, kv := &late{by: 50 * time.Millisecond}, &sharedKV{values: map[string]string{}}
	for _, key := range []string{"a", "b"} {
		_, err := livekit.NewMetadata(live, kv).Merge(t.Context(), uuid.Nil, map[string]json.RawMessage{key: json.RawMessage(`1`)})
		require.NoError(t, err)
	}
	require.JSONEq(t, `{"a":1,"b":1}`, live.wrote)
}

func TestMetadata_that_is_never_shown_holds_nobody_up_for_ever(t *testing.T) {
	live, kv := &late{}, &sharedKV{values: map[string]string{}}
	there, err := livekit.NewMetadata(live, kv).Merge(t.Context(), uuid.Nil, map[string]json.RawMessage{"a": json.RawMessage(`1`)})
	require.NoError(t, err)
	require.True(t, there)
	require.JSONEq(t, `{"a":1}`, live.wrote)
	require.Empty(t, kv.values, "the lock was given back")
}
