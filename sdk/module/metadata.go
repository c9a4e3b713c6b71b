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
	// Merge drops keys and sets others, under a lock that all writers on all
	// replicas share, and reports whether the room is live. Values that are
	// already there are not written again.
	Merge(ctx context.Context, room uuid.UUID, set map[string]json.RawMessage, drop ...string) (live bool, err error)
}

// Storage is where files are kept, and the key to it (contract: settings.md 2.9).
type Storage struct {
	Endpoint  string // URL, "" = AWS
	Region    string
	Bucket    string
	AccessKey string // "" = clients have credentials of their own
	SecretKey conf.Secret
}
