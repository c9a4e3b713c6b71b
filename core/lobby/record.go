package lobby

import (
	"encoding/json"

	"foyer/core/ephemeral"
	"foyer/core/meetings"
)

// States of an entry, as on the wire (core-rest.md 7).
const (
	waiting  = ephemeral.Waiting
	accepted = "accepted"
	denied   = "denied"
)

// record is what an entry of a queue contains.
type record struct {
	Username string `json:"username"`
	Color    string `json:"color"`
	// Identity is an account's identity on the media server; that of guests is
	// the id of their entry.
	Identity string `json:"identity,omitempty"`
	// Shown means that the id of the entry has been in a token. Others may know
	// it, so the cookie is needed to be recognised as this participant.
	Shown bool `json:"shown,omitempty"`
}

// recordOf reads an entry; false if it is damaged.
func recordOf(e ephemeral.Entry) (record, bool) {
	var r record
	err := json.Unmarshal(e.Value, &r)
	known := e.State == waiting || e.State == accepted || e.State == denied
	return r, err == nil && known && r.Username != "" && r.Color != ""
}

// admission is the one for whoever waits under the id.
func (r record) admission(id string) meetings.Admission {
	a := meetings.Admission{Identity: r.Identity, Entry: id, Name: r.Username, Color: r.Color}
	if a.Identity == "" {
		a.Identity = id
	}
	return a
}

// recordOfAdmission is the record by which somebody was let in. Somebody who did
// not wait has none.
func recordOfAdmission(a *meetings.Admission) (record, bool) {
	if a == nil {
		return record{}, false
	}
	return record{Username: a.Name, Color: a.Color, Identity: a.Identity}, a.Entry != ""
}
