package lobby

import (
	"encoding/json"

	"foyer/core/ephemeral"
)

// States of an entry, as the wire has them (core-rest.md 7).
const (
	waiting  = ephemeral.Waiting
	accepted = "accepted"
	denied   = "denied"
)

// maxName bounds the name that is shown to others, in characters: it is kept in
// memory for anybody who asks, and the media server takes no longer one.
const maxName = 255

// record is what an entry of a queue holds.
type record struct {
	Username string `json:"username"`
	Color    string `json:"color"`
	// Identity is the media server's name of an account; guests have the id of
	// their entry.
	Identity string `json:"identity,omitempty"`
}

// recordOf reads an entry; what is damaged is nobody's.
func recordOf(e ephemeral.Entry) (record, bool) {
	var r record
	err := json.Unmarshal(e.Value, &r)
	known := e.State == waiting || e.State == accepted || e.State == denied
	return r, err == nil && known && r.Username != "" && r.Color != ""
}

// cut is a name of at most maxName characters.
func cut(name string) string {
	n := 0
	for i := range name {
		if n++; n > maxName {
			return name[:i]
		}
	}
	return name
}
