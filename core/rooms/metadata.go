package rooms

import (
	"context"
	"encoding/json"
	"time"

	"foyer/core/store"
)

// syncTime bounds telling a live room of its new rules; the request that
// changed them waits for it.
const syncTime = 2 * time.Second

// syncMetadata merges a room's configuration and access level into the
// metadata of the live room (core-rest.md 5.4). The change is stored already:
// what goes wrong here is only logged, and a caller who does not wait changes
// nothing.
func (s *Service) syncMetadata(ctx context.Context, room store.Room) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), syncTime)
	defer cancel()
	name := room.ID.String()
	live, err := s.live.ListRooms(ctx, name)
	if err != nil {
		s.log.WarnContext(ctx, "room metadata not synchronised", "room", name, "error", err)
		return
	}
	if len(live) == 0 {
		return
	}
	metadata := map[string]json.RawMessage{}
	if text := live[0].Metadata; text != "" {
		if err := json.Unmarshal([]byte(text), &metadata); err != nil || metadata == nil {
			s.log.WarnContext(ctx, "room metadata is no object, writing it anew", "room", name)
			metadata = map[string]json.RawMessage{}
		}
	}
	level, err := json.Marshal(room.AccessLevel)
	if err != nil {
		s.log.WarnContext(ctx, "room metadata not synchronised", "room", name, "error", err)
		return
	}
	metadata["configuration"], metadata["access_level"] = room.Configuration, level
	merged, err := json.Marshal(metadata)
	if err == nil {
		_, err = s.live.UpdateRoomMetadata(ctx, name, merged)
	}
	if err != nil {
		s.log.WarnContext(ctx, "room metadata not synchronised", "room", name, "error", err)
	}
}
