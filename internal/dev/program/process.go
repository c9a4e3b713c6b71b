package program

import (
	"bytes"
	"os"
	"os/exec"
	"syscall"
)

// Process is one run of a program. It ends with this process, and signals of a
// terminal are not for it.
type Process struct {
	Log   *bytes.Buffer   // what it said; complete once it ended
	Ended <-chan struct{} // closed then
	Err   error           // of its end

	cmd *exec.Cmd
}

// Run starts the program with that environment and no other.
func Run(path string, env []string, args ...string) (*Process, error) {
	cmd, ended := exec.Command(path, args...), make(chan struct{}) //nolint:gosec,noctx // ours, until Kill
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

// Signal sends it one; it may have ended by itself.
func (p *Process) Signal(s os.Signal) { _ = p.cmd.Process.Signal(s) }

// Kill ends it at once, as a crash would, and returns when it has. Repeats do
// nothing.
func (p *Process) Kill() {
	p.Signal(syscall.SIGKILL)
	<-p.Ended
}
