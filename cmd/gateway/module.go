package main

import (
	"errors"
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"foyer/sdk/module"
	"foyer/sdk/otlp"
	"foyer/sdk/plugin"
)

func moduleCommand(in *invocation) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "module NAME",
		Short: "List modules, or run one in a process of its own",
		Long: "With a built-in module's name it runs that module; the gateway starts it so (modules.<name>.run: process),\n" +
			"and it is of no use by hand.",
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) != 1:
				return errors.New(`say "list" or the name of one built-in module`)
			case named(args[0]) == nil:
				return fmt.Errorf("no built-in module is named %q: 'gateway module list' names them", args[0])
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			return plugin.Serve(named(args[0]), plugin.ExportTraces(otlp.Setup))
		},
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "list",
		Short: "The modules, whether they are on, and where they run",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, _, _, err := in.load()
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(in.out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "NAME\tENABLED\tRUNS\tBINARY")
			for _, s := range cfg.ModuleSections() {
				binary := s.Path
				if binary == "" {
					binary = "built in"
				}
				fmt.Fprintf(w, "%s\t%t\t%s\t%s\n", s.Name, s.Enabled, s.Run, binary)
			}
			return w.Flush()
		},
	})
	return cmd
}

// named returns the built-in module with that name, or nil.
func named(name string) module.Module {
	for _, m := range builtin() {
		if m.Name() == name {
			return m
		}
	}
	return nil
}
