package footprint

import (
	"os"
	"runtime/debug"
)

// collectAt is the growth of the heap, in percent of live data, at which garbage
// is collected. Go's default of 100 trades memory for a little time; the gateway
// promises the opposite.
const collectAt = 50

// Prefer makes the process prefer less memory to a little less time, unless the
// operator sets GOGC.
func Prefer() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
}
