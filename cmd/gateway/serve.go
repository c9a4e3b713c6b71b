package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"foyer/core"
	"foyer/core/config"
	"foyer/core/footprint"
	"foyer/core/telemetry"
)

func serveCommand(in *invocation) *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Serve until SIGINT or SIGTERM; SIGHUP reads the configuration again",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return in.serve(cmd.Context()) },
	}
}

func (in *invocation) serve(ctx context.Context) error {
	// As early as possible: the signal's default action ends the process.
	hup := make(chan os.Signal, 1)
	signal.Notify(hup, syscall.SIGHUP)
	defer signal.Stop(hup)
	cfg, src, warnings, err := in.load()
	if err != nil {
		return err
	}
	log, err := telemetry.NewLogger(cfg.Telemetry, in.err)
	if err != nil {
		return fmt.Errorf("%w: %w", core.ErrUnusable, err)
	}
	for _, w := range warnings {
		log.Warn("configuration", "warning", w.String())
	}
	footprint.Prefer()
	app, err := core.New(ctx, core.Options{Config: cfg, Modules: builtin, Log: log, Version: version})
	if err != nil {
		return err
	}
	watching, stopWatching := context.WithCancel(ctx)
	defer stopWatching()
	wait, err := config.Watch(watching, src, log, app.Apply)
	if err != nil {
		return fmt.Errorf("watch the configuration: %w", err)
	}
	err = app.Run(ctx)
	stopWatching()
	wait()
	return err
}
