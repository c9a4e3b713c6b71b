package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"foyer/core"
	"foyer/core/config"
	"foyer/flags"
)

func routesCommand(in *invocation) *cobra.Command {
	return &cobra.Command{
		Use:   "routes",
		Short: "All routes: whether they are on, by which flag, who may call, and whose they are",
		Long: "All routes of this configuration, those that are off included. The binaries of external modules that are on\n" +
			"are run to be asked; their routes are not known otherwise. Nothing is served, and no database is touched.",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, _, _, err := in.load()
			if err != nil {
				return err
			}
			list, faults, err := routes(cmd.Context(), cfg)
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(in.out, 0, 0, 2, ' ', 0)
			fmt.Fprintln(w, "METHOD\tPATH\tSTATE\tFLAG\tACCESS\tTHROTTLE\tMODULE")
			for _, r := range list {
				state := "on"
				if !r.On {
					state = "off"
				}
				fmt.Fprintln(w, strings.Join([]string{
					r.Method, r.Path, state, orDash(joined(r.Flags)), r.Access, orDash(r.Limit), orDash(r.Module),
				}, "\t"))
			}
			return errors.Join(w.Flush(), unserved(faults))
		},
	}
}

func routes(ctx context.Context, cfg *config.Config) ([]core.Served, map[string]error, error) {
	return core.Routes(ctx, core.Options{Config: cfg, Modules: builtin, Log: slog.New(slog.DiscardHandler), Version: version})
}

// unserved combines what prevents modules, by name, from being served; nil = nothing
// does.
func unserved(faults map[string]error) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(faults)) {
		errs = append(errs, fmt.Errorf("%w: module %s: %w", core.ErrUnusable, name, faults[name]))
	}
	return errors.Join(errs...)
}

func joined(keys []flags.Key) string {
	names := make([]string, len(keys))
	for i, k := range keys {
		names[i] = string(k)
	}
	return strings.Join(names, "+")
}
