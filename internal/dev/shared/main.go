package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
)

func main() {
	signal.Ignore(syscall.SIGINT, syscall.SIGQUIT) // they are for the command, whose end is ours
	code, err := run(context.Background(), os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "shared:", err)
	}
	os.Exit(code)
}

// run returns the command's exit code.
func run(ctx context.Context, args []string) (code int, err error) {
	if len(args) == 0 {
		return 2, errors.New("no command is named")
	}
	environ, end, err := provide(ctx)
	defer func() { err = errors.Join(err, end()) }()
	if err != nil {
		return 1, err
	}
	cmd := exec.Command(args[0], args[1:]...) //nolint:gosec,noctx // what the developer asks for
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.Env = append(os.Environ(), environ...)
	err = cmd.Run()
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), nil // a signal's is -1
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}
