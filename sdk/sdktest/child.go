package sdktest

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os/exec"
	"strconv"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/go-plugin/runner"

	"foyer/sdk/plugin/wire"
)

// child is the module's process, in the form that go-plugin starts and ends it.
// Its own runner would give the process the standard input of the test, whose end
// is what tells a module that its gateway is gone.
type child struct {
	cmd    *exec.Cmd
	input  io.WriteCloser
	output io.ReadCloser
	log    *slog.Logger
	logged chan struct{} // closed when all that it logs was read
	exited chan struct{}
	err    error // how it ended, once exited is closed
}

func runnerOf(path string, log *slog.Logger) func(hclog.Logger, *exec.Cmd, string) (runner.Runner, error) {
	return func(_ hclog.Logger, spec *exec.Cmd, _ string) (runner.Runner, error) {
		c := &child{cmd: exec.Command(path), log: log, logged: make(chan struct{}), exited: make(chan struct{})} //nolint:gosec,noctx // this binary; ended by Kill
		c.cmd.Env = append(spec.Env, wire.LogLevelVariable+"=WARN")
		var err error
		if c.input, err = c.cmd.StdinPipe(); err != nil {
			return nil, err
		}
		if c.output, err = c.cmd.StdoutPipe(); err != nil {
			return nil, err
		}
		logs, err := c.cmd.StderrPipe()
		if err != nil {
			return nil, err
		}
		go c.copy(logs)
		return c, nil
	}
}

// copy puts what the process logs into the test's log.
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

// Start is runner.Runner.
func (c *child) Start(context.Context) error {
	if err := c.cmd.Start(); err != nil {
		return fmt.Errorf("start %s: %w", c.cmd.Path, err)
	}
	go func() {
		<-c.logged
		c.err = c.cmd.Wait()
		close(c.exited)
	}()
	return nil
}

// Wait is runner.Runner.
func (c *child) Wait(context.Context) error {
	<-c.exited
	return c.err
}

// Kill is runner.Runner.
func (c *child) Kill(context.Context) error {
	select {
	case <-c.exited:
		return nil
	default:
		return c.cmd.Process.Kill()
	}
}

// Stdout is where the handshake is read.
func (c *child) Stdout() io.ReadCloser { return c.output }

// Stderr is empty: the process's own goes to the log.
func (c *child) Stderr() io.ReadCloser { return io.NopCloser(strings.NewReader("")) }

// Name is the path.
func (c *child) Name() string { return c.cmd.Path }

// ID is the process id, "" before it was started.
func (c *child) ID() string {
	if c.cmd.Process == nil {
		return ""
	}
	return strconv.Itoa(c.cmd.Process.Pid)
}

// Diagnose adds nothing: the process's own output is in the log.
func (c *child) Diagnose(context.Context) string { return "" }

// PluginToHost changes nothing.
func (c *child) PluginToHost(network, addr string) (string, string, error) { return network, addr, nil }

// HostToPlugin changes nothing.
func (c *child) HostToPlugin(network, addr string) (string, string, error) { return network, addr, nil }
