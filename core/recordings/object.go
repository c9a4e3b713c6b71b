package recordings

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"foyer/core/store"
)

// object is a recording as the API shows it (recording-summary-files.md 5).
type object struct {
	ID        uuid.UUID             `json:"id"`
	Room      room                  `json:"room"`
	CreatedAt isoTime               `json:"created_at"`
	UpdatedAt isoTime               `json:"updated_at"`
	Status    store.RecordingStatus `json:"status"`
	Mode      string                `json:"mode"`
	Options   json.RawMessage       `json:"options"`
	Key       string                `json:"key"`
	IsExpired bool                  `json:"is_expired"`
	ExpiredAt *isoTime              `json:"expired_at"`
}

// isoTime is a time in UTC as the API shows it: with all six digits of the
// microseconds, or with none.
type isoTime time.Time

// MarshalJSON writes a time such as "2026-03-29T00:30:00.120000Z".
func (t isoTime) MarshalJSON() ([]byte, error) {
	at, form := time.Time(t).UTC(), "2006-01-02T15:04:05.000000Z"
	if at.Nanosecond() == 0 {
		form = "2006-01-02T15:04:05Z"
	}
	return []byte(at.Format(`"` + form + `"`)), nil
}

type room struct {
	ID          uuid.UUID `json:"id"`
	Name        string    `json:"name"`
	Slug        string    `json:"slug"`
	AccessLevel string    `json:"access_level"`
}

func (s *Service) objectOf(r store.RecordingWithRoom, now time.Time) object {
	o := object{
		ID: r.Recording.ID, CreatedAt: isoTime(r.CreatedAt), UpdatedAt: isoTime(r.UpdatedAt), Status: r.Status, Mode: r.Mode,
		Options: r.Options, Key: s.key(r.Recording),
		Room: room{ID: r.Room.ID, Name: r.Room.Name, Slug: r.Room.Slug, AccessLevel: r.Room.AccessLevel},
	}
	if at := s.expiry(r.Recording); !at.IsZero() {
		o.ExpiredAt, o.IsExpired = (*isoTime)(&at), s.expired(r.Recording, now)
	}
	return o
}
