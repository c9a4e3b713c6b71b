package module

import "strings"

// Listens reports whether one of the names of Listener.Events covers the event:
// the name itself or, if it ends in "*", any name with that prefix.
func Listens(names []string, event string) bool {
	for _, name := range names {
		if prefix, found := strings.CutSuffix(name, "*"); name == event || found && strings.HasPrefix(event, prefix) {
			return true
		}
	}
	return false
}
