package recording

import (
	"context"

	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

// ended handles the end of an egress. The step that records it is taken once, and so is
// what follows; a recording that is already over only records the end.
func (s *service) ended(ctx context.Context, r module.Recording, e livekit.Egress) error {
	m := module.RecordingMove{
		Stage: module.EgressEnded, Outcome: string(e.Status), Reason: e.Error, Unresolved: is(false),
		StartedAt: e.StartedAt, EndedAt: e.EndedAt,
	}
	then := module.Then{Jobs: []module.NextJob{jobFor(jobShow, r.ID, 0), jobFor(jobUncollect, r.ID, 0)}}
	switch e.Status {
	case livekit.EgressComplete:
		return s.filed(ctx, r, m, then, nil)
	case livekit.EgressLimitReached:
		return s.filed(ctx, r, m, then, []module.NextJob{jobFor(jobTell, r.ID, 0)})
	}
	failed := m
	failed.To = module.RecordingAborted
	_, moved, err := s.recordings.Move(ctx, r.ID, failed, module.Then{
		Jobs: []module.NextJob{jobFor(jobFarewell, r.ID, 0), jobFor(jobUncollect, r.ID, 0)},
	})
	if err != nil || moved {
		return err
	}
	_, _, err = s.recordings.Move(ctx, r.ID, m, then)
	return err
}

// filed handles an end that left a file: the recording is complete, or waits for the
// storage hook to say so. limit is what follows if nobody had stopped it.
func (s *service) filed(ctx context.Context, r module.Recording, m module.RecordingMove, then module.Then, limit []module.NextJob) error {
	if r.Status == module.RecordingAborted || r.Status == module.RecordingNotStarted || r.Status == module.RecordingNotStopped {
		limit = nil // its room was told something else
	}
	if !s.config.CompleteOnEnd {
		return s.awaited(ctx, r, m, then, limit)
	}
	done, err := s.completion(ctx, r)
	if err != nil {
		return err
	}
	byItself, stopped := m, m
	byItself.To, byItself.From, byItself.Notices = module.RecordingSaved, []string{module.RecordingActive}, done.notices
	stopped.To, stopped.From, stopped.Notices = module.RecordingSaved, []string{module.RecordingStopped, module.RecordingNotStopped}, done.notices
	return s.first(ctx, r, []step{
		{byItself, with(then, done.then, module.Then{Jobs: limit})},
		{stopped, with(then, done.then)},
		{m, with(then, module.Then{Jobs: limit})},
	})
}

// awaited leaves the completion to the storage hook. A recording that ended at its limit
// frees the room, as the contract says; any other keeps its status.
func (s *service) awaited(ctx context.Context, r module.Recording, m module.RecordingMove, then module.Then, limit []module.NextJob) error {
	then = with(then, module.Then{Jobs: append(limit, jobFor(jobAwait, r.ID, s.config.Patience.File))})
	m.Unresolved = nil // the file may yet turn out to be there
	if len(limit) == 0 {
		return s.first(ctx, r, []step{{m, then}})
	}
	freed := m
	freed.To, freed.From = module.RecordingStopped, []string{module.RecordingActive}
	return s.first(ctx, r, []step{{freed, then}, {m, then}})
}

// step is a move and what follows it.
type step struct {
	move module.RecordingMove
	then module.Then
}

// first takes the first step that can be taken; it is fine if there is none.
func (s *service) first(ctx context.Context, r module.Recording, steps []step) error {
	for _, x := range steps {
		if _, moved, err := s.recordings.Move(ctx, r.ID, x.move, x.then); err != nil || moved {
			return err
		}
	}
	return nil
}

// with combines what follows.
func with(all ...module.Then) (t module.Then) {
	for _, x := range all {
		t.Jobs, t.Emit = append(t.Jobs, x.Jobs...), append(t.Emit, x.Emit...)
	}
	return t
}
