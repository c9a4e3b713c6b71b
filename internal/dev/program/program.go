package program

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"foyer/core/filelock"
)

// Program is one of these servers.
type Program struct {
	Name    string // of the file in .bin
	Module  string // the folder under tools
	Package string // to build
}

// repository is the repository's top folder, looked up once.
var repository = sync.OnceValues(func() (string, error) {
	mod, err := exec.Command("go", "env", "GOMOD").Output() //nolint:noctx // returns at once
	if err != nil {
		return "", fmt.Errorf("find the repository: %w", err)
	}
	return filepath.Dir(strings.TrimSpace(string(mod))), nil
})

// Path returns the program's path, after building it if it is missing or older than its
// pin. That takes minutes, which ctx should allow for; tell, unless nil, is told how it
// gets on. Processes that need it at the same time wait for the first one's build.
func (p Program) Path(ctx context.Context, tell func(line string)) (string, error) {
	if tell == nil {
		tell = func(string) {}
	}
	path, err := p.path(ctx, tell)
	if err != nil {
		return "", fmt.Errorf("build %s: %w", p.Name, err)
	}
	return path, nil
}

func (p Program) path(ctx context.Context, tell func(string)) (string, error) {
	top, err := repository()
	if err != nil {
		return "", err
	}
	module, path := filepath.Join(top, "tools", p.Module), filepath.Join(top, ".bin", p.Name)
	if current(path, module) {
		return path, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return "", err
	}
	release, err := filelock.Acquire(ctx, path+".lock")
	if err != nil {
		return "", err
	}
	defer release()
	if current(path, module) { // built in the meantime
		return path, nil
	}
	return path, build(ctx, module, p.Package, path, tell)
}

// current reports whether the program exists and is newer than its pin.
func current(path, module string) bool {
	built, err := os.Stat(path)
	if err != nil {
		return false
	}
	pin, err := os.Stat(filepath.Join(module, "go.sum"))
	return err == nil && !built.ModTime().Before(pin.ModTime())
}
