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

// child is the module's process, as go-plugin's runner. go-plugin's own runner
// would give the process the test's standard input, whose end is how a module
// learns that its gateway is gone.
type child struct {
	cmd    *exec.Cmd
	input  io.WriteCloser
	output io.ReadCloser
	log    *slog.Logger
	logged chan struct{} // closed once all its log output was read
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

func (c *child) Wait(context.Context) error {
	<-c.exited
	return c.err
}

func (c *child) Kill(context.Context) error {
	select {
	case <-c.exited:
		return nil
	default:
		return c.cmd.Process.Kill()
	}
}

// Stdout is where go-plugin reads the handshake.
func (c *child) Stdout() io.ReadCloser { return c.output }

// Stderr is empty: the process's own output goes to the log.
func (c *child) Stderr() io.ReadCloser { return io.NopCloser(strings.NewReader("")) }

func (c *child) Name() string { return c.cmd.Path }

// ID is the process id, "" before the start.
func (c *child) ID() string {
	if c.cmd.Process == nil {
		return ""
	}
	return strconv.Itoa(c.cmd.Process.Pid)
}

// Diagnose adds nothing: the process's own output is in the log.
func (c *child) Diagnose(context.Context) string { return "" }

func (c *child) PluginToHost(network, addr string) (string, string, error) { return network, addr, nil }

func (c *child) HostToPlugin(network, addr string) (string, string, error) { return network, addr, nil }
