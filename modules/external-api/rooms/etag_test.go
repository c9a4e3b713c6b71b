package rooms

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
	"foyer/sdk/reply"
)

func TestTag_changes_with_every_write(t *testing.T) {
	at := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	before, after := module.OwnedRoom{UpdatedAt: at}, module.OwnedRoom{UpdatedAt: at.Add(time.Microsecond)}
	require.NotEqual(t, TagOf(before), TagOf(after))
	require.Equal(t, TagOf(before), TagOf(module.OwnedRoom{UpdatedAt: at.In(time.FixedZone("", 3600))}))
}

func TestGuarded_compares_strongly_as_RFC_9110_says(t *testing.T) {
	room := module.OwnedRoom{UpdatedAt: time.Unix(1, 0)}
	tag := TagOf(room)
	for _, x := range []struct {
		values []string
		status int  // 412, or 0 for a write that succeeds
		bound  bool // to the state that was seen
	}{
		{nil, 0, false},
		{[]string{"*"}, 0, false},
		{[]string{tag}, 0, true},
		{[]string{`"x", ` + tag}, 0, true},
		{[]string{`"x"`, tag}, 0, true},
		{[]string{"W/" + tag}, 412, false},
		{[]string{`"x"`}, 412, false},
		{[]string{tag[1 : len(tag)-1]}, 412, false},
		{[]string{""}, 412, false},
	} {
		at, err := guarded(http.Header{"If-Match": x.values}, room)
		if x.status != 0 {
			require.Equal(t, x.status, reply.As(err).Status, x.values)
			continue
		}
		require.NoError(t, err, x.values)
		require.Equal(t, x.bound, at != nil, x.values)
	}
}

func TestAllows_new_public_rooms_where_somebody_said_so(t *testing.T) {
	for _, x := range []struct {
		config        Config
		level, before string
		want          bool
	}{
		{Config{DefaultAccessLevel: Trusted}, Public, "", false},
		{Config{DefaultAccessLevel: Trusted}, Public, Restricted, false},
		{Config{DefaultAccessLevel: Trusted}, Public, Public, true},
		{Config{DefaultAccessLevel: Trusted}, Restricted, "", true},
		{Config{DefaultAccessLevel: Trusted, AllowPublic: true}, Public, "", true},
		{Config{DefaultAccessLevel: Public}, Public, "", true},
	} {
		require.Equal(t, x.want, x.config.allows(x.level, x.before), x)
	}
}
