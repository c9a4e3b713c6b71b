package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/store"
	"foyer/internal/dev/livekitdev"
	"foyer/internal/dev/oidcdev"
	"foyer/internal/dev/pgdev"
	"foyer/sdk/conf"
)

const applicationSecret = "a secret of the applications, long enough"

// programs is a gateway with the external API switched on as the replaced server's
// environment does, and a database with ada and an application.
type programs struct {
	*server
	dir     string
	environ []string
	op      *oidcdev.Provider
	store   *store.Store
	ada     store.User
}

func servePrograms(t *testing.T, postgres bool, run string) *programs {
	t.Helper()
	media := livekitdev.StartT(t, livekitdev.Options{})
	p := &programs{op: oidcdev.StartT(t, oidcdev.Options{}), dir: t.TempDir()}
	p.environ = []string{
		"LIVEKIT_API_URL=" + media.URL, "LIVEKIT_API_KEY=" + media.Key, "LIVEKIT_API_SECRET=" + media.Secret,
		"EXTERNAL_API_ENABLED=true", "APPLICATION_ENABLED=true", "APPLICATION_JWT_SECRET_KEY=" + applicationSecret,
		"APPLICATION_BASE_URL=https://meet.example.org", "GATEWAY_HTTP__PUBLIC_URL=https://api.example.org",
		"OIDC_OP_URL=" + p.op.Issuer, "OIDC_OP_INTROSPECTION_ENDPOINT=" + p.op.Issuer + oidcdev.IntrospectionPath,
		"OIDC_RS_CLIENT_ID=" + p.op.ClientID, "OIDC_RS_CLIENT_SECRET=" + p.op.Secret, "OIDC_RS_SCOPES_PREFIX=visio",
		"GATEWAY_FLAGS__VALUES={external_api_spaces: true}", "GATEWAY_MODULES__EXTERNAL_API__RUN=" + run,
	}
	cfg := config.Database{Dir: filepath.Join(p.dir, "data"), MaxConns: 4, ConnectTimeout: waitLong}
	if postgres {
		cfg.URL = conf.NewSecret(pgdev.New(t))
		p.environ = append(p.environ, "DATABASE_URL="+cfg.URL.Reveal())
	}
	p.server = serve(t, p.dir, p.environ)
	var err error
	p.store, err = store.Open(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(p.store.Close)
	p.ada, err = p.store.CreateUser(t.Context(), store.User{Sub: new("ada"), Email: new("ada@example.org"), IsActive: true})
	require.NoError(t, err)
	_, err = p.store.CreateApplication(t.Context(), store.Application{
		Name: "Planner", ClientID: "planner", IsActive: true, Secrets: []store.ApplicationSecret{{Hash: "!"}},
	})
	require.NoError(t, err)
	return p
}

// token returns what the replaced server issued to the application for ada.
func (p *programs) token(scope string) string {
	p.Helper()
	text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"client_id": "planner", "delegated": true, "user_id": p.ada.ID.String(), "iss": "lasuite-meet",
		"iat": time.Now().Unix() - 1, "exp": time.Now().Add(time.Hour).Unix(), "scope": scope,
	}).SignedString([]byte(applicationSecret))
	require.NoError(p, err)
	return text
}

// everyPlace runs a test on both engines and in both placements.
func everyPlace(t *testing.T, test func(p *programs)) {
	t.Run("SQLite, in process", func(t *testing.T) { test(servePrograms(t, false, "inprocess")) })
	t.Run("PostgreSQL, own process", func(t *testing.T) { test(servePrograms(t, true, "process")) })
}

func TestExternalAPI_serves_the_tokens_that_are_out_there(t *testing.T) {
	t.Parallel()
	everyPlace(t, func(p *programs) {
		const path = "/external-api/v1.0/rooms/"
		provider, err := p.op.AccessToken(oidcdev.Grant{Sub: "ada", Client: "office", Scopes: []string{"lasuite_meet", "visio:rooms:create", "visio:rooms:list"}})
		require.NoError(p, err)
		for _, token := range []string{p.token("rooms:create rooms:list"), provider} {
			made := p.send(plain, http.MethodPost, path, "", "Authorization", "Bearer "+token)
			require.Equal(p, http.StatusCreated, made.status, made.body)
			require.True(p, strings.HasPrefix(made.header.Get("Location"), "https://meet.example.org/"))
			list := p.get(path, "Authorization", "Bearer "+token)
			require.Equal(p, http.StatusOK, list.status)
			require.Contains(p, list.body, `"count":1,`)
			require.Contains(p, list.body, made.body)
		}
		refused := p.get(path, "Authorization", "Bearer "+p.token("rooms:create"))
		require.Equal(p, http.StatusForbidden, refused.status)
		require.Equal(p, "Bearer", p.get(path).header.Get("WWW-Authenticate"))
		require.NotContains(p, p.logs(), provider)
		require.NotContains(p, p.logs(), applicationSecret)
	})
}

// shell matches the examples of a page, in reading order.
var shell = regexp.MustCompile("(?s)\n```sh\n(.*?)```\n")

// The page begins by creating an application with the command and continues with the
// result, as a reader would.
func TestExternalAPI_examples_of_its_page_run(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/external-api.md")
	require.NoError(t, err)
	var script bytes.Buffer
	script.WriteString("set -eu\n")
	for _, example := range shell.FindAllSubmatch(page, -1) {
		script.Write(example[1])
	}
	everyPlace(t, func(p *programs) {
		cmd := exec.CommandContext(p.Context(), "sh", "-x")
		cmd.Dir, cmd.Stdin = p.dir, bytes.NewReader(script.Bytes())
		cmd.Env = append(os.Environ(), "FOYER="+p.url, "no_proxy=127.0.0.1",
			"PATH="+filepath.Dir(build(p.T, "gateway", "."))+":"+os.Getenv("PATH"))
		cmd.Env = append(cmd.Env, p.environ...)
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		require.NoError(p, cmd.Run(), "%s\n%s", errs.String(), out.String())
		list, total, err := p.store.RoomsOf(p.Context(), p.ada.ID, 10, 0)
		require.NoError(p, err)
		require.Equal(p, 3, total, "the second room was deleted; the third was made once, the fourth is a space: %v", list)
		var last struct{ Config map[string]any }
		lines := strings.Split(strings.ReplaceAll(out.String(), "}{", "}\n{"), "\n")
		require.NoError(p, json.Unmarshal([]byte(lines[len(lines)-1]), &last))
		require.Equal(p, "ON", last.Config["moderation"])
	})
}
