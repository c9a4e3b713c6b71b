package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	subtitlesOn  = "modules: {subtitles: {enabled: true}}\n"
	subtitlesOff = "modules: {subtitles: {enabled: false}}\n"
)

// switched waits until subtitles are served and advertised as on says; while off, they
// answer like a path that never existed.
func (s *server) switched(on bool) {
	s.Helper()
	status, shown := http.StatusNotFound, `"subtitle":{"enabled":false}`
	if on {
		status, shown = http.StatusForbidden, `"subtitle":{"enabled":true}`
	}
	require.Eventually(s, func() bool {
		return s.subtitles("junk").status == status && strings.Contains(s.get("/api/v1.0/config/").body, shown)
	}, waitLong, waitShort, "%s", later(s.logs))
	unknown := s.send(plain, http.MethodPost, "/api/v1.0/rooms/one/no-such-thing/", "", "Authorization", "Bearer junk")
	require.Equal(s, !on, unknown.body == s.subtitles("junk").body)
}

func TestReload_switches_modules(t *testing.T) {
	t.Parallel()
	for _, run := range []string{"inprocess", "process"} {
		for _, cause := range []string{"change", "signal"} {
			t.Run(run+" by "+cause, func(t *testing.T) {
				dir := t.TempDir()
				// Without flags.watch only the signal remains.
				head := "flags: {watch: " + map[string]string{"change": "true", "signal": "false"}[cause] + "}\n"
				write(t, dir, "config.yaml", "%s", head+subtitlesOff)
				s := serve(t, dir, append(withMedia, "GATEWAY_MODULES__SUBTITLES__RUN="+run))
				apply := func(text string) {
					write(t, dir, "config.yaml", "%s", head+text)
					if cause == "signal" {
						s.signal(syscall.SIGHUP)
					}
				}
				s.switched(false)
				apply(subtitlesOn)
				s.switched(true)

				apply("modules: {subtitles: {enabled: false, agent: x}}\n")
				s.logged(`config.yaml:2: modules.subtitles.agent: unknown key`)
				s.logged("the old one stays")
				s.switched(true)

				apply(subtitlesOff + "session: {lifetime: 1h}\n")
				s.logged("restart to apply them")
				s.logged("session.lifetime")
				s.switched(false)
				require.Zero(t, s.stop(), s.logs())
			})
		}
	}
}

func TestReload_sees_a_file_that_is_replaced_or_linked(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, "off.yaml", subtitlesOff)
	write(t, dir, "on.yaml", subtitlesOn)
	file := filepath.Join(dir, "gateway.yaml")
	require.NoError(t, os.Symlink("off.yaml", file))
	s := serve(t, dir, withMedia, "--config", "gateway.yaml")
	s.switched(false)
	require.NoError(t, os.Symlink("on.yaml", file+".new"))
	require.NoError(t, os.Rename(file+".new", file))
	s.switched(true)
	require.NoError(t, os.Rename(write(t, dir, "editor", subtitlesOff), file))
	s.switched(false)
}
