package recording

import (
	"context"
	"errors"
	"fmt"

	"foyer/sdk/module"
)

// bucketPatience is for how many times Patience.Lost an unavailable bucket is asked for
// the file of a lost recording.
const bucketPatience = 30

// errBucket means that the bucket does not answer.
var errBucket = errors.New("the bucket cannot be asked")

// free frees the room of a recording whose egress is gone for good.
func (s *service) free(ctx context.Context, r module.Recording, why string) (module.Recording, error) {
	if r.Status != module.RecordingActive {
		return r, nil
	}
	now, _, err := s.recordings.Move(ctx, r.ID, module.RecordingMove{
		To: module.RecordingStopped, From: []string{module.RecordingActive}, Reason: why,
	}, module.Then{Jobs: []module.NextJob{jobFor(jobShow, r.ID, 0)}})
	return now, err
}

// lost ends a recording whose egress is gone for good. Its room is free at once; the
// bucket decides whether there is a file after all.
func (s *service) lost(ctx context.Context, r module.Recording, why string) error {
	r, err := s.free(ctx, r, why)
	if err != nil {
		return err
	}
	stored, err := s.recordings.Stored(ctx, r.ID)
	expired := !r.ExpiresAt.IsZero() && r.ExpiresAt.Before(s.now())
	switch {
	case err != nil && s.now().Sub(r.CreatedAt) < bucketPatience*s.config.Patience.Lost:
		return fmt.Errorf("%w: %w", errBucket, err)
	case stored && !expired:
		s.log.InfoContext(ctx, "the file of a recording was found in the bucket", "recording", r.ID, "reason", why)
		_, err := s.complete(ctx, r, module.RecordingStopped, module.RecordingNotStopped)
		return err
	}
	s.log.WarnContext(ctx, "a recording is lost", "recording", r.ID, "room", r.Room, "status", r.Status, "reason", why)
	over := module.RecordingMove{Stage: module.EgressEnded, Reason: why, Unresolved: is(false)}
	failed := over
	failed.To = module.RecordingAborted
	uncollect := jobFor(jobUncollect, r.ID, 0)
	return s.first(ctx, r, []step{
		{failed, module.Then{Jobs: []module.NextJob{jobFor(jobFarewell, r.ID, 0), uncollect}}},
		{over, module.Then{Jobs: []module.NextJob{jobFor(jobShow, r.ID, 0), uncollect}}},
	})
}
