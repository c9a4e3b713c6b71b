package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"foyer/core"
	"foyer/core/config"
	"foyer/core/store"
	"foyer/modules/recording"
	"foyer/sdk/module"
)

func recordingRetryCommand(in *invocation) *cobra.Command {
	var everybody bool
	cmd := &cobra.Command{
		Use:   "retry ID...",
		Short: "Tell those who were not told of a stored recording",
		Long: "The mails to owners and the external service are tried again for whoever was not told, by a gateway that runs.\n" +
			"With --everybody those who were told are told again. Expired recordings are left out.",
		Args: recordingIDs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return in.atDesk(cmd.Context(), func(d *core.Desk, cfg *config.Config) error {
				return in.each(args, func(id uuid.UUID) (string, error) { return retryRecording(cmd.Context(), d, cfg, id, everybody) })
			})
		},
	}
	cmd.Flags().BoolVar(&everybody, "everybody", false, "also those who were told")
	return cmd
}

func retryRecording(ctx context.Context, d *core.Desk, cfg *config.Config, id uuid.UUID, everybody bool) (string, error) {
	r, err := d.Store.RecordingByID(ctx, id)
	if err != nil {
		return "", err
	}
	days := cfg.Recordings.ExpirationDays
	switch {
	case !r.Status.Saved():
		return "", fmt.Errorf("there is nothing to tell: it is %s", r.Status)
	case days != nil && *days > 0 && time.Since(r.CreatedAt) > time.Duration(*days)*24*time.Hour:
		return "left out: it has expired", nil
	}
	job := recording.RetryJob(id, everybody)
	if err := d.Jobs.Enqueue(ctx, recording.Name, job.Kind, job.Args, job.Options); err != nil {
		return "", err
	}
	return "will be told", nil
}

func recordingReapCommand(in *invocation) *cobra.Command {
	return &cobra.Command{
		Use:   "reap ID...",
		Short: "End recordings that hang, as failed_to_stop",
		Long: "Frees the room at once. A gateway that runs then ends the egress; if there is a file, the recording is stored\n" +
			"all the same.",
		Args: recordingIDs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return in.atDesk(cmd.Context(), func(d *core.Desk, _ *config.Config) error {
				return in.each(args, func(id uuid.UUID) (string, error) { return reapRecording(cmd.Context(), d, id) })
			})
		},
	}
}

func reapRecording(ctx context.Context, d *core.Desk, id uuid.UUID) (did string, err error) {
	err = d.Store.InTx(ctx, func(tx *store.Tx) error {
		unresolved := true
		r, moved, err := tx.MoveRecording(ctx, id, store.RecordingMove{
			To: store.RecordingNotStopped, Reason: "an operator ended it", Unresolved: &unresolved,
		})
		switch {
		case err != nil:
			return err
		case !moved:
			did = fmt.Sprintf("left alone: it is %s", r.Status)
			return nil
		}
		did = "ended"
		return enqueueTx(ctx, d, tx, recording.HaltJob(id))
	})
	return did, err
}

func enqueueTx(ctx context.Context, d *core.Desk, tx *store.Tx, j module.NextJob) error {
	return d.Jobs.EnqueueTx(ctx, tx, recording.Name, j.Kind, j.Args, j.Options)
}

// each does something with every recording that is named, and tells of each. A
// failure of one keeps nothing from the others.
func (in *invocation) each(ids []string, do func(uuid.UUID) (string, error)) error {
	var errs []error
	for _, text := range ids {
		id := uuid.MustParse(text)
		did, err := do(id)
		if errors.Is(err, store.ErrNotFound) {
			err = errors.New("there is no such recording")
		}
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", id, err))
			continue
		}
		fmt.Fprintf(in.out, "%s: %s\n", id, did)
	}
	return errors.Join(errs...)
}
