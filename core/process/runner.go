package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/hashicorp/go-plugin/runner"
)

// child is one process, as go-plugin starts and ends it.
type child struct {
	cmd    *exec.Cmd
	output *lines
	stdout *io.PipeReader
	exited chan struct{} // closed when the process has ended
	err    error         // why, once exited is closed
}

var _ runner.Runner = (*child)(nil)

func newChild(path string, args, env []string, output *lines) (*child, error) {
	r, w := io.Pipe()
	cmd := exec.Command(path, args...) //nolint:gosec,noctx // the operator's path; ended by Kill
	cmd.Env = env
	cmd.Stdout, cmd.Stderr = w, output
	cmd.SysProcAttr = attributes()
	// Its end tells the child that this process is gone.
	if _, err := cmd.StdinPipe(); err != nil {
		return nil, fmt.Errorf("make pipe: %w", err)
	}
	// Files held open by a child of the child must not delay the news of its end.
	cmd.WaitDelay = time.Second
	return &child{cmd: cmd, output: output, stdout: r, exited: make(chan struct{})}, nil
}

// Start starts the process from a thread that lives as long as the process: Linux
// ties the parent-death signal to the thread.
func (c *child) Start(context.Context) error {
	started := make(chan error, 1)
	go func() { //nolint:contextcheck // outlives the start
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := c.cmd.Start()
		started <- err
		if err == nil {
			err = c.cmd.Wait()
		}
		c.end(err)
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start %s: %w", c.cmd.Path, err)
	}
	return nil
}

func (c *child) end(err error) {
	c.err = err
	if w, ok := c.cmd.Stdout.(*io.PipeWriter); ok {
		_ = w.Close()
	}
	c.output.flush()
	close(c.exited)
}

func (c *child) Wait(context.Context) error {
	<-c.exited
	return c.err
}

// Kill ends the process and its group.
func (c *child) Kill(context.Context) error { return c.kill() }

func (c *child) kill() error {
	select {
	case <-c.exited:
		return nil
	default:
	}
	if err := syscall.Kill(-c.cmd.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("kill module process: %w", err)
	}
	return nil
}

// Stdout is where the wire.Handshake is read from.
func (c *child) Stdout() io.ReadCloser { return c.stdout }

// Stderr is empty: the process's own stderr goes to the log.
func (c *child) Stderr() io.ReadCloser { return io.NopCloser(strings.NewReader("")) }

func (c *child) Name() string { return c.cmd.Path }

func (c *child) ID() string {
	if c.cmd.Process == nil {
		return ""
	}
	return strconv.Itoa(c.cmd.Process.Pid)
}

// Diagnose has nothing to add: the process's output is in the log.
func (c *child) Diagnose(context.Context) string { return "" }

// PluginToHost translates nothing.
func (c *child) PluginToHost(network, addr string) (string, string, error) { return network, addr, nil }

// HostToPlugin translates nothing.
func (c *child) HostToPlugin(network, addr string) (string, string, error) { return network, addr, nil }
