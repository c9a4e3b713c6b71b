package jobs

import (
	"testing"
	"time"

	"github.com/riverqueue/river/rivertype"
	"github.com/stretchr/testify/require"
)

func TestBackoff_doubles_to_six_hours_with_jitter(t *testing.T) {
	var total time.Duration
	for failures := range 24 {
		total += wait(failures)
		for range 50 {
			d := time.Until(backoff{}.NextRetry(&rivertype.JobRow{Errors: make([]rivertype.AttemptError, failures)}))
			require.InDelta(t, float64(wait(failures)), float64(d), 0.26*float64(wait(failures)))
		}
	}
	require.Equal(t, time.Second, wait(0))
	require.Equal(t, 2*time.Second, wait(1))
	require.Equal(t, 6*time.Hour, wait(24))
	require.Equal(t, 6*time.Hour, wait(1000))
	require.InDelta(t, 3*24, total.Hours(), 12, "25 attempts span about three days")
}

func TestRescueAfter_leaves_room_beyond_the_time_out(t *testing.T) {
	for _, timeout := range []time.Duration{time.Second, time.Minute, time.Hour} {
		require.GreaterOrEqual(t, rescueAfter(timeout), timeout+5*time.Second)
	}
	require.Equal(t, 90*time.Second, rescueAfter(time.Minute))
}

func TestUntil_looks_again_at_a_postponed_job_once_a_minute_at_least(t *testing.T) {
	for metadata, want := range map[string]time.Duration{
		``: time.Minute, `{}`: time.Second, `{"snoozes":1}`: 2 * time.Second, `{"snoozes":5,"x":1}`: 32 * time.Second,
		`{"snoozes":6}`: time.Minute, `{"snoozes":100000}`: time.Minute,
	} {
		require.Equal(t, want, until([]byte(metadata)), metadata)
	}
}
