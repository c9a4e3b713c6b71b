package module

import (
	"context"
	"encoding/json"

	"github.com/google/uuid"

	"foyer/sdk/conf"
)

// Metadata writes the live room's metadata, one JSON object that several
// writers share (contract: recording-summary-files.md 0).
type Metadata interface {
	// Merge drops keys and sets others, under a lock that all writers at all
	// replicas share, and tells whether the room is live. What is so already is
	// not written again.
	Merge(ctx context.Context, room uuid.UUID, set map[string]json.RawMessage, drop ...string) (live bool, err error)
}

// Storage is where files are kept, and the key that opens it (contract:
// settings.md 2.9).
type Storage struct {
	Endpoint  string // URL, "" = AWS
	Region    string
	Bucket    string
	AccessKey string // "" = whoever connects has credentials of its own
	SecretKey conf.Secret
}
