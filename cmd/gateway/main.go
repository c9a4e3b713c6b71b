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
	"github.com/spf13/pflag"

	"foyer/core"
	"foyer/sdk/conf"
)

func main() {
	ctx, stop := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-signals
		// First of all: a second signal has its default effect, it kills the process.
		signal.Stop(signals)
		stop()
	}()
	os.Exit(run(ctx, os.Args[1:], os.Environ(), os.Stdout, os.Stderr))
}

// run executes one command line and returns its exit code.
func run(ctx context.Context, args, environ []string, stdout, stderr io.Writer) int {
	in := &invocation{environ: environ, out: stdout, err: stderr}
	cmd := root(in)
	cmd.SetArgs(args)
	cmd.SetOut(stdout)
	cmd.SetErr(stderr)
	cmd.SetContext(ctx)
	used, err := cmd.ExecuteC()
	switch {
	case err == nil:
		return 0
	case !in.understood:
		fmt.Fprintf(stderr, "%v\nSee '%s --help'.\n", err, used.CommandPath())
		return 2
	}
	fmt.Fprintln(stderr, err)
	if errors.Is(err, core.ErrUnusable) {
		return 2
	}
	return 1
}

// invocation is what the commands share: the environment, the output, and the
// configuration file named by --config.
type invocation struct {
	environ  []string
	out, err io.Writer
	file     string
	// understood is set once the command line has been parsed; any earlier failure is a
	// usage error.
	understood bool
}

func root(in *invocation) *cobra.Command {
	cmd := &cobra.Command{
		Use:              "gateway",
		Short:            "The server side of a video-meeting product over LiveKit",
		SilenceUsage:     true,
		SilenceErrors:    true,
		PersistentPreRun: func(*cobra.Command, []string) { in.understood = true },
	}
	cmd.CompletionOptions.DisableDefaultCmd = true
	cmd.SetFlagErrorFunc(suggestFlag)
	cmd.PersistentFlags().StringVar(&in.file, "config", "",
		"configuration file (default: config.yaml when it exists, else defaults and environment)")
	cmd.AddCommand(serveCommand(in), migrateCommand(in), backupCommand(in), checkConfigCommand(in), routesCommand(in), moduleCommand(in), appCommand(in),
		recordingCommand(in), jobsCommand(in), versionCommand(in))
	return cmd
}

// suggestFlag adds the flag that was probably meant to an error about an unknown one.
func suggestFlag(cmd *cobra.Command, err error) error {
	unknown, ok := errors.AsType[*pflag.NotExistError](err)
	if !ok {
		return err
	}
	var names []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	near := conf.Nearest(unknown.GetSpecifiedName(), names)
	if near == "" {
		return err
	}
	return fmt.Errorf("%w: did you mean --%s?", err, near)
}
