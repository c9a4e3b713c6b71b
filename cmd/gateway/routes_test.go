package main

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/module"
)

// pointed configures an external module that has one route.
func pointed(t *testing.T, dir, enabled, prefix, path string) {
	t.Helper()
	binary := build(t, "pointed", "./testdata/pointed")
	text, err := os.ReadFile(binary)
	require.NoError(t, err)
	write(t, dir, "config.yaml", `modules:
  subtitles: {enabled: true}
  external:
    - name: pointed
      path: %s
      sha256: "%x"
      enabled: %s
      config: {prefix: "%s", path: "%s"}
`, binary, sha256.Sum256(text), enabled, prefix, path)
}

func TestRoutes_lists_every_route_with_its_rules(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pointed(t, dir, "true", "/pointed/", "/pointed/files/*rest")
	o := gateway(t, dir, withMedia, "routes")
	require.Zero(t, o.code, o.errors)
	line := func(r module.Route, name string) {
		t.Helper()
		want := fmt.Sprintf(`(?m)^%s +%s +(on|off) +\S*%s\S* +%s +%s +%s$`, r.Method, regexp.QuoteMeta(r.Path), r.Flag, regexp.QuoteMeta(r.Access.Of(name).Rule().String()), orDash(r.Limit), name)
		require.Regexp(t, want, o.out)
	}
	for _, m := range builtin() {
		for _, r := range m.Routes() {
			line(r, m.Name())
		}
	}
	line(module.Route{Method: http.MethodGet, Path: "/pointed/files/*rest", Flag: "pointed", Access: module.Public}, "pointed")
	require.Regexp(t, `(?m)^POST +/api/v1.0/rooms/ +on +- +session +- +-$`, o.out)
	require.Regexp(t, `(?m)^POST +/api/v1.0/rooms/:room/start-subtitle/ +on +subtitles +livekit_token +start_subtitle +subtitles$`, o.out)
	require.Regexp(t, `(?m)^POST +/api/v1.0/rooms/:room/start-recording/ +off +recording +session +- +recording$`, o.out)
	require.NoDirExists(t, dir+"/data", "nothing is made")
}

func TestExternal_module_serves_all_that_is_below_a_path(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pointed(t, dir, "true", "/pointed/", "/pointed/files/*rest")
	s := serve(t, dir, withMedia)
	for path, rest := range map[string]string{"/pointed/files": "", "/pointed/files/": "/", "/pointed/files/a/b%20c/": "/a/b c/", "/pointed/files/a%2Fb": "/a/b"} {
		require.Equal(t, fmt.Sprintf(`{"name":"","rest":%q}`, rest), s.get(path).body, path)
	}
	require.Equal(t, http.StatusNotFound, s.get("/pointed/files/a/../b").status)
}

// The gateway and all other modules go on serving, and the problem is reported.
func TestExternal_module_whose_route_clashes_is_down_alone(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct{ prefix, path, want string }{
		"with a parameter of the core's": {"/api/v1.0/rooms/", "/api/v1.0/rooms/:id/knock/", "what is below /api/v1.0/rooms/ is of one module: route"},
		"with a route of the core's":     {"/__version__/", "/__version__/", "what is below /__version__/ is of one module: route"},
		"with its own prefix":            {"/pointed/", "/elsewhere/", "route GET /elsewhere/ is not below /pointed/"},
		"with what a path is":            {"/pointed/", "/pointed/:/", `":" is not a segment of a path`},
	} {
		t.Run(what, func(t *testing.T) {
			dir := t.TempDir()
			pointed(t, dir, "false", c.prefix, c.path)
			require.Zero(t, gateway(t, dir, withMedia, "check-config").code, "while it is off nobody asks")
			s := serve(t, dir, withMedia)
			require.Contains(t, s.get("/__heartbeat__").body, "ok")

			pointed(t, dir, "true", c.prefix, c.path)
			require.Eventually(t, func() bool { return strings.Contains(s.get("/__heartbeat__").body, "warning") }, waitLong, waitShort, "%s", later(s.logs))
			require.Eventually(t, func() bool { return strings.Contains(s.logs(), "its routes cannot be served: ") }, waitLong, waitShort, "%s", later(s.logs))
			require.Equal(t, http.StatusOK, s.get("/api/v1.0/config/").status)
			require.Contains(t, s.get("/api/v1.0/config/").body, `"subtitle":{"enabled":true}`)
			s.stop()

			s = serve(t, dir, withMedia)
			require.Equal(t, http.StatusOK, s.get("/api/v1.0/config/").status, "at its start too")
			require.Contains(t, s.get("/__heartbeat__").body, "warning")
			for _, command := range []string{"check-config", "routes"} {
				o := gateway(t, dir, withMedia, command)
				require.Equal(t, 2, o.code, command)
				require.Contains(t, o.errors, "module pointed: its routes cannot be served: ", command)
				require.Contains(t, o.errors, c.want, command)
			}
		})
	}
}

func TestCheckConfig_asks_external_modules_about_their_section(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pointed(t, dir, "true", "/pointed/", "/pointed/")
	require.Zero(t, gateway(t, dir, withMedia, "check-config").code)
	text, err := os.ReadFile(dir + "/config.yaml")
	require.NoError(t, err)
	write(t, dir, "config.yaml", "%s", strings.Replace(string(text), "prefix:", "perfix:", 1))
	o := gateway(t, dir, withMedia, "check-config")
	require.Equal(t, 2, o.code)
	require.Contains(t, o.errors, "perfix: unknown key")
}

// A module that is switched off claims no routes: another may take them, and it may come
// back once that one has gone.
func TestExternal_module_that_is_switched_off_leaves_its_routes_to_others(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	binary := build(t, "pointed", "./testdata/pointed")
	text, err := os.ReadFile(binary)
	require.NoError(t, err)
	for _, name := range []string{"alpha", "beta"} {
		require.NoError(t, os.WriteFile(dir+"/"+name, text, 0o700))
	}
	configure := func(alpha, beta bool) {
		config := "modules:\n  external:\n"
		for name, on := range map[string]bool{"alpha": alpha, "beta": beta} {
			config += fmt.Sprintf("    - {name: %s, path: %s/%s, sha256: \"%x\", enabled: %t, config: {prefix: /shared/, path: \"/shared/%s/:name/\"}}\n",
				name, dir, name, sha256.Sum256(text), on, name)
		}
		write(t, dir, "config.yaml", "%s", config)
	}
	configure(true, false)
	s := serve(t, dir, withMedia)
	serves := func(name string) func() bool {
		return func() bool {
			return s.get("/shared/"+name+"/x/").status == http.StatusOK && strings.Contains(s.get("/__heartbeat__").body, "ok")
		}
	}
	require.Eventually(t, serves("alpha"), waitLong, waitShort, "%s", later(s.logs))
	configure(false, true)
	require.Eventually(t, serves("beta"), waitLong, waitShort, "%s", later(s.logs))
	require.Equal(t, http.StatusNotFound, s.get("/shared/alpha/x/").status)
	configure(true, true)
	require.Eventually(t, func() bool { return strings.Contains(s.get("/__heartbeat__").body, "warning") }, waitLong, waitShort)
	require.Equal(t, http.StatusOK, s.get("/shared/beta/x/").status)
	configure(true, false)
	require.Eventually(t, serves("alpha"), waitLong, waitShort, "%s", later(s.logs))
	require.Equal(t, http.StatusNotFound, s.get("/shared/beta/x/").status)
}
