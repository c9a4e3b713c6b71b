package spaces

import (
	"context"
	"net/http"
	"time"

	"github.com/nyaruka/phonenumbers"

	"foyer/sdk/module"
)

// space is the API's resource. Its config is a tree of settings.
type space struct {
	Name             string         `json:"name"`
	MeetingURI       string         `json:"meetingUri"`
	MeetingCode      string         `json:"meetingCode"`
	Config           map[string]any `json:"config"`
	ActiveConference *conference    `json:"activeConference,omitempty"`
	PhoneAccess      []phone        `json:"phoneAccess,omitempty"`
}

// conference is a running meeting. Its conference records are not served.
type conference struct {
	Record string `json:"conferenceRecord"`
}

// phone is a way to dial in. The language of the announcements is unknown.
type phone struct {
	Number string `json:"phoneNumber"`          // E.164 if it can be parsed
	PIN    string `json:"pin"`                  // digits
	Region string `json:"regionCode,omitempty"` // two letters
}

// show returns a room as a space.
func (h *Handlers) show(r *http.Request, room module.OwnedRoom) (space, error) {
	v, err := valuesOf(room.Room)
	if err != nil {
		return space{}, err
	}
	s := space{
		Name: collection + room.ID.String(), MeetingURI: h.o.Config.PageOf(room.Slug), MeetingCode: room.Slug, Config: v.tree(), PhoneAccess: phones(room),
	}
	if s.MeetingURI == "" { // the frontend is usually served from the same host
		origin, _ := module.Origin(r)
		s.MeetingURI = origin + "/" + room.Slug
	}
	return s, nil
}

func phones(r module.OwnedRoom) []phone {
	d := r.DialIn
	if d == nil || d.PhoneNumber == "" || r.PIN == nil {
		return nil
	}
	p := phone{Number: d.PhoneNumber, PIN: *r.PIN}
	if n, err := phonenumbers.Parse(d.PhoneNumber, d.DefaultCountry); err == nil {
		p.Number, p.Region = phonenumbers.Format(n, phonenumbers.E164), phonenumbers.GetRegionCodeForNumber(n)
	}
	return []phone{p}
}

// liveTime bounds the look-up of a running meeting.
const liveTime = 2 * time.Second

// meeting returns the meeting running in the room, nil if there is none.
func (h *Handlers) meeting(ctx context.Context, r module.OwnedRoom) (*conference, error) {
	ctx, cancel := context.WithTimeout(ctx, liveTime)
	defer cancel()
	live, err := h.o.Live.ListRooms(ctx, r.ID.String())
	if err != nil || len(live) == 0 {
		return nil, err
	}
	return &conference{Record: "conferenceRecords/" + live[0].SID}, nil
}
