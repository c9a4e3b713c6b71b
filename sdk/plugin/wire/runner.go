package wire

import (
	"context"
	"io"
	"os/exec"
	"strconv"
	"strings"
)

// LocalRunner is the part of go-plugin's runner.Runner that is the same for every
// process on this machine whose own output goes to the log.
type LocalRunner struct{ Cmd *exec.Cmd }

// Stderr is empty: the process's own stderr goes to the log.
func (LocalRunner) Stderr() io.ReadCloser { return io.NopCloser(strings.NewReader("")) }

func (r LocalRunner) Name() string { return r.Cmd.Path }

// ID is the process id, "" before the start.
func (r LocalRunner) ID() string {
	if r.Cmd.Process == nil {
		return ""
	}
	return strconv.Itoa(r.Cmd.Process.Pid)
}

// Diagnose has nothing to add: the process's output is in the log.
func (LocalRunner) Diagnose(context.Context) string { return "" }

// PluginToHost translates nothing.
func (LocalRunner) PluginToHost(network, addr string) (string, string, error) {
	return network, addr, nil
}

// HostToPlugin translates nothing.
func (LocalRunner) HostToPlugin(network, addr string) (string, string, error) {
	return network, addr, nil
}
