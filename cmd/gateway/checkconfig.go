package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

func checkConfigCommand(in *invocation) *cobra.Command {
	return &cobra.Command{
		Use:   "check-config",
		Short: "Report every fault of the file and the environment",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, src, warnings, err := in.load()
			if err != nil {
				return err
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
