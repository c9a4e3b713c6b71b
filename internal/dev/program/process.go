package program

import (
	"bytes"
	"os"
	"os/exec"
	"syscall"
)

// Process is one run of a program. It ends with this process, and ignores signals from a
// terminal.
type Process struct {
	Log   *bytes.Buffer   // its output; complete once it has ended
	Ended <-chan struct{} // closed at the end
	Err   error           // how it ended

	cmd *exec.Cmd
}

// Run starts the program with that environment only.
func Run(path string, env []string, args ...string) (*Process, error) {
	cmd, ended := exec.Command(path, args...), make(chan struct{}) //nolint:gosec,noctx // runs until Kill
	p := &Process{Log: &bytes.Buffer{}, Ended: ended, cmd: cmd}
	cmd.Env = env
	cmd.Stdout, cmd.Stderr = p.Log, p.Log
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	go func() {
		defer close(ended)
		p.Err = cmd.Wait()
	}()
	return p, nil
}

// Signal sends it a signal; it may already have ended.
func (p *Process) Signal(s os.Signal) { _ = p.cmd.Process.Signal(s) }

// Kill kills it, as a crash would, and returns when it has ended. Calling it again does
// nothing.
func (p *Process) Kill() {
	p.Signal(syscall.SIGKILL)
	<-p.Ended
}
