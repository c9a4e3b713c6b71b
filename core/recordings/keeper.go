package recordings

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"foyer/core/accounts"
	"foyer/core/store"
	"foyer/sdk/module"
)

// keeper implements module.Recordings for one module.
type keeper struct {
	*Service
	name string
}

func (k *keeper) Settings(context.Context) (module.RecordingSettings, error) {
	set := module.RecordingSettings{Folder: k.cfg.OutputFolder}
	if k.cfg.Collector.Enabled {
		set.Collector = k.cfg.Collector.AgentName
	}
	return set, nil
}

func (k *keeper) Create(ctx context.Context, n module.NewRecording, then module.Then) (made module.Recording, err error) {
	err = k.store.InTx(ctx, func(tx *store.Tx) error {
		r, err := tx.CreateRecording(ctx, store.Recording{ID: n.ID, RoomID: n.Room, Mode: n.Mode, Options: n.Options}, n.Owner)
		if err != nil {
			return err
		}
		made = k.shown(r)
		_, err = k.then.Follow(ctx, tx, k.name, then)
		return err
	})
	if err != nil {
		return module.Recording{}, err
	}
	return made, nil
}

func (k *keeper) ByID(ctx context.Context, id uuid.UUID) (module.Recording, error) {
	return k.found(k.store.RecordingByID(ctx, id))
}

func (k *keeper) ByWorker(ctx context.Context, egress string) (module.Recording, error) {
	return k.found(k.store.RecordingByWorker(ctx, egress))
}

func (k *keeper) UnderWay(ctx context.Context, room uuid.UUID) (module.Recording, error) {
	return k.found(k.store.RecordingUnderWay(ctx, room))
}

// found treats an id that no column can hold as unknown.
func (k *keeper) found(r store.Recording, err error) (module.Recording, error) {
	if errors.Is(err, store.ErrInvalid) {
		return module.Recording{}, fmt.Errorf("%w (%w)", module.ErrNotFound, err)
	}
	if err != nil {
		return module.Recording{}, err
	}
	return k.shown(r), nil
}

func (k *keeper) Pending(ctx context.Context, after module.Recording, limit int) ([]module.Recording, error) {
	rows, err := k.store.RecordingsUnderWay(ctx, store.RecordingCursor{CreatedAt: after.CreatedAt, ID: after.ID}, limit)
	if err != nil {
		return nil, err
	}
	list := make([]module.Recording, len(rows))
	for i, r := range rows {
		list[i] = k.shown(r)
	}
	return list, nil
}

func (k *keeper) Owners(ctx context.Context, id uuid.UUID) ([]module.User, error) {
	rows, err := k.store.RecordingOwners(ctx, id)
	if err != nil {
		return nil, err
	}
	list := make([]module.User, len(rows))
	for i, u := range rows {
		list[i] = accounts.User(u)
	}
	return list, nil
}

func (k *keeper) Stored(ctx context.Context, id uuid.UUID) (bool, error) {
	r, err := k.store.RecordingByID(ctx, id)
	if err != nil {
		return false, err
	}
	return k.files.Has(ctx, k.key(r))
}

func (k *keeper) Move(ctx context.Context, id uuid.UUID, m module.RecordingMove, then module.Then) (now module.Recording, moved bool, err error) {
	step, err := stepOf(m)
	if err != nil {
		return module.Recording{}, false, err
	}
	err = k.store.InTx(ctx, func(tx *store.Tx) error {
		var r store.Recording
		if r, moved, err = tx.MoveRecording(ctx, id, step); err != nil {
			return err
		}
		if now = k.shown(r); !moved {
			return nil
		}
		_, err = k.then.Follow(ctx, tx, k.name, then)
		return err
	})
	if err != nil {
		return module.Recording{}, false, err
	}
	return now, moved, nil
}

func stepOf(m module.RecordingMove) (store.RecordingMove, error) {
	to := store.RecordingStatus(m.To)
	if m.To != "" && !to.Known() {
		return store.RecordingMove{}, fmt.Errorf("%q is not a status of a recording", m.To)
	}
	step := store.RecordingMove{
		To: to, Stage: store.EgressStage(m.Stage), Option: m.Option, WorkerID: m.Worker, Outcome: m.Outcome, Reason: m.Reason,
		Unresolved: m.Unresolved, StartedAt: given(m.StartedAt), EndedAt: given(m.EndedAt), LimitAt: given(m.LimitAt),
		Notices: m.Notices,
	}
	for _, f := range m.From {
		step.From = append(step.From, store.RecordingStatus(f))
	}
	return step, nil
}

// given is nil for the zero time.
func given(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
