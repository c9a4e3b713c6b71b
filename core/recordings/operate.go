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

// Recorder is the module that records, as operators need it: its name, and the
// jobs of its own that follow what they do.
type Recorder struct {
	Module string
	// Retry tells those of a saved recording who were not told, or everybody.
	Retry func(recording uuid.UUID, everybody bool) module.NextJob
	// Halt ends the egress of a recording that was given up.
	Halt func(recording uuid.UUID) module.NextJob
}

var (
	// ErrNotSaved is a recording that there is nothing to tell of.
	ErrNotSaved = errors.New("there is nothing to tell")
	// ErrExpired is a recording whose file has gone.
	ErrExpired = errors.New("it has expired")
)

// Operators is what those may do who look after recordings, at the command line
// or in a console. Whether somebody is one is the caller's to check.
type Operators struct {
	s  *Service
	by Recorder
}

// Operated gives the recordings that the module makes to operators.
func (s *Service) Operated(by Recorder) Operators { return Operators{s, by} }

// Lines gives recordings behind the cursor, the newest first, for a list; "" is
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

// Known gives one recording, or store.ErrNotFound.
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

// Retry has a gateway tell those of a saved recording who were not told, or
// everybody. ErrNotSaved, ErrExpired, or store.ErrNotFound.
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

// Reap ends a recording that hangs as store.RecordingNotStopped, and frees its
// room at once. A gateway then ends the egress; if there is a file, the recording
// is saved all the same. ended is false where it was over already; the recording
// is given as it is then. store.ErrNotFound without it.
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
