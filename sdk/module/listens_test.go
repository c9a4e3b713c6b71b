package module_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
)

func TestListens_takes_names_and_prefixes(t *testing.T) {
	for _, c := range []struct {
		names []string
		event string
		want  bool
	}{
		{nil, "room_started", false},
		{[]string{"room_started"}, "room_started", true},
		{[]string{"room_started"}, "room_started_again", false},
		{[]string{"room_finished", "room_started"}, "room_started", true},
		{[]string{"core.room.*"}, module.EventRoomCreated, true},
		{[]string{"core.room.*"}, module.EventRoomDeleted, true},
		{[]string{"core.room.*"}, "core.room.", true},
		{[]string{"core.room.*"}, "core.room", false},
		{[]string{"core.room.*"}, "room_started", false},
		{[]string{"core.room.*"}, module.EventUserCreated, false},
		{[]string{"room*"}, module.EventRoomCreated, false},
		{[]string{"core.*"}, module.EventApplicationChanged, true},
		{[]string{"recording_*"}, module.EventRecordingSaved, true},
		{[]string{"*"}, "anything", true},
		{[]string{"core.*.created"}, module.EventRoomCreated, false}, // a star is one at the end only
		{[]string{""}, "room_started", false},
	} {
		require.Equal(t, c.want, module.Listens(c.names, c.event), "%q, %s", c.names, c.event)
	}
}
