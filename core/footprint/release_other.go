//go:build !linux

package footprint

import "runtime/debug"

// Release gives the heap's garbage back to the system.
func Release() error {
	debug.FreeOSMemory()
	return nil
}
