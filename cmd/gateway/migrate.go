package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"foyer/core"
	"foyer/core/telemetry"
)

func migrateCommand(in *invocation) *cobra.Command {
	return &cobra.Command{
		Use:   "migrate",
		Short: "Bring the database to this version; adopts a database of the replaced server",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, _, _, err := in.load()
			if err != nil {
				return err
			}
			log, err := telemetry.NewLogger(cfg.Telemetry, in.err)
			if err != nil {
				return fmt.Errorf("%w: %w", core.ErrUnusable, err)
			}
			if err := core.Migrate(cmd.Context(), cfg, log); err != nil {
				return err
			}
			fmt.Fprintln(in.out, "the database is up to date")
			return nil
		},
	}
}
