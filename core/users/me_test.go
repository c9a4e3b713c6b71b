package users_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/coretest"
)

func TestMe_shows_the_account_and_challenges_others(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		h := coretest.Open(t, engine)
		me := h.SignIn("ada").Get("/api/v1.0/users/me/").JSON()
		require.Equal(t, coretest.UserKeys, coretest.Keys(me))
		delete(me, "id")
		require.Equal(t, coretest.Object{
			"email": "ada@example.org", "full_name": "Ada Lane", "short_name": "Ada", "timezone": "UTC", "language": "en-us",
			"default_room_access_level": nil, "default_room_configuration": coretest.Object{},
		}, me)
		for _, path := range []string{"/api/v1.0/users/me/", "/api/v1.0/users/me"} {
			a := h.Anonymous().Get(path, "Cookie", "sessionid=made-up-by-somebody")
			a.Is(http.StatusUnauthorized, coretest.NoCredentials)
			require.Equal(t, "Session", a.Header.Get("WWW-Authenticate"))
		}
	})
}
