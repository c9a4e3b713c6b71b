package lobby

import (
	"encoding/json"

	"foyer/core/ephemeral"
	"foyer/core/meetings"
)

// States of an entry, as the wire has them (core-rest.md 7).
const (
	waiting  = ephemeral.Waiting
	accepted = "accepted"
	denied   = "denied"
)

// record is what an entry of a queue holds.
type record struct {
	Username string `json:"username"`
	Color    string `json:"color"`
	// Identity is the media server's name of an account; guests have the id of
	// their entry.
	Identity string `json:"identity,omitempty"`
	// Shown: the id of the entry has been in a token. Others may know it, so that
	// it takes the cookie to be taken for whoever waits.
	Shown bool `json:"shown,omitempty"`
}

// recordOf reads an entry; what is damaged is nobody's.
func recordOf(e ephemeral.Entry) (record, bool) {
	var r record
	err := json.Unmarshal(e.Value, &r)
	known := e.State == waiting || e.State == accepted || e.State == denied
	return r, err == nil && known && r.Username != "" && r.Color != ""
}

// admission is that of whoever waits under the id.
func (r record) admission(id string) meetings.Admission {
	a := meetings.Admission{Identity: r.Identity, Entry: id, Name: r.Username, Color: r.Color}
	if a.Identity == "" {
		a.Identity = id
	}
	return a
}

// recordOfAdmission is the record by which somebody was let in. One who has not
// waited has none.
func recordOfAdmission(a *meetings.Admission) (record, bool) {
	if a == nil {
		return record{}, false
	}
	return record{Username: a.Name, Color: a.Color, Identity: a.Identity}, a.Entry != ""
}
