package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"foyer/core"
	"foyer/core/config"
	"foyer/core/store"
	"foyer/core/telemetry"
)

func backupCommand(in *invocation) *cobra.Command {
	return &cobra.Command{
		Use:   "backup FILE",
		Short: "Copy the SQLite database to a new file, while gateways may run on it",
		Long: "Writes the database as it is at one moment to FILE, which must not be there yet and appears once it is complete.\n" +
			"A gateway that runs goes on. Copying the database's file itself would miss what is in its log.\n" +
			"A PostgreSQL database is backed up by pg_dump. docs/backup.md tells what else to keep, and how to restore.",
		Example: "  gateway backup /var/backups/foyer-$(date +%F).db",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || args[0] == "" {
				return errors.New("name one file to write to")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error { return in.backup(cmd.Context(), args[0]) },
	}
}

func (in *invocation) backup(ctx context.Context, name string) error {
	cfg, _, _, err := in.load()
	if err != nil {
		return err
	}
	file := store.File(cfg.Database)
	if file == "" {
		return fmt.Errorf("%w: back it up with pg_dump, as in: pg_dump --format=custom --file=%s (docs/backup.md)", store.ErrNotEmbedded, name)
	}
	if err := present(cfg.Database); err != nil {
		return err
	}
	log, err := telemetry.NewLogger(cfg.Telemetry, in.err)
	if err != nil {
		return fmt.Errorf("%w: %w", core.ErrUnusable, err)
	}
	// Any schema version will do: backups are made before upgrades.
	s, err := store.Open(ctx, cfg.Database, store.WithLog(log))
	if err != nil {
		return err
	}
	defer s.Close()
	if err := s.Backup(ctx, name); err != nil {
		return fmt.Errorf("back up the database: %w; there is no copy", err)
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	fmt.Fprintf(in.out, "%s: a copy of %s (%d bytes)\n", name, file, info.Size())
	secrets := filepath.Join(cfg.Database.Dir, config.SecretsFile)
	if _, err := os.Stat(secrets); err == nil {
		fmt.Fprintf(in.out, "not in it, and to be kept as well: %s\n", secrets)
	}
	return nil
}
