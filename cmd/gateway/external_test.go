package main

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/internal/dev/oidcdev"
)

// hello returns a configuration with examples/hello, and its binary's checksum.
func hello(t *testing.T, dir, sum string) string {
	t.Helper()
	path := build(t, "hello", "../../examples/hello")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	real := fmt.Sprintf("%x", sha256.Sum256(text))
	if sum == "" {
		sum = real
	}
	write(t, dir, "config.yaml", `flags:
  values: {hello_rooms: true}
modules:
  external:
    - name: hello
      path: %s
      sha256: "%s"
      enabled: true
      config: {greeting: Welcome}
`, path, sum)
	return real
}

func TestExternal_module_with_another_checksum_is_refused(t *testing.T) {
	t.Parallel()
	dir, wrong := t.TempDir(), strings.Repeat("ab", 32)
	real := hello(t, dir, wrong)
	o := gateway(t, dir, nil, "serve")
	require.Equal(t, 2, o.code, o.errors)
	require.Contains(t, o.errors, "config.yaml:7: modules.external[0].sha256: the checksum of ")
	require.Contains(t, o.errors, real)
	require.NoDirExists(t, filepath.Join(dir, "data"), "half started")
}

// A webhook that was accepted is delivered even if the module and the gateway are killed
// right away.
func TestExternal_module_works_and_misses_no_event_though_all_is_killed(t *testing.T) {
	t.Parallel()
	people := oidcdev.StartT(t, oidcdev.Options{Users: oidcdev.DemoUsers()})
	dir := t.TempDir()
	hello(t, dir, "")
	environ := append([]string{
		"OIDC_OP_URL=" + people.Issuer, "OIDC_RP_CLIENT_ID=" + people.ClientID, "OIDC_RP_CLIENT_SECRET=" + people.Secret,
		"GATEWAY_JOBS__TIMEOUT=1s",
	}, withMedia...)
	s := serve(t, dir, environ)
	id := s.create(s.signIn("ada"), "Weekly call")
	const path = "/api/v1.0/hello/weekly-call/"
	require.Equal(t, `{"greeting":"Welcome, Weekly call","met_before":false}`, s.get(path).body)

	require.NoError(t, syscall.Kill(s.child(), syscall.SIGKILL))
	body := fmt.Sprintf(`{"event":"room_finished","id":"EV_1","createdAt":"1700000000","room":{"sid":"RM_1","name":%q}}`, id)
	a := s.send(plain, http.MethodPost, webhookPath, body, "Authorization", signed(t, body), "Content-Type", "application/webhook+json")
	require.Equal(t, http.StatusOK, a.status, a.body)
	s.kill()

	// Usually seconds; but an attempt under way counts as lost only after 6 s, which is
	// checked every 30 s.
	s = serve(t, dir, environ)
	require.Eventually(t, func() bool {
		return s.get(path).body == `{"greeting":"Welcome, Weekly call","met_before":true}`
	}, 3*waitLong, waitShort, "%s", later(s.logs))
}
