package main

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/internal/dev/oidcdev"
	"foyer/internal/dev/pgdev"
	"foyer/internal/dev/smtpdev"
)

// An invitation that was answered is in the database: the death of the gateway
// while the mail server is down loses nothing, and sends nothing twice.
func TestMail_outlives_a_gateway_that_is_killed(t *testing.T) {
	for engine, database := range map[string]func(t *testing.T) []string{
		"sqlite":   func(*testing.T) []string { return nil },
		"postgres": func(t *testing.T) []string { return []string{"DATABASE_URL=" + pgdev.New(t)} },
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel() // much is waiting
			post := smtpdev.StartT(t, smtpdev.Options{User: "meet", Password: "correct horse"})
			people := oidcdev.StartT(t, oidcdev.Options{Users: oidcdev.DemoUsers()})
			dir, environ := t.TempDir(), append(append(database(t), withMedia...),
				"OIDC_OP_URL="+people.Issuer, "OIDC_RP_CLIENT_ID="+people.ClientID, "OIDC_RP_CLIENT_SECRET="+people.Secret,
				"DJANGO_EMAIL_HOST="+post.Host, "DJANGO_EMAIL_PORT="+strconv.Itoa(post.Port), "DJANGO_EMAIL_FROM=meet@example.org",
				"DJANGO_EMAIL_HOST_USER=meet", "DJANGO_EMAIL_HOST_PASSWORD=correct horse", "DJANGO_EMAIL_APP_BASE_URL=https://meet.example.org",
				"GATEWAY_JOBS__TIMEOUT=2s") // after which the job of a dead process is taken over
			post.Down()
			s := serve(t, dir, environ)
			ada := s.signIn("ada")
			s.create(ada, "The Room")
			a := s.post(ada, "/api/v1.0/rooms/the-room/invite/", `{"emails":["grace@example.org"]}`)
			require.Equal(t, `{"status":"success","message":"invitations sent"}`, a.body)
			require.Eventually(t, func() bool { return post.Connections() >= 2 }, waitLong, waitShort)
			s.kill()
			post.Up()
			s = serve(t, dir, environ)
			require.Equal(t, []string{"grace@example.org"}, post.Await(t, 1)[0].Recipients)
			require.Zero(t, s.stop())
			require.Len(t, post.Messages(), 1)
			require.NotContains(t, s.logs(), "horse")
		})
	}
}
