package main

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/internal/dev/oidcdev"
	"foyer/internal/dev/pgdev"
	"foyer/sdk/conf"
	"foyer/sdk/module"
)

// place is where the commands run.
type place struct {
	*testing.T
	dir     string
	environ []string
}

// onBothEngines runs f on a migrated database of each engine.
func onBothEngines(t *testing.T, f func(p *place)) {
	for name, environ := range map[string]func(*testing.T) []string{
		"SQLite":     func(*testing.T) []string { return nil },
		"PostgreSQL": func(t *testing.T) []string { return []string{"DATABASE_URL=" + pgdev.New(t)} },
	} {
		t.Run(name, func(t *testing.T) {
			p := &place{t, t.TempDir(), append(environ(t), "ENABLE_EXTERNAL_API=true", "APPLICATION_JWT_SECRET_KEY="+strings.Repeat("k", 40))}
			require.Zero(t, gateway(t, p.dir, p.environ, "migrate").code)
			f(p)
		})
	}
}

// app runs a command that must succeed and reads its JSON.
func (p *place) app(args ...string) map[string]any {
	p.Helper()
	o := gateway(p.T, p.dir, p.environ, append([]string{"app", "--json"}, args...)...)
	require.Zero(p.T, o.code, o.errors)
	var v map[string]any
	require.NoError(p.T, json.Unmarshal([]byte(o.out), &v), o.out)
	return v
}

// refused runs a command that must fail, and returns its output.
func (p *place) refused(args ...string) string {
	p.Helper()
	o := gateway(p.T, p.dir, p.environ, append([]string{"app"}, args...)...)
	require.NotZero(p.T, o.code, o.out)
	require.Empty(p.T, o.out)
	require.NotContains(p.T, o.errors, "goroutine")
	return o.errors
}

// token asks a running gateway for a token.
func (p *place) token(s *server, id, secret, email string) answer {
	form := url.Values{"client_id": {id}, "client_secret": {secret}, "grant_type": {"client_credentials"}, "scope": {email}}
	return s.send(plain, "POST", "/external-api/v1.0/application/token/", form.Encode(), "Content-Type", "application/x-www-form-urlencoded")
}

func TestApp_is_managed_while_the_gateway_runs(t *testing.T) {
	t.Parallel()
	people := oidcdev.StartT(t, oidcdev.Options{Users: oidcdev.DemoUsers()})
	onBothEngines(t, func(p *place) {
		s := serve(p.T, p.dir, append([]string{
			"OIDC_OP_URL=" + people.Issuer, "OIDC_RP_CLIENT_ID=" + people.ClientID, "OIDC_RP_CLIENT_SECRET=" + people.Secret,
		}, append(p.environ, withMedia...)...))
		s.signIn("ada")
		made := p.app("create", "--name", "Calendar", "--scope", " rooms:create ", "--domain", "example.org")
		id, secret := made["client_id"].(string), made["client_secret"].(string)
		require.Len(p.T, id, 40)
		require.Len(p.T, secret, 128)
		email := "ada@example.org"
		a := p.token(s, id, secret, email)
		require.Equal(p.T, 200, a.status, a.body)
		require.Contains(p.T, a.body, `"scope":"rooms:create"`)
		require.Equal(p.T, 403, p.token(s, id, secret, "ada@example.com").status)

		p.app("grant", "calendar", "--scope", "rooms:list rooms:list:all")
		require.Contains(p.T, p.token(s, id, secret, email).body, `"scope":"rooms:create rooms:list rooms:list:all"`)
		p.app("revoke", id, "--scope", "rooms:create", "--domain", "example.org")
		require.Contains(p.T, p.token(s, id, secret, email).body, `"scope":"rooms:list rooms:list:all"`)

		next := p.app("rotate", id)["client_secret"].(string)
		for _, works := range []string{secret, next} {
			require.Equal(p.T, 200, p.token(s, id, works, email).status)
		}
		last := p.app("rotate", id, "--overlap", "0")["client_secret"].(string)
		for _, over := range []string{secret, next} {
			require.Equal(p.T, 401, p.token(s, id, over, email).status)
		}
		require.Equal(p.T, 200, p.token(s, id, last, email).status)

		p.app("disable", id)
		require.Equal(p.T, `{"detail":"Application is inactive"}`, p.token(s, id, last, email).body)
		p.app("enable", id)
		require.Equal(p.T, 200, p.token(s, id, last, email).status)
		used := p.app("show", id)["secrets"].([]any)[0].(map[string]any)["last_used"]
		require.NotNil(p.T, used)
		p.app("delete", id, "--yes")
		require.Equal(p.T, `{"detail":"Invalid credentials"}`, p.token(s, id, last, email).body)
		p.tells(made["id"].(string))
		p.leaves(made["id"].(string))
	})
}

