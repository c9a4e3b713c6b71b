package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"foyer/sdk/plugin/wire"

	"github.com/hashicorp/go-plugin/runner"
)

// child is one process, as go-plugin starts and ends it.
type child struct {
	wire.LocalRunner
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
	return &child{LocalRunner: wire.LocalRunner{Cmd: cmd}, output: output, stdout: r, exited: make(chan struct{})}, nil
}

// Start starts the process from a thread that lives as long as the process: Linux
// ties the parent-death signal to the thread.
func (c *child) Start(context.Context) error {
	started := make(chan error, 1)
	go func() { //nolint:contextcheck // outlives the start
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := c.Cmd.Start()
		started <- err
		if err == nil {
			err = c.Cmd.Wait()
		}
		c.end(err)
	}()
	if err := <-started; err != nil {
		return fmt.Errorf("start %s: %w", c.Cmd.Path, err)
	}
	return nil
}

func (c *child) end(err error) {
	c.err = err
	if w, ok := c.Cmd.Stdout.(*io.PipeWriter); ok {
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
	if err := syscall.Kill(-c.Cmd.Process.Pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
		return fmt.Errorf("kill module process: %w", err)
	}
	return nil
}

// Stdout is where the handshake is read from.
func (c *child) Stdout() io.ReadCloser { return c.stdout }
