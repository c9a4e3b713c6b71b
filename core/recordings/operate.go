package recordings

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/module"
)

// Recorder is the module that records, as operators need it: its name, and its
// own jobs that follow what they do.
type Recorder struct {
	Module string
	// Retry notifies those people of a saved recording who were not told, or
	// everybody.
	Retry func(recording uuid.UUID, everybody bool) module.NextJob
	// Halt ends the egress of a recording that was given up.
	Halt func(recording uuid.UUID) module.NextJob
}

var (
	// ErrNotSaved means that the recording has nothing to tell of.
	ErrNotSaved = errors.New("there is nothing to tell")
	// ErrExpired means that the recording's file is gone.
	ErrExpired = errors.New("it has expired")
)

// Operators is what people who look after recordings may do, at the command line
// or in a console. The caller must check that somebody is one.
type Operators struct {
	s  *Service
	by Recorder
}

// Operated returns the operators' view of the recordings that the module makes.
func (s *Service) Operated(by Recorder) Operators { return Operators{s, by} }

// Lines returns recordings behind the cursor, newest first, for a list; "" is
// every status.
func (o Operators) Lines(ctx context.Context, after store.RecordingCursor, status store.RecordingStatus, limit int) ([]store.RecordingLine, error) {
	return o.s.store.RecordingLines(ctx, after, status, limit)
}

// Known is everything that is known of a recording.
type Known struct {
	store.RecordingWithRoom
	Owners  []store.User
	Notices []store.RecordingNotice
}

// Known returns one recording, or store.ErrNotFound.
func (o Operators) Known(ctx context.Context, id uuid.UUID) (k Known, err error) {
	if k.RecordingWithRoom, err = o.s.store.RecordingFor(ctx, id, uuid.Nil); err != nil {
		return k, err
	}
	if k.Owners, err = o.s.store.RecordingOwners(ctx, id); err != nil {
		return k, err
	}
	k.Notices, err = o.s.store.RecordingNotices(ctx, id)
	return k, err
}

// Retry has a gateway notify those people of a saved recording who were not told,
// or everybody. Errors are ErrNotSaved, ErrExpired and store.ErrNotFound.
func (o Operators) Retry(ctx context.Context, id uuid.UUID, everybody bool) error {
	return o.s.store.InTx(ctx, func(tx *store.Tx) error {
		r, err := tx.RecordingByID(ctx, id)
		switch {
		case err != nil:
			return err
		case !r.Status.Saved():
			return fmt.Errorf("%w: it is %s", ErrNotSaved, r.Status)
		case o.s.expired(r, time.Now()):
			return ErrExpired
		}
		return o.then(ctx, tx, o.by.Retry(id, everybody))
	})
}

// Reap ends a recording that hangs, as store.RecordingNotStopped, and frees its
// room at once. A gateway then ends the egress; if there is a file, the recording
// is saved after all. ended is false if it was over already; the recording is
// returned as it is then. store.ErrNotFound if there is none.
func (o Operators) Reap(ctx context.Context, id uuid.UUID) (r store.Recording, ended bool, err error) {
	unresolved := true
	err = o.s.store.InTx(ctx, func(tx *store.Tx) error {
		r, ended, err = tx.MoveRecording(ctx, id, store.RecordingMove{
			To: store.RecordingNotStopped, Reason: "an operator ended it", Unresolved: &unresolved,
		})
		if err != nil || !ended {
			return err
		}
		return o.then(ctx, tx, o.by.Halt(id))
	})
	if err != nil {
		return store.Recording{}, false, err
	}
	return r, ended, nil
}

func (o Operators) then(ctx context.Context, tx *store.Tx, job module.NextJob) error {
	_, err := o.s.then.Follow(ctx, tx, o.by.Module, module.Then{Jobs: []module.NextJob{job}})
	return err
}
