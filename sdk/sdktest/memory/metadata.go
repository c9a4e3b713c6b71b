package memory

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"foyer/sdk/module"
)

// metadata implements module.Metadata.
type metadata struct{ gateway *Gateway }

func (m metadata) Merge(_ context.Context, room uuid.UUID, set map[string]json.RawMessage, drop ...string) (live bool, err error) {
	for key, value := range set {
		if !json.Valid(value) {
			return false, fmt.Errorf("merge metadata of room %s: %w: %q is not JSON", room, module.ErrInvalid, key)
		}
	}
	m.gateway.mu.Lock()
	defer m.gateway.mu.Unlock()
	if m.gateway.away {
		return false, errAway
	}
	all, live := m.gateway.meetings[room]
	if !live {
		return false, nil
	}
	for _, key := range drop {
		delete(all, key)
	}
	for key, value := range set {
		all[key] = value
	}
	return true, nil
}
