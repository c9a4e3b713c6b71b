package accounts

import (
	"slices"
	"testing"
	"time"
	_ "time/tzdata" // whatever the machine has installed

	"github.com/stretchr/testify/require"
)

func TestZones_are_those_of_the_time_zone_database(t *testing.T) {
	require.Greater(t, len(zones()), 590)
	require.True(t, slices.IsSorted(zones()))
	for _, name := range zones() {
		_, err := time.LoadLocation(name)
		require.NoError(t, err, name)
		require.True(t, IsZone(name))
		require.LessOrEqual(t, len(name), 63, "longer than the column")
	}
}

func TestZones_are_spelled_exactly(t *testing.T) {
	for _, name := range []string{"Europe/Paris", "UTC", "Asia/Calcutta", "Asia/Kolkata", "US/Pacific", "Europe/Kyiv", "Etc/GMT+12"} {
		require.True(t, IsZone(name), name)
	}
	for _, name := range []string{"", "europe/paris", " UTC", "UTC\n", "Local", "Factory", "../UTC", "posix/UTC", "Mars/Base", "Europe"} {
		require.False(t, IsZone(name), name)
	}
}
