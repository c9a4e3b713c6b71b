package recordings_test

import (
	"crypto/rand"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/core/store"
	"foyer/internal/dev/s3dev"
)

// proxied is the gateway behind a real proxy, set up as docs/proxy says.
type proxied struct {
	*coretest.House
	s3  *s3dev.Server
	ada *coretest.Browser
	key string // of a recording that ada owns
	raw []byte // the recording's content

	gateway string // where the proxy expects it
}

// behind opens the gateway with the proxy's address as its public one.
func behind(t *testing.T, addr string) *proxied {
	t.Helper()
	p := &proxied{s3: s3dev.StartT(t, "media"), raw: make([]byte, 3<<20)}
	_, _ = rand.Read(p.raw)
	p.House = coretest.Open(t, coretest.Engines["sqlite"], bucket(p.s3.URL), func(_ *testing.T, c *config.Config) {
		c.HTTP.PublicURL, c.HTTP.TrustedProxies = "http://"+addr, []string{"127.0.0.1"}
	})
	p.gateway = p.App.Addr().String()
	return p
}

// stock signs ada in and puts a recording of hers into the bucket.
func (p *proxied) stock() {
	p.ada = p.SignIn("ada")
	r := p.Recorded(p.ada.Create(coretest.Object{"name": "Weekly call"}), store.ScreenRecording, store.RecordingSaved)
	p.key = "recordings/" + r.ID.String() + ".mp4"
	_, err := p.s3.Client.PutObject(p.Context(), p.s3.Bucket, p.key, strings.NewReader(string(p.raw)), int64(len(p.raw)), minio.PutObjectOptions{})
	require.NoError(p, err)
}

// freeAddr returns a loopback address at which nothing listens.
func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// documented returns a file of docs/proxy with some texts replaced, all of which it must
// contain.
func documented(t *testing.T, name string, replace ...string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", "proxy", name))
	require.NoError(t, err)
	out := string(text)
	for i := 0; i < len(replace); i += 2 {
		require.Contains(t, out, replace[i], name)
		out = strings.ReplaceAll(out, replace[i], replace[i+1])
	}
	return out
}

// proxy starts a proxy and waits until it listens.
func (p *proxied) proxy(addr string, name string, args ...string) {
	p.Helper()
	cmd := exec.CommandContext(p.Context(), name, args...)
	cmd.Env = append(os.Environ(), "HOME="+p.TempDir(), "XDG_DATA_HOME="+p.TempDir(), "XDG_CONFIG_HOME="+p.TempDir())
	out := &coretest.Logs{}
	cmd.Stdout, cmd.Stderr = out, out
	require.NoError(p, cmd.Start())
	p.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	require.Eventually(p, func() bool {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	}, coretest.WaitLong, coretest.WaitShort, "%s does not listen: %v", name, out)
	p.URL = "http://" + addr
}

// nginx runs the documented server, with media as its rule for recordings.
func (p *proxied) nginx(addr, media string) {
	dir := p.TempDir()
	server := documented(p.T, "nginx.conf", "127.0.0.1:8080", p.gateway, "listen 443 ssl", "listen "+addr, "meet.example.org;", "_;",
		"    ssl_certificate     /etc/ssl/meet.example.org.pem;\n", "", "    ssl_certificate_key /etc/ssl/meet.example.org.key;\n", "",
		"$host;", addr+";") // only here does the public address have a port
	if media != "" {
		before, _, found := strings.Cut(server, "    # Recordings,")
		require.True(p, found)
		server = before + media + "}\n"
	}
	main := "worker_processes 1;\ndaemon off;\nmaster_process off;\npid " + dir + "/pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n"
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		main += kind + "_temp_path " + dir + "/" + kind + ";\n"
	}
	require.NoError(p, os.WriteFile(dir+"/nginx.conf", []byte(main+server+"}\n"), 0o600))
	p.proxy(addr, "nginx", "-p", dir, "-c", dir+"/nginx.conf", "-e", "stderr")
}

// owned checks what every documented proxy does with recordings.
func (p *proxied) owned() {
	p.Helper()
	p.stock()
	path := "/media/" + p.key
	whole := p.ada.Get(path)
	require.Equal(p, http.StatusOK, whole.Status, whole.Body)
	require.Equal(p, string(p.raw), whole.Body)
	require.Contains(p, whole.Header.Get("Content-Disposition"), "attachment")
	require.Contains(p, whole.Header.Get("Content-Security-Policy"), "default-src 'none'")
	part := p.ada.Send(http.MethodGet, path, nil, "Range", "bytes=1000-1999")
	require.Equal(p, http.StatusPartialContent, part.Status)
	require.Equal(p, string(p.raw[1000:2000]), part.Body)
	require.Equal(p, fmt.Sprintf("bytes 1000-1999/%d", len(p.raw)), part.Header.Get("Content-Range"))

	require.Equal(p, http.StatusUnauthorized, p.Anonymous().Get(path).Status)
	mary := p.SignIn("mary")
	for _, refused := range []string{path, "/media/recordings/x.mp4", "/media/recordings/11111111-1111-4111-8111-111111111111.mp4", "/media/other/x"} {
		require.Contains(p, []int{http.StatusForbidden, http.StatusNotFound}, mary.Get(refused).Status, refused)
	}
}

