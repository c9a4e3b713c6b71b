package module

import "strings"

// Listens tells whether one of the names of Listener.Events means the event: the
// name itself or, where it ends in "*", any name that begins with what is before
// that.
func Listens(names []string, event string) bool {
	for _, name := range names {
		if prefix, found := strings.CutSuffix(name, "*"); name == event || found && strings.HasPrefix(event, prefix) {
			return true
		}
	}
	return false
}
