package hostsuite

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"foyer/sdk/conf"
	"foyer/sdk/module"
)

func applicationCases() []test {
	return []test{
		{"Applications are given with what still counts of them", whatStillCounts},
		{"Applications tell the work of the costliest one", costliest},
		{"Applications renew a hash that nobody changed", renewedHash},
		{"Audit entries are stored as they are", auditAsItIs},
	}
}

// application stores an active application, modified by change.
func (p *probe) application(clientID string, change func(*module.Application)) module.Application {
	p.Helper()
	a := module.Application{Name: clientID, ClientID: clientID, Active: true, Secrets: secrets("!")}
	if change != nil {
		change(&a)
	}
	return p.place.AddApplication(a)
}

// secrets are secrets with these hashes, the newest first; the older ones end
// within the hour.
func secrets(hashes ...string) (list []module.ApplicationSecret) {
	for _, hash := range hashes {
		s := module.ApplicationSecret{Hash: conf.NewSecret(hash)}
		if len(list) > 0 {
			s.ExpiresAt = time.Now().Add(time.Hour)
		}
		list = append(list, s)
	}
	return list
}

func whatStillCounts(p *probe) {
	soon, past := time.Now().Add(time.Hour).UTC().Truncate(time.Second), time.Now().Add(-time.Hour)
	a := p.application("calendar", func(a *module.Application) {
		a.Scopes, a.Domains = []string{"rooms:create", "rooms:list:all"}, []string{"example.org"}
		a.RequireDomains, a.Addresses = true, []string{"192.0.2.0/24"}
		a.Secrets = []module.ApplicationSecret{{Hash: conf.NewSecret("second"), ExpiresAt: soon}, {Hash: conf.NewSecret("first"), ExpiresAt: past}}
		a.Keys = []module.ApplicationKey{{JWK: []byte(`{"kty":"OKP"}`)}, {JWK: []byte(`{}`), ExpiresAt: past}}
	})
	require.NotContains(p.T, []uuid.UUID{a.ID, a.Secrets[0].ID, a.Keys[0].ID}, uuid.Nil)

	got, err := p.Applications().ByClientID(p.Context(), "calendar")
	require.NoError(p.T, err)
	require.Equal(p.T, module.Application{
		ID: a.ID, ClientID: "calendar", Name: "calendar", Active: true,
		Scopes: []string{"rooms:create", "rooms:list:all"}, Domains: []string{"example.org"},
		RequireDomains: true, Addresses: []string{"192.0.2.0/24"},
		Secrets: []module.ApplicationSecret{{ID: a.Secrets[0].ID, Hash: conf.NewSecret("second"), ExpiresAt: soon}},
		Keys:    []module.ApplicationKey{{ID: a.Keys[0].ID, JWK: []byte(`{"kty":"OKP"}`)}},
	}, got)
	for _, id := range []string{"Calendar", "calendar ", "", "a\x00b", "\xff"} {
		_, err := p.Applications().ByClientID(p.Context(), id)
		require.ErrorIs(p.T, err, module.ErrNotFound, "%q", id)
	}
}

func costliest(p *probe) {
	most := func() int {
		n, err := p.Applications().MostRounds(p.Context())
		require.NoError(p.T, err)
		return n
	}
	// hash looks like a hash with so many rounds, but matches no secret.
	hash := func(rounds int) string {
		return fmt.Sprintf("pbkdf2_sha256$%d$%s$%s=", rounds, strings.Repeat("s", 22), strings.Repeat("A", 43))
	}
	require.Equal(p.T, 1_000, most(), "no less than a new secret costs")
	p.application("unknown", nil)
	p.application("one", func(a *module.Application) { a.Secrets = secrets(hash(3_000)) })
	p.application("idle", func(a *module.Application) { a.Secrets, a.Active = secrets(hash(2_000)), false })
	require.Equal(p.T, 3_000, most())
	p.application("several", func(a *module.Application) { a.Secrets, a.Active = secrets(hash(2_000), hash(2_000)), false })
	require.Equal(p.T, 4_000, most(), "all that a wrong secret is held against")
}

func renewedHash(p *probe) {
	a := p.application("calendar", func(a *module.Application) { a.Secrets = secrets("old") })
	renew := func(from, to string) bool {
		done, err := p.Applications().RenewSecret(p.Context(), a.ID, a.Secrets[0].ID, conf.NewSecret(from), conf.NewSecret(to))
		require.NoError(p.T, err)
		return done
	}
	require.False(p.T, renew("another", "new"))
	require.True(p.T, renew("old", "new"))
	require.False(p.T, renew("old", "newer"))
	got, err := p.Applications().ByClientID(p.Context(), "calendar")
	require.NoError(p.T, err)
	require.Equal(p.T, "new", got.Secrets[0].Hash.Reveal())
	require.Equal(p.T, a.Secrets[0].ID, got.Secrets[0].ID)
}

func auditAsItIs(p *probe) {
	at := time.Now().Add(-time.Minute).UTC().Truncate(time.Microsecond)
	full := module.AuditEntry{
		At: at, Action: "token.issue", Outcome: "ok", ClientID: "calendar", Application: uuid.New(), User: p.ada.ID,
		Email: "ada@example.org", Object: "x", TokenID: "t", Address: "192.0.2.1", RequestID: "r",
	}
	require.NoError(p.T, p.Applications().Record(p.Context(), full, module.AuditEntry{Action: "token.issue", Outcome: "invalid_credentials", ClientID: "a\xff\x00"}))
	require.NoError(p.T, p.Applications().Record(p.Context()))
	list := p.place.Audit()
	require.Len(p.T, list, 2)
	require.Equal(p.T, "invalid_credentials", list[0].Outcome)
	require.Equal(p.T, "a\uFFFD\uFFFD", list[0].ClientID)
	require.WithinDuration(p.T, time.Now(), list[0].At, time.Minute)
	require.Equal(p.T, full, list[1])
}
