package config

import (
	"time"

	"foyer/flags"
	"foyer/sdk/conf"
)

// ConnectionTestFlag is the flag of the connection test; its value is
// diagnostics.connection_test.
const ConnectionTestFlag flags.Key = "connection_test"

// Diagnostics are the tests that visitors can run (settings.md 2.18). The prefix
// of their rooms is livekit.connection_test_room_prefix.
type Diagnostics struct {
	ConnectionTest bool          // connection_test
	TokenTTL       time.Duration // connection_test_token_ttl
	RoomExtraAge   time.Duration // connection_test_room_extra_age
}

func defaultDiagnostics() Diagnostics {
	return Diagnostics{TokenTTL: 5 * time.Minute, RoomExtraAge: 10 * time.Second}
}

func (d *Diagnostics) Fields(f *conf.Fields) {
	f.Bool("connection_test", &d.ConnectionTest, "Let anybody test the connection to LiveKit in a room of their own.").
		Legacy("CONNECTION_TEST_ENABLED")
	f.Duration("connection_test_token_ttl", &d.TokenTTL, "How long the token of a test lets join.").
		Legacy("CONNECTION_TEST_TOKEN_TTL_SECONDS").AtLeast(int64(time.Second)).AtMost(int64(24 * time.Hour))
	f.Duration("connection_test_room_extra_age", &d.RoomExtraAge, "How long after that the room is ended.").
		Legacy("CONNECTION_TEST_ROOM_EXTRA_AGE_SECONDS")
}

func (l *loader) validateDiagnostics() {
	if l.config.LiveKit.TestRoomPrefix == "" {
		l.fault("livekit.connection_test_room_prefix", "must be given: without it every room would count as a test")
	}
	if _, set := l.config.Flags.Values[string(ConnectionTestFlag)]; set {
		l.fault("flags.values", "%s is a setting: set diagnostics.connection_test", ConnectionTestFlag)
	}
}
