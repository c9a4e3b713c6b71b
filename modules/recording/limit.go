package recording

import (
	"context"

	"foyer/sdk/module"
)

// limit ends a recording that has reached its maximum duration, in case LiveKit's own
// limit is longer or missing.
func (s *service) limit(ctx context.Context, r module.Recording) error {
	if r.Status != module.RecordingActive || r.Stage == module.EgressEnded {
		return nil
	}
	return s.end(ctx, r, jobFor(jobTell, r.ID, 0))
}