// leaves looks for the core's events about these changes, which are stored for the
// gateway to pass on.
func (p *place) leaves(id string) {
	p.Helper()
	cfg := config.Database{Dir: filepath.Join(p.dir, "data"), MaxConns: 2, ConnectTimeout: waitLong}
	for _, text := range p.environ {
		if url, ok := strings.CutPrefix(text, "DATABASE_URL="); ok {
			cfg.URL = conf.NewSecret(url)
		}
	}
	s, err := store.Open(p.Context(), cfg)
	require.NoError(p.T, err)
	defer s.Close()
	list, err := s.EventsSince(p.Context(), time.Now().Add(-time.Hour), module.EventApplicationChanged)
	require.NoError(p.T, err)
	count := map[string]int{}
	for _, e := range list {
		var b module.ApplicationChanged
		require.NoError(p.T, json.Unmarshal(e.Body, &b))
		require.Equal(p.T, id, b.Application.String())
		require.Zero(p.T, b.By)
		count[b.Change+" "+strings.Join(b.Changed, " ")]++
	}
	require.Equal(p.T, map[string]int{
		"created ": 1, "changed scopes": 1, "changed scopes domains": 1, "changed secrets": 2, "changed active": 2, "deleted ": 1,
	}, count)
}

// tells looks for all of that in the audit log.
func (p *place) tells(id string) {
	p.Helper()
	o := gateway(p.T, p.dir, p.environ, "app", "audit", id, "--json")
	require.Zero(p.T, o.code, o.errors)
	count := map[string]int{}
	for lines := bufio.NewScanner(strings.NewReader(o.out)); lines.Scan(); {
		var l line
		require.NoError(p.T, json.Unmarshal(lines.Bytes(), &l))
		require.Equal(p.T, id, l.Application)
		count[l.Action+" "+l.Outcome]++
	}
	require.Equal(p.T, map[string]int{
		"application.create ok": 1, "application.grant ok": 1, "application.revoke ok": 1, "application.rotate ok": 2,
		"application.disable ok": 1, "application.enable ok": 1, "application.delete ok": 1,
		"token.issue ok": 7, "token.issue domain_not_allowed": 1, "token.issue application_inactive": 1,
	}, count)
	all := gateway(p.T, p.dir, p.environ, "app", "audit", "--limit", "3")
	require.Zero(p.T, all.code, all.errors)
	require.Equal(p.T, 4, strings.Count(all.out, "\n"), "a head and three lines")
	require.Contains(p.T, all.out, "invalid_credentials")
}

func TestApp_shows_a_secret_once_and_stores_a_hash(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(p *place) {
		o := gateway(p.T, p.dir, p.environ, "app", "create", "--name", "Bare")
		require.Zero(p.T, o.code)
		require.Regexp(p.T, `(?m)^client secret  [A-Za-z0-9]{128}$`, o.out)
		require.Regexp(p.T, `(?m)^scopes         none$`, o.out)
		require.Contains(p.T, o.errors, "not shown again")
		require.Contains(p.T, o.errors, "It can do nothing yet")
		require.NotContains(p.T, o.errors, "jwt_secret_key")
		secret := o.out[strings.Index(o.out, "client secret  ")+15:][:128]
		for _, args := range [][]string{{"list"}, {"list", "--json"}, {"show", "bare"}, {"show", "Bare", "--json"}, {"audit"}, {"audit", "--json"}} {
			o := gateway(p.T, p.dir, p.environ, append([]string{"app"}, args...)...)
			require.Zero(p.T, o.code, o.errors)
			require.NotContains(p.T, o.out, secret[:40])
			require.NotContains(p.T, o.out, "pbkdf2")
		}
	})
}

