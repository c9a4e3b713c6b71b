package auth

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/sdk/conf"
)

// asks returns a request with these cookies.
func asks(header string) *http.Request {
	return &http.Request{Header: http.Header{"Cookie": {header}}}
}

func TestLogins_end_after_half_an_hour_whatever_the_browser_keeps(t *testing.T) {
	l, err := newLogins("sessionid", false, conf.NewSecret("key"))
	require.NoError(t, err)
	for age, known := range map[time.Duration]bool{
		0: true, 29 * time.Minute: true, 30*time.Minute + time.Second: false, 12 * time.Hour: false, -time.Minute: true,
	} {
		p := pending{State: "state", Next: "/room", Added: time.Now().Add(-age), cookie: "sessionid_login_x"}
		value, err := l.value(p)
		require.NoError(t, err)
		got, found, under := l.find(asks(p.cookie+"="+value), "state")
		require.Equal(t, []bool{known, known}, []bool{found, under}, age)
		if known {
			require.Equal(t, "/room", got.Next)
			_, found, under = l.find(asks(p.cookie+"="+value), "")
			require.Equal(t, []bool{false, true}, []bool{found, under}, "an empty state is nobody's")
		}
	}
}

func FuzzLogins_are_those_that_were_sealed(f *testing.F) {
	l, err := newLogins("sessionid", false, conf.NewSecret("key"))
	require.NoError(f, err)
	good, err := l.value(pending{State: "state", Added: time.Now(), cookie: "sessionid_login_a"})
	require.NoError(f, err)
	for _, s := range []string{"sessionid_login_a=" + good, "sessionid_login_b=" + good, "sessionid_login_=;sessionid_login_a", good} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, header string) {
		_, known, under := l.find(asks(header), "state")
		require.Equal(t, under, known)
		if known {
			require.Contains(t, header, "sessionid_login_a=")
			require.Contains(t, header, good)
		}
	})
}
