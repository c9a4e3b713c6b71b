package externalapi_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLinks_name_the_same_origin_in_every_placement(t *testing.T) {
	for name, x := range map[string]struct {
		unnamed bool
		host    string
		origin  string
	}{
		"public_url":        {false, "evil.example", "http://HOST"},
		"as it was called":  {true, "meet.example.org:81", "http://meet.example.org:81"},
		"and not otherwise": {true, "", "http://HOST"},
	} {
		t.Run(name, func(t *testing.T) {
			everywhere(t, func(t *testing.T, p place) {
				s := withSpaces
				s.unnamed = x.unnamed
				w := open(t, p, s)
				token := w.token("calendar", "ada", "rooms:create rooms:list")
				space := w.send(token, "POST", spacesPath, nil, "Host", x.host).json(200)
				require.Equal(t, x.origin+"/"+space["meetingCode"].(string), space["meetingUri"])
				for range 20 { // one page
					w.send(token, "POST", roomsPath, nil).json(201)
				}
				for query, next := range map[string]string{"": "?page=2", "?cursor=": "?cursor="} {
					page := w.send(token, "GET", roomsPath+query, nil, "Host", x.host).json(200)
					require.Contains(t, page["next"], x.origin+roomsPath+next, query)
				}
			})
		})
	}
}