func TestProxy_nginx_as_documented_signs_in_and_hands_recordings_on(t *testing.T) {
	t.Parallel()
	addr := freeAddr(t)
	p := behind(t, addr)
	p.nginx(addr, "")
	p.owned()
}

// besideTheStorage runs the documented server that reads the bucket itself.
func (p *proxied) besideTheStorage(addr string) {
	p.Helper()
	host := strings.TrimPrefix(p.s3.URL, "http://")
	p.nginx(addr, documented(p.T, "nginx-media.conf", "127.0.0.1:9000", host, "meet-media-storage", p.s3.Bucket, "$host;", addr+";"))
}

func TestProxy_nginx_as_documented_reads_recordings_from_the_storage(t *testing.T) {
	t.Parallel()
	addr := freeAddr(t)
	p := behind(t, addr)
	p.besideTheStorage(addr)
	p.owned()
}

func TestProxy_Caddy_as_documented_signs_in_and_hands_recordings_on(t *testing.T) {
	t.Parallel()
	addr := freeAddr(t)
	p := behind(t, addr)
	file := filepath.Join(t.TempDir(), "Caddyfile")
	text := "{\n\tadmin off\n\tauto_https off\n}\n" + documented(t, "Caddyfile", "127.0.0.1:8080", p.App.Addr().String(), "meet.example.org {", "http://"+addr+" {")
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	p.proxy(addr, "caddy", "run", "--config", file, "--adapter", "caddyfile")
	p.owned()
	p.playable()
}

// Media without a proxy that can reach the storage.

func TestMedia_is_streamed_to_its_owner(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		s3 := s3dev.StartT(t, "media")
		p := &proxied{House: coretest.Open(t, engine, bucket(s3.URL)), s3: s3, raw: []byte(strings.Repeat("film", 1<<18))}
		p.owned()
		path := "/media/" + p.key
		head := p.ada.Send(http.MethodHead, path, nil)
		require.Equal(t, http.StatusOK, head.Status)
		require.Equal(t, fmt.Sprint(len(p.raw)), head.Header.Get("Content-Length"))
		require.Equal(t, "video/mp4", head.Header.Get("Content-Type"))
		require.Regexp(t, `^attachment; filename="Weekly call \d{4}-\d\d-\d\d \d\d-\d\d\.mp4"$`, head.Header.Get("Content-Disposition"))
		require.Equal(t, "nosniff", head.Header.Get("X-Content-Type-Options"))
		unchanged := p.ada.Send(http.MethodGet, path, nil, "If-None-Match", head.Header.Get("ETag"))
		require.Equal(t, http.StatusNotModified, unchanged.Status)
		require.Empty(t, unchanged.Body)
		beyond := p.ada.Send(http.MethodGet, path, nil, "Range", "bytes=99999999-")
		require.Equal(t, http.StatusRequestedRangeNotSatisfiable, beyond.Status)

		require.NoError(t, s3.Client.RemoveObject(t.Context(), s3.Bucket, p.key, minio.RemoveObjectOptions{}))
		require.Equal(t, http.StatusNotFound, p.ada.Get(path).Status, "the bucket's own rule removed it")
		s3.Down()
		away := p.ada.Get(path)
		require.Equal(t, http.StatusServiceUnavailable, away.Status)
		require.NotEmpty(t, away.Header.Get("Retry-After"))
	})
}

func TestMedia_is_redirected_to_the_storage_when_so_configured(t *testing.T) {
	t.Parallel()
	s3 := s3dev.StartT(t, "media")
	p := &proxied{s3: s3, raw: []byte("film"), House: coretest.Open(t, coretest.Engines["sqlite"], bucket(s3.URL), func(_ *testing.T, c *config.Config) {
		c.Recordings.Media = config.MediaRedirect
	})}
	p.stock()
	p.ada.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	a := p.ada.Get("/media/" + p.key)
	require.Equal(t, http.StatusFound, a.Status)
	require.Equal(t, "no-store", a.Header.Get("Cache-Control"))
	c := &http.Client{Timeout: time.Minute}
	resp, err := c.Get(a.Header.Get("Location"))
	require.NoError(t, err)
	defer resp.Body.Close()
	require.Equal(t, http.StatusOK, resp.StatusCode)
	require.Equal(t, "video/mp4", resp.Header.Get("Content-Type"))
	require.Contains(t, resp.Header.Get("Content-Disposition"), "Weekly call")
}

func TestMedia_that_is_off_is_an_unknown_path(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"], bucket(nowhere), func(_ *testing.T, c *config.Config) { c.Recordings.Media = config.MediaOff })
	ada := h.SignIn("ada")
	r := h.Recorded(ada.Create(coretest.Object{"name": "Weekly"}), store.ScreenRecording, store.RecordingSaved)
	known, unknown := ada.Get("/media/recordings/"+r.ID.String()+".mp4"), ada.Get("/nothing/recordings/"+r.ID.String()+".mp4")
	require.Equal(t, http.StatusNotFound, known.Status)
	require.Equal(t, unknown.Body, known.Body)
}
