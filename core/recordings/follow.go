package recordings

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"foyer/core/module"
	"foyer/core/store"
)

// follow stores what follows a step in the step's transaction: a crash leaves
// both or neither.
func (k *keeper) follow(ctx context.Context, tx *store.Tx, then module.Then) error {
	for _, j := range then.Jobs {
		if err := k.jobs.EnqueueTx(ctx, tx, k.name, j.Kind, j.Args, j.Options); err != nil {
			return err
		}
	}
	for _, e := range then.Emit {
		if !strings.HasPrefix(e.Name, k.name+"_") {
			return fmt.Errorf("module %s emits %q: its events are named %s_…", k.name, e.Name, k.name)
		}
		body, err := json.Marshal(e.Body)
		if err != nil {
			return fmt.Errorf("encode event %s: %w", e.Name, err)
		}
		event := module.Event{ID: e.ID, Name: e.Name, Room: e.Room, At: time.Now().UTC(), Body: body}
		if err := k.events.AcceptTx(ctx, tx, event); err != nil {
			return err
		}
	}
	return nil
}
