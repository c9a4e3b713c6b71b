package main

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/spf13/cobra"

	"foyer/core"
	"foyer/core/config"
	"foyer/core/telemetry"
)

func recordingCommand(in *invocation) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "recording",
		Short: "Look at recordings, tell their people again, and end what hangs",
		Args:  cobra.NoArgs,
	}
	cmd.AddCommand(recordingListCommand(in), recordingShowCommand(in), recordingRetryCommand(in), recordingReapCommand(in))
	return cmd
}

// atDesk does something to the configured database and closes it.
func (in *invocation) atDesk(ctx context.Context, do func(*core.Desk, *config.Config) error) error {
	cfg, _, _, err := in.load()
	if err != nil {
		return err
	}
	if err := present(cfg.Database); err != nil {
		return err
	}
	cfg.Telemetry.LogLevel = "error"
	log, err := telemetry.NewLogger(cfg.Telemetry, in.err)
	if err != nil {
		return fmt.Errorf("%w: %w", core.ErrUnusable, err)
	}
	desk, err := core.OpenDesk(ctx, cfg, log)
	if err != nil {
		return err
	}
	defer desk.Close()
	return do(desk, cfg)
}

// recordingIDs requires at least one argument, all of them ids of recordings.
func recordingIDs(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("name a recording by its id: 'gateway recording list' shows them")
	}
	for _, arg := range args {
		if _, err := uuid.Parse(arg); err != nil {
			return fmt.Errorf("%q is not the id of a recording", arg)
		}
	}
	return nil
}
