package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"foyer/core"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}

// run executes one command line and gives its exit code.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) int {
	cmd := root(&invocation{environ: environ, out: stdout, err: stderr})
	cmd.SetArgs(args)
	cmd.SetOut(stdout)
	cmd.SetErr(stderr)
	err := cmd.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	fmt.Fprintln(stderr, err)
	if errors.Is(err, core.ErrUnusable) || errors.Is(err, errUsage) {
		return 2
	}
	return 1
}

var errUsage = errors.New("usage")

// invocation is what the commands share: the environment, the output and the
// configuration file named by --config.
type invocation struct {
	environ  []string
	out, err io.Writer
	file     string
}

func root(in *invocation) *cobra.Command {
	cmd := &cobra.Command{
		Use:           "gateway",
		Short:         "The server side of a video-meeting product over LiveKit",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	cmd.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w\nSee '%s --help'.%w", err, c.CommandPath(), hidden{errUsage})
	})
	cmd.CompletionOptions.DisableDefaultCmd = true
	cmd.PersistentFlags().StringVar(&in.file, "config", "",
		"configuration file (default: config.yaml when it exists, else defaults and environment)")
	cmd.AddCommand(serveCommand(in), migrateCommand(in), checkConfigCommand(in), moduleCommand(in), versionCommand(in))
	return cmd
}

// hidden marks an error with another one without showing it.
type hidden struct{ error }

func (hidden) Error() string   { return "" }
func (h hidden) Unwrap() error { return h.error }
