package rooms

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"foyer/core/store"
	"foyer/sdk/livekit"
	"foyer/sdk/reply"
)

// Entry is what a caller needs to join on the media server.
type Entry struct {
	URL   string `json:"url"`
	Room  string `json:"room"`
	Token string `json:"token"`
}

// Entrant is somebody who may enter a room.
type Entrant struct {
	Room          string          // its name on the media server
	Configuration json.RawMessage // the room's, nil if it has none
	Role          store.Role
	User          *store.User   // nil for guests
	Guest         string        // the identity of a guest who already has one, "" = a new one
	Wish          string        // the display name asked for, "" if none
	Color         string        // "" = derived from the identity
	TTL           time.Duration // how long the token can be used to join, 0 = livekit.token_ttl
}

// Enter issues the token to enter with (core-rest.md 6). It does not check
// whether the entrant may.
func (s *Service) Enter(e Entrant) (*Entry, error) {
	who := e.Guest
	switch {
	case e.User != nil:
		who = Identity(e.User)
	case who == "":
		who = s.guests.NewID()
	}
	token, err := s.tokens.Issue(livekit.TokenRequest{
		Room: e.Room, Identity: who, Name: s.displayName(e.User, e.Wish), Role: string(e.Role), Color: e.Color,
		Authenticated: e.User != nil, Sources: s.sources(e.Configuration, e.Role), TTL: cmp.Or(e.TTL, s.livekit.TokenTTL),
	})
	if errors.Is(err, livekit.ErrNoKey) {
		return nil, noMediaServer()
	}
	if err != nil {
		return nil, fmt.Errorf("issue token for room %s: %w", e.Room, err)
	}
	return &Entry{URL: s.livekit.URL, Room: e.Room, Token: token}, nil
}

// noMediaServer is the answer of a gateway that cannot let anybody in.
func noMediaServer() error {
	return reply.Detail(http.StatusServiceUnavailable, "LiveKit is not configured.").Because(livekit.ErrNoKey)
}

// Identity is how the media server knows an account: by its subject, or by its id
// if it has no subject (provisional, or only for the admin site), so that two of
// those stay distinct.
func Identity(u *store.User) string {
	if u.Sub == nil || *u.Sub == "" {
		return u.ID.String()
	}
	return *u.Sub
}

func (s *Service) displayName(u *store.User, wish string) string {
	if wish != "" && (u == nil || s.rooms.EditDisplayName) {
		return CutName(wish)
	}
	if u == nil {
		return "Anonymous"
	}
	for _, name := range []*string{u.FullName, u.Email, u.AdminEmail} {
		if name != nil && *name != "" {
			return *name
		}
	}
	return u.ID.String()
}

// MaxDisplayName is the longest name in a meeting, in characters, as for an
// update of a participant (core-rest.md 8.2).
const MaxDisplayName = 255

// CutName cuts a name to MaxDisplayName characters: everybody in the meeting
// receives it.
func CutName(name string) string {
	n := 0
	for i := range name {
		if n++; n > MaxDisplayName {
			return name[:i]
		}
	}
	return name
}

// sources are what the caller may publish. Rows older than the schema check may
// hold anything; what is not a list of strings counts as unset.
func (s *Service) sources(configuration json.RawMessage, role store.Role) []string {
	if role.Privileged() || len(configuration) <= len(`{}`) {
		return s.livekit.DefaultSources
	}
	var c struct {
		Sources *[]string `json:"can_publish_sources"`
	}
	if err := json.Unmarshal(configuration, &c); err != nil || c.Sources == nil {
		return s.livekit.DefaultSources
	}
	return *c.Sources
}
