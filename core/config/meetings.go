package config

import (
	"time"

	"foyer/sdk/conf"
)

// Meetings are the rules about who may be in a meeting (settings.md 2.7).
type Meetings struct {
	ForbiddenPermissions []string      // forbidden_permissions
	RemovedFor           time.Duration // removed_for: by default as long as a token; 0 = not at all
	WatchEvery           time.Duration // watch_every; 0 = never
}

// defaultRemovedFor gives way to livekit.token_ttl if that is longer.
const defaultRemovedFor = 6 * time.Hour

func defaultMeetings() Meetings {
	return Meetings{
		ForbiddenPermissions: []string{"hidden", "recorder", "agent"}, RemovedFor: defaultRemovedFor, WatchEvery: time.Minute,
	}
}

// normalize makes a removal last as long as a token, unless configured otherwise.
func (m *Meetings) normalize(tokenTTL time.Duration) {
	if m.RemovedFor == defaultRemovedFor {
		m.RemovedFor = max(m.RemovedFor, tokenTTL)
	}
}

func (l *loader) validateMeetings() {
	c := l.config
	if c.Meetings.RemovedFor > 0 && c.Meetings.RemovedFor < c.LiveKit.TokenTTL {
		l.warn("meetings.removed_for", "is shorter than livekit.token_ttl: whoever is removed comes back with the token they have")
	}
}

func (m *Meetings) Fields(f *conf.Fields) {
	f.List("forbidden_permissions", &m.ForbiddenPermissions, "Permissions that nobody may set, true or false.").
		Legacy("PARTICIPANT_FORBIDDEN_PERMISSION_FIELDS").
		OneOf("can_subscribe", "can_publish", "can_publish_data", "can_publish_sources", "can_update_metadata",
			"can_subscribe_metrics", "hidden", "recorder", "agent")
	f.Duration("removed_for", &m.RemovedFor,
		"How long someone who was removed from a meeting is kept out of its room; the default grows with livekit.token_ttl; 0s = not at all.")
	f.Duration("watch_every", &m.WatchEvery,
		"How often LiveKit is asked which meetings are live and who is in them, for what no webhook told of; 0s = never.")
}
