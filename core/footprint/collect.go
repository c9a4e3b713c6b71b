package footprint

import (
	"os"
	"runtime/debug"
)

// collectAt is the growth of the heap, in percent of what is live, at which
// garbage is collected. Go's default of 100 trades memory for a little time;
// the gateway's promise is the other way round.
const collectAt = 50

// Prefer makes the process favour memory over a little time, unless the
// operator decides by GOGC.
func Prefer() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(collectAt)
	}
}
