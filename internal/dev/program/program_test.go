package program

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// pinned creates a module whose only package prints that it runs.
func pinned(t *testing.T) (module string) {
	t.Helper()
	module = t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module pinned\n", "go.sum": "", "main.go": "package main\n\nfunc main() { println(`it runs`) }\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(module, name), []byte(text), 0o600))
	}
	return module
}

func TestBuild_puts_a_program_in_its_place_or_says_why_not(t *testing.T) {
	module, path := pinned(t), filepath.Join(t.TempDir(), "pinned")
	var told []string
	tell := func(line string) { told = append(told, line) }
	require.NoError(t, build(t.Context(), module, ".", path, tell))
	require.True(t, current(path, module))
	require.Regexp(t, `^Building pinned, once only: up to \d+ packages, some minutes\.$`, told[0])
	require.Regexp(t, `^Built pinned in \d+m?\d*s\.$`, told[len(told)-1])

	require.NoError(t, os.WriteFile(filepath.Join(module, "main.go"), []byte("package main\n"), 0o600))
	require.ErrorContains(t, build(t.Context(), module, ".", path+"2", tell), "main")
	require.NoFileExists(t, path+"2")
	require.NoFileExists(t, path+"2.new")
}

func TestCurrent_is_no_program_older_than_its_pin(t *testing.T) {
	module, path := pinned(t), filepath.Join(t.TempDir(), "pinned")
	require.False(t, current(path, module), "there is none")
	require.NoError(t, os.WriteFile(path, nil, 0o600))
	require.True(t, current(path, module))
	later := time.Now().Add(time.Minute)
	require.NoError(t, os.Chtimes(filepath.Join(module, "go.sum"), later, later))
	require.False(t, current(path, module))
}
