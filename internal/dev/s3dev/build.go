package s3dev

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// program gives the path of versitygw, after building it where it is missing.
// Processes that build at once do so beside each other; the last one's stays.
func program(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("find the repository: %w", err)
	}
	top := filepath.Dir(strings.TrimSpace(string(out)))
	path := filepath.Join(top, ".bin", "versitygw")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	dir, err := os.MkdirTemp("", "versitygw")
	if err != nil {
		return "", err
	}
	built := filepath.Join(dir, "versitygw")
	cmd := exec.CommandContext(ctx, "go", "build", "-C", filepath.Join(top, "tools", "s3"), "-o", built,
		"github.com/versity/versitygw/cmd/versitygw")
	if text, err := cmd.CombinedOutput(); err != nil {
		return "", errors.Join(fmt.Errorf("build versitygw: %w: %s", err, text), os.RemoveAll(dir))
	}
	return path, errors.Join(install(built, path), os.RemoveAll(dir))
}

// install moves a file to its place, at once: whoever runs it sees all of it.
func install(from, to string) error {
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	text, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	temporary := fmt.Sprintf("%s.%d", to, os.Getpid())
	if err := os.WriteFile(temporary, text, 0o755); err != nil {
		return err
	}
	return os.Rename(temporary, to)
}
