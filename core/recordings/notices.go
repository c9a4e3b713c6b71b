package recordings

import (
	"context"

	"github.com/google/uuid"

	"foyer/core/store"
	"foyer/sdk/module"
)

func (k *keeper) Untold(ctx context.Context, id uuid.UUID) ([]string, error) {
	all, err := k.store.RecordingNotices(ctx, id)
	if err != nil {
		return nil, err
	}
	var open []string
	for _, n := range all {
		if n.DoneAt == nil {
			open = append(open, n.Kind)
		}
	}
	return open, nil
}

func (k *keeper) Told(ctx context.Context, id uuid.UUID, notice, process string) (now module.Recording, err error) {
	err = k.store.InTx(ctx, func(tx *store.Tx) error {
		if process != "" {
			if _, err := tx.AcceptProcess(ctx, id, process); err != nil {
				return err
			}
		}
		r, err := tx.RecordingTold(ctx, id, notice)
		now = k.shown(r)
		return err
	})
	if err != nil {
		return module.Recording{}, err
	}
	return now, nil
}

func (k *keeper) Report(ctx context.Context, process string, ok bool) (bool, error) {
	outcome := store.RecordingNotProcessed
	if ok {
		outcome = store.RecordingProcessed
	}
	return k.store.ReportProcess(ctx, process, outcome)
}
