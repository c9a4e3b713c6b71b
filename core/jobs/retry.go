package jobs

import (
	"encoding/json"
	"math/rand/v2"
	"time"

	"github.com/riverqueue/river/rivertype"
)

const (
	firstRetry = time.Second
	lastRetry  = 6 * time.Hour
	// lastLook is the longest that a postponed job goes without another look.
	lastLook = time.Minute
)

// until is how long to postpone a job: a second, then twice as long each time, up
// to a minute. metadata is River's, which counts (river.JobSnooze).
func until(metadata []byte) time.Duration {
	var m struct {
		Snoozes int `json:"snoozes"`
	}
	if json.Unmarshal(metadata, &m) != nil || m.Snoozes > 16 {
		return lastLook
	}
	return min(firstRetry<<m.Snoozes, lastLook)
}

// backoff doubles from a second up to six hours, varied at random by up to a
// quarter, so that jobs that failed together do not come back together. The
// default of 25 attempts spans about three days.
type backoff struct{}

// NextRetry returns when the failed job is tried again.
func (backoff) NextRetry(job *rivertype.JobRow) time.Time {
	return time.Now().Add(time.Duration(float64(wait(len(job.Errors))) * (0.75 + rand.Float64()/2)))
}

// wait is the average pause when a job that has already failed `before` times
// fails again.
func wait(before int) time.Duration {
	d := firstRetry
	for range before {
		if d *= 2; d >= lastRetry {
			return lastRetry
		}
	}
	return d
}
