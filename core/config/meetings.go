package config

import (
	"time"

	"foyer/core/module/conf"
)

// Meetings are the rules of who is in a meeting (settings.md 2.7).
type Meetings struct {
	ForbiddenPermissions []string      // forbidden_permissions
	RemovedFor           time.Duration // removed_for; 0 = not at all
	WatchEvery           time.Duration // watch_every; 0 = never
}

func defaultMeetings() Meetings {
	return Meetings{
		ForbiddenPermissions: []string{"hidden", "recorder", "agent"}, RemovedFor: 5 * time.Minute, WatchEvery: time.Minute,
	}
}

// Fields declares the section.
func (m *Meetings) Fields(f *conf.Fields) {
	f.List("forbidden_permissions", &m.ForbiddenPermissions, "Permissions that nobody may set, true or false.").
		Legacy("PARTICIPANT_FORBIDDEN_PERMISSION_FIELDS").
		OneOf("can_subscribe", "can_publish", "can_publish_data", "can_publish_sources", "can_update_metadata",
			"can_subscribe_metrics", "hidden", "recorder", "agent")
	f.Duration("removed_for", &m.RemovedFor,
		"How long someone who was removed from a meeting gets no token for its room; 0s = not at all.")
	f.Duration("watch_every", &m.WatchEvery,
		"How often LiveKit is asked which meetings are live, for ends that no webhook told of; 0s = never.")
}
