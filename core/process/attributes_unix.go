//go:build unix && !linux

package process

import "syscall"

// attributes give the child a process group of its own, out of reach of a
// terminal's Ctrl-C. It learns from the end of its standard input that its parent
// is gone.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
