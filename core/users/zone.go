package users

import (
	_ "embed"
	"slices"
	"strings"
)

// zones are the names of the IANA time zone database, older ones included
// (browsers still tell Asia/Calcutta), a line each, sorted. The list is ours:
// what the machine has installed must not decide what is accepted.
//
//go:embed zones.txt
var zones string

// isZone tells the name of a time zone, as it is spelled there.
func (s *Service) isZone(name string) bool {
	_, found := slices.BinarySearch(s.zones, name)
	return found
}

func zoneNames() []string { return strings.Fields(zones) }
