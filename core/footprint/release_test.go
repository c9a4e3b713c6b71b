package footprint_test

import (
	"os"
	"os/user"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/footprint"
)

func TestRelease_keeps_the_program_working(t *testing.T) {
	for range 3 {
		require.NoError(t, footprint.Release())
		text, err := os.ReadFile("/proc/self/status")
		require.NoError(t, err)
		require.Contains(t, strings.ToLower(string(text)), "vmrss")
	}
}

// The linker's table of C functions is in pages of the program file too, which are
// written to at the start and read-only afterwards: the file on disk does not have them.
func TestRelease_keeps_calls_into_C_working(t *testing.T) {
	require.NoError(t, footprint.Release())
	_, err := user.Lookup("nobody-of-this-name")
	var unknown user.UnknownUserError
	require.ErrorAs(t, err, &unknown)
}
