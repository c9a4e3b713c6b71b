//go:build unix && !linux

package process

import "syscall"

// attributes give the child a group of its own, out of reach of a terminal's
// Ctrl-C. The end of its standard input tells it that its parent is gone.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
