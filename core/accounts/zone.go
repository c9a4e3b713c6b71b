package accounts

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// zoneText are the names of the IANA time zone database, older ones included
// (browsers still tell Asia/Calcutta), a line each, sorted. The list is ours:
// what the machine has installed must not decide what is accepted.
//
//go:embed zones.txt
var zoneText string

var zones = sync.OnceValue(func() []string { return strings.Fields(zoneText) })

// IsZone reports whether name is a time zone, spelled as in the database.
func IsZone(name string) bool {
	_, found := slices.BinarySearch(zones(), name)
	return found
}
