package program

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// tellEvery is the time between two lines about a build.
const tellEvery = 5 * time.Second

// buildFlags leave out what only a debugger reads, and are those of the Makefile, so that
// both share what is compiled.
var buildFlags = []string{"-ldflags=-s -w", "-v"}

// build puts the program in place atomically: nobody ever runs half of it.
func build(ctx context.Context, module, pkg, path string, tell func(string)) error {
	name, temporary := filepath.Base(path), path+".new"
	total, err := parts(ctx, module, pkg)
	if err != nil {
		return err
	}
	tell(fmt.Sprintf("Building %s, once only: up to %d packages, some minutes.", name, total))
	cmd := exec.CommandContext(ctx, "go", append(append([]string{"build", "-C", module}, buildFlags...), "-o", temporary, pkg)...) //nolint:gosec // our own pins
	said, err := cmd.StderrPipe()
	if err != nil {
		return err
	}
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		return err
	}
	errorText := follow(said, func(done int) {
		tell(fmt.Sprintf("Building %s: %d of up to %d packages, %s.", name, done, total, time.Since(begun).Round(time.Second)))
	})
	if err := cmd.Wait(); err != nil {
		_ = os.Remove(temporary)
		return fmt.Errorf("%w: %s", err, errorText)
	}
	tell(fmt.Sprintf("Built %s in %s.", name, time.Since(begun).Round(time.Second)))
	return os.Rename(temporary, path)
}

// parts counts the packages of a program.
func parts(ctx context.Context, module, pkg string) (int, error) {
	list, err := exec.CommandContext(ctx, "go", "list", "-C", module, "-deps", pkg).Output() //nolint:gosec // our own pins
	if err != nil {
		return 0, fmt.Errorf("list what it consists of: %w", err)
	}
	return bytes.Count(list, []byte("\n")), nil
}

// follow reads what go build -v writes, one line for each package it compiles, and tells
// their number now and then. The last lines are returned, which explain a failure.
func follow(said io.Reader, tell func(done int)) (last string) {
	const kept = 30
	var lines []string
	next := time.Now().Add(tellEvery)
	read := bufio.NewScanner(said)
	for done := 1; read.Scan(); done++ {
		if lines = append(lines, read.Text()); len(lines) > kept {
			lines = lines[1:]
		}
		if time.Now().After(next) {
			tell(done)
			next = time.Now().Add(tellEvery)
		}
	}
	return strings.Join(lines, "\n")
}
