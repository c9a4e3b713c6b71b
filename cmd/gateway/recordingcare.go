package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"foyer/core"
	"foyer/core/config"
	"foyer/core/recordings"
	"foyer/core/store"
	"foyer/modules/recording"
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
			return in.atDesk(cmd.Context(), func(d *core.Desk, _ *config.Config) error {
				return in.each(args, func(id uuid.UUID) (string, error) { return retryRecording(cmd.Context(), d, id, everybody) })
			})
		},
	}
	cmd.Flags().BoolVar(&everybody, "everybody", false, "also those who were told")
	return cmd
}

// operated returns a desk's recordings, with the jobs that the module builds for
// operators.
func operated(d *core.Desk) recordings.Operators {
	return d.Recordings.Operated(recordings.Recorder{Module: recording.Name, Retry: recording.RetryJob, Halt: recording.HaltJob})
}

func retryRecording(ctx context.Context, d *core.Desk, id uuid.UUID, everybody bool) (string, error) {
	switch err := operated(d).Retry(ctx, id, everybody); {
	case errors.Is(err, recordings.ErrExpired):
		return "left out: it has expired", nil
	case err != nil:
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

func reapRecording(ctx context.Context, d *core.Desk, id uuid.UUID) (string, error) {
	r, ended, err := operated(d).Reap(ctx, id)
	switch {
	case err != nil:
		return "", err
	case !ended:
		return fmt.Sprintf("left alone: it is %s", r.Status), nil
	}
	return "ended", nil
}

// each does something to every recording named and reports each. A failure of one does
// not affect the others.
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
