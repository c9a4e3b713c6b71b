package rooms

import (
	"context"
	"encoding/json"
	"time"

	"foyer/core/store"
)

// syncTime bounds the update of a live room's rules; the request that changed
// them waits for it.
const syncTime = 5 * time.Second

// syncMetadata merges a room's configuration and access level into the metadata
// of the live room (core-rest.md 5.4). The change is already stored: errors here
// are only logged, and a caller that gives up changes nothing.
func (w *Writer) syncMetadata(ctx context.Context, room store.Room) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), syncTime)
	defer cancel()
	level, err := json.Marshal(room.AccessLevel)
	if err == nil {
		_, err = w.metadata.Merge(ctx, room.ID, map[string]json.RawMessage{
			"configuration": room.Configuration, "access_level": level,
		})
	}
	if err != nil {
		w.log.WarnContext(ctx, "room metadata not synchronised", "room", room.ID, "error", err)
	}
}
