package recording

import (
	"context"
	"errors"
	"fmt"
	"time"

	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// blockedAtMost is how long a room stays reserved for a start when LiveKit cannot be
// asked what became of it.
const blockedAtMost = 10 * time.Minute

// settle finds out what became of a start whose process did not report back.
func (s *service) settle(ctx context.Context, r module.Recording) error {
	if r.Status != module.RecordingInitiated {
		return nil
	}
	e, found, err := s.egressOf(ctx, r)
	switch {
	case err != nil && s.now().Sub(r.CreatedAt) < blockedAtMost:
		return fmt.Errorf("ask what became of the start of recording %s: %w", r.ID, err)
	case err == nil && found:
		return s.apply(ctx, r, e)
	}
	return s.notBegun(ctx, r, err)
}

// notBegun frees the room of a start that led to nothing; unsure is why that is not
// certain, nil if it is.
func (s *service) notBegun(ctx context.Context, r module.Recording, unsure error) error {
	m := module.RecordingMove{
		To: module.RecordingNotStarted, From: []string{module.RecordingInitiated}, Reason: "LiveKit has no egress of it",
	}
	var then module.Then
	if unsure != nil {
		m.Reason, m.Unresolved = unsure.Error(), is(true)
		then.Jobs = []module.NextJob{jobFor(jobSweep, r.ID, s.config.Patience.Start)}
	}
	_, _, err := s.recordings.Move(ctx, r.ID, m, then)
	return err
}

// sweep ends every egress of a recording that, as far as anybody was told, did not
// start.
func (s *service) sweep(ctx context.Context, r module.Recording) error {
	if r.Status != module.RecordingNotStarted {
		return nil
	}
	list, err := s.live.ListEgress(ctx, r.Room.String(), true)
	if err != nil && !errors.Is(err, livekit.ErrNoEgress) {
		return err
	}
	var errs []error
	for _, e := range list {
		if id, ok := recordingIn(e.Path); !ok || id != r.ID || e.Status.Final() {
			continue
		}
		if _, err := s.live.StopEgress(ctx, e.ID); err != nil && !errors.Is(err, livekit.ErrInvalid) {
			errs = append(errs, err)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("end what recording %s left behind: %w", r.ID, err)
	}
	_, _, err = s.recordings.Move(ctx, r.ID, module.RecordingMove{Unresolved: is(false)}, module.Then{})
	return err
}

// haltAgain is how often an egress that should have ended is checked.
const haltAgain = 10 * time.Second

// halt watches the egress of a recording whose stop failed until it has ended, so that
// what was recorded is not lost.
func (s *service) halt(ctx context.Context, r module.Recording) error {
	if r.Status != module.RecordingNotStopped || !r.Unresolved || r.Stage == module.EgressEnded {
		return nil
	}
	e, err := s.known(ctx, r)
	switch {
	case errors.Is(err, livekit.ErrNotFound):
		return s.lost(ctx, r, unknownEgress)
	case err != nil:
		return fmt.Errorf("ask for the egress of recording %s: %w", r.ID, err)
	case e.Status.Final():
		return s.apply(ctx, r, e)
	}
	if e.Status != livekit.EgressEnding {
		if _, err := s.live.StopEgress(ctx, e.ID); err != nil {
			return fmt.Errorf("stop the egress of recording %s: %w", r.ID, err)
		}
	}
	return s.jobs.Enqueue(ctx, jobHalt, about{Recording: r.ID}, module.JobOptions{Delay: haltAgain})
}

// known asks LiveKit for the egress of a recording, even before its id is stored;
// livekit.ErrNotFound if there is none.
func (s *service) known(ctx context.Context, r module.Recording) (livekit.Egress, error) {
	if r.Worker != "" {
		return s.live.EgressByID(ctx, r.Worker)
	}
	e, found, err := s.egressOf(ctx, r)
	if err == nil && !found {
		err = livekit.ErrNotFound
	}
	return e, err
}

// await considers an ended recording stored: LiveKit reported its file, and the storage
// hook should have done so long ago.
func (s *service) await(ctx context.Context, r module.Recording) error {
	moved, err := s.complete(ctx, r, module.RecordingActive, module.RecordingStopped, module.RecordingNotStopped)
	if err == nil && moved {
		s.log.WarnContext(ctx, "the storage hook was silent about a recording", "recording", r.ID)
	}
	return err
}
