package main

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/internal/dev/oidcdev"
	"foyer/internal/dev/pgdev"
	"foyer/internal/dev/smtpdev"
)

// An acknowledged invitation is in the database: if the gateway dies while the mail
// server is down, nothing is lost and nothing is sent twice.
func TestMail_outlives_a_gateway_that_is_killed(t *testing.T) {
	t.Parallel()
	for engine, database := range map[string]func(t *testing.T) []string{
		"sqlite":   func(*testing.T) []string { return nil },
		"postgres": func(t *testing.T) []string { return []string{"DATABASE_URL=" + pgdev.New(t)} },
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel() // mostly waiting
			post := smtpdev.StartT(t, smtpdev.Options{User: "meet", Password: "correct horse"})
			people := oidcdev.StartT(t, oidcdev.Options{Users: oidcdev.DemoUsers()})
			dir, environ := t.TempDir(), append(append(database(t), withMedia...),
				"OIDC_OP_URL="+people.Issuer, "OIDC_RP_CLIENT_ID="+people.ClientID, "OIDC_RP_CLIENT_SECRET="+people.Secret,
				"DJANGO_EMAIL_HOST="+post.Host, "DJANGO_EMAIL_PORT="+strconv.Itoa(post.Port), "DJANGO_EMAIL_FROM=meet@example.org",
				"DJANGO_EMAIL_HOST_USER=meet", "DJANGO_EMAIL_HOST_PASSWORD=correct horse", "DJANGO_EMAIL_APP_BASE_URL=https://meet.example.org",
				"GATEWAY_JOBS__TIMEOUT=2s") // after which a dead process's job is taken over
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