func TestApp_keys_are_public_and_removable(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(p *place) {
		p.app("create", "--name", "Signer")
		key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		require.NoError(p.T, err)
		text, err := (&jose.JSONWebKey{Key: key}).MarshalJSON() // private, by mistake
		require.NoError(p.T, err)
		file := write(p.T, p.dir, "key.json", "%s", text)
		added := p.app("key", "add", "Signer", file, "--expires", "365d")
		shown := p.app("show", "Signer")["keys"].([]any)
		require.Len(p.T, shown, 1)
		require.NotNil(p.T, shown[0].(map[string]any)["expires_at"])
		p.app("key", "remove", "Signer", added["id"].(string))
		require.Empty(p.T, p.app("show", "Signer")["keys"])
		require.Contains(p.T, p.refused("key", "add", "Signer", write(p.T, p.dir, "none.json", "{}")), "no public key")
	})
}

func TestApp_answers_mistakes_with_what_to_do(t *testing.T) {
	t.Parallel()
	onBothEngines(t, func(p *place) {
		twin := []any{p.app("create", "--name", "Twin")["client_id"], p.app("create", "--name", "Twin")["client_id"]}
		o := gateway(p.T, p.dir, p.environ, "app", "key")
		require.Equal(p.T, 2, o.code, "misuse")
		for args, want := range map[string]string{
			"":                "say what to do",
			"lst":             `unknown command "lst"`,
			"create":          "--name NAME",
			"create Calendar": `say the name as --name "Calendar"`,
			"create --name " + strings.Repeat("é", 256):     "255 characters at most, and it has 256",
			"create --name X --domain=":                     "--domain: nothing is named",
			"create --name X --require":                     "did you mean --require-domains?",
			"create --name My Calendar":                     `"Calendar" is too much`,
			"create --name X --scopes rooms:create":         "unknown flag: --scopes: did you mean --scope?",
			"create --name X --domain @example.org":         `"@example.org" is not a domain`,
			"create --name X --scope rooms:creat":           `there is no scope "rooms:creat": did you mean "rooms:create"?`,
			"create --name X --domain *.example.org":        `"*.example.org" is not a domain`,
			"create --name X --address 192.0.2.0/33":        `"192.0.2.0/33" is not an address or network`,
			"create --name X --expires 0":                   "without the flag there is no end",
			"create --name X --scope zooms:list":            "--third-party",
			"create --name X --expires soon":                "90d or 12h",
			"show Twni":                                     `there is no application "Twni": did you mean "Twin"?`,
			"show":                                          "say which application",
			"show twin":                                     "2 applications are named",
			"grant Twin":                                    "say what: --scope",
			"delete " + twin[0].(string):                    "add --yes",
			"audit --before x":                              `"x" is not the id of a line`,
			"audit --limit 0":                               "1 to 10000",
			"key":                                           "say add or remove",
			"key remove " + twin[0].(string) + " x":         `"x" is not the id of a key`,
			"key remove x":                                  "the id of the key",
			"key add x":                                     "the file with its public key",
			"key add " + twin[0].(string) + " nowhere.json": "nowhere.json",
			"rotate " + twin[0].(string) + " --overlap -1h": "90d or 12h",
		} {
			require.Contains(p.T, p.refused(strings.Fields(args)...), want, args)
		}
		require.Contains(p.T, p.refused("show", "twin"), twin[0].(string))
	})
	dir := t.TempDir()
	require.Zero(t, gateway(t, dir, nil, "migrate").code)
	require.Contains(t, gateway(t, dir, nil, "app", "create", "--name", "X").errors, "The external API is off")
	for _, args := range [][]string{{"check-config"}, {"app", "create", "--name", "X"}} {
		o := gateway(t, dir, []string{"ENABLE_EXTERNAL_API=true", "APPLICATION_JWT_SECRET_KEY=short"}, args...)
		require.Zero(t, o.code, o.errors)
		require.Contains(t, o.errors, "jwt_secret_key: shorter than the hash", args)
	}
	for _, args := range [][]string{{"app", "list"}, {"recording", "list"}, {"jobs", "list"}} {
		empty := t.TempDir()
		o := gateway(t, empty, nil, args...)
		require.Equal(t, 1, o.code, args)
		require.Contains(t, o.errors, "there is no database at data/foyer.db", args)
		require.NoDirExists(t, empty+"/data", args)
	}
}
