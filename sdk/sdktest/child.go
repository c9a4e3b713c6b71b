package sdktest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os/exec"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin/runner"

	"foyer/sdk/plugin/wire"
)

// child is the module's process, as go-plugin's runner. go-plugin's own runner
// would give the process the test's standard input, whose end is how a module
// learns that its gateway is gone.
type child struct {
	wire.LocalRunner
	input  io.WriteCloser
	output io.ReadCloser
	log    *slog.Logger
	logged chan struct{} // closed once all its log output was read
	exited chan struct{}
	err    error // how it ended, once exited is closed
}

func runnerOf(path string, log *slog.Logger) func(hclog.Logger, *exec.Cmd, string) (runner.Runner, error) {
	return func(_ hclog.Logger, spec *exec.Cmd, _ string) (runner.Runner, error) {
		c := &child{LocalRunner: wire.LocalRunner{Cmd: exec.Command(path)}, log: log, logged: make(chan struct{}), exited: make(chan struct{})} //nolint:gosec,noctx // this binary; ended by Kill
		c.Cmd.Env = append(spec.Env, wire.LogLevelVariable+"=WARN")
		var err error
		if c.input, err = c.Cmd.StdinPipe(); err != nil {
			return nil, err
		}
		if c.output, err = c.Cmd.StdoutPipe(); err != nil {
			return nil, err
		}
		logs, err := c.Cmd.StderrPipe()
		if err != nil {
			return nil, err
		}
		go c.copy(logs)
		return c, nil
	}
}

// copy copies the process's log into the test's log.
func (c *child) copy(logs io.Reader) {
	defer close(c.logged)
	lines := bufio.NewReader(logs)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			c.log.Warn("module output", "text", strings.TrimSuffix(line, "\n"))
		}
		if err != nil {
			return
		}
	}
}

func (c *child) Start(context.Context) error {
	if err := c.Cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", c.Cmd.Path, err)
	}
	go func() {
		<-c.logged
		c.err = c.Cmd.Wait()
		close(c.exited)
	}()
	return nil
}

func (c *child) Wait(context.Context) error {
	<-c.exited
	return c.err
}

func (c *child) Kill(context.Context) error {
	select {
	case <-c.exited:
		return nil
	default:
		return c.Cmd.Process.Kill()
	}
}

// Stdout is where go-plugin reads the handshake.
func (c *child) Stdout() io.ReadCloser { return c.output }
