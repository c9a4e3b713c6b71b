package footprint_test

import (
	"os"
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
