package process

import "syscall"

// attributes give the child a process group of its own, out of reach of a
// terminal's Ctrl-C, and make it end with its parent.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
