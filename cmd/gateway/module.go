package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"foyer/core/plugin"
)

func moduleCommand(in *invocation) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "module NAME",
		Short: "List modules, or run one in a process of its own",
		Long: "With a built-in module's name it runs that module; the gateway starts it so (modules.<name>.run: process),\n" +
			"and it is of no use by hand.",
		Args: cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			for _, m := range builtin() {
				if m.Name() == args[0] {
					return plugin.Serve(m)
				}
			}
			return fmt.Errorf("no built-in module is named %q: see 'gateway module list'%w", args[0], hidden{errUsage})
		},
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "list",
		Short: "The modules, whether they are on, and where they run",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			cfg, _, err := in.load()
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
