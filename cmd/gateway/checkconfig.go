package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"foyer/core/config"
)

func checkConfigCommand(in *invocation) *cobra.Command {
	return &cobra.Command{
		Use:   "check-config",
		Short: "Report every fault of the file and the environment",
		Args:  cobra.NoArgs,
		Long: "Every fault of the file and the environment. The binaries of external modules that are on are run to be asked\n" +
			"about their section and their routes.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, src, warnings, err := in.load()
			if err != nil {
				return err
			}
			if slices.ContainsFunc(cfg.Modules.External, func(m config.ExternalModule) bool { return m.Enable }) {
				_, faults, err := routes(cmd.Context(), cfg)
				if err := errors.Join(err, unserved(faults)); err != nil {
					return err
				}
			}
			for _, w := range warnings {
				fmt.Fprintln(in.err, "warning:", w)
			}
			where := src.File
			if where == "" {
				where = "no file, defaults and environment"
			}
			fmt.Fprintf(in.out, "configuration is valid (%s)\n", where)
			return addresses(in.out, cfg)
		},
	}
}
