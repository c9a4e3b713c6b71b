package recordings_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/core/coretest"
	"foyer/core/store"
)

// line sends a request exactly as written, which no Go client would do.
func (p *proxied) line(b *coretest.Browser, method, target string, header ...string) int {
	p.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(p.URL, "http://"))
	require.NoError(p, err)
	defer conn.Close()
	require.NoError(p, conn.SetDeadline(time.Now().Add(coretest.WaitLong)))
	text := method + " " + target + " HTTP/1.1\r\nConnection: close\r\n"
	cookie := ""
	if session := b.Cookie("sessionid"); session != "" {
		cookie = "sessionid=" + session
	}
	host := strings.TrimPrefix(p.URL, "http://")
	for i := 0; i+1 < len(header); i += 2 {
		switch header[i] {
		case "Host":
			host = header[i+1]
		case "Cookie":
			cookie = header[i+1] + "; " + cookie
		default:
			text += header[i] + ": " + header[i+1] + "\r\n"
		}
	}
	if cookie != "" {
		text += "Cookie: " + cookie + "\r\n"
	}
	go func() { _, _ = io.WriteString(conn, text+"Host: "+host+"\r\n\r\n") }() // a server that refuses early does not read it all
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	require.NoError(p, err, "%s %.100s %.100q", method, target, header)
	defer resp.Body.Close()
	return resp.StatusCode
}

// What browsers send for a film, a sound, a picture, a page and a download.
var mediaAccepts = map[string]string{
	"a film":         "video/mp4",
	"Firefox's film": "video/webm,video/ogg,video/*;q=0.9,application/ogg;q=0.7,audio/*;q=0.6,*/*;q=0.5",
	"any film":       "video/*",
	"a sound":        "audio/ogg",
	"a picture":      "image/avif,image/webp,image/svg+xml",
	"a page":         "text/html",
	"bytes":          "application/octet-stream",
	"nothing":        "",
	"no type at all": "nonsense; q=x,,",
	"JSON, never":    "video/mp4, application/json;q=0",
}

// playable checks that browsers get their recordings whatever they accept: whole, in
// parts and as a head.
func (p *proxied) playable() {
	p.Helper()
	path := "/media/" + p.key
	for name, accept := range mediaAccepts {
		whole := p.ada.Send(http.MethodGet, path, nil, "Accept", accept)
		require.Equal(p, http.StatusOK, whole.Status, name)
		require.Equal(p, string(p.raw), whole.Body, name)
		part := p.ada.Send(http.MethodGet, path, nil, "Accept", accept, "Range", "bytes=5-9")
		require.Equal(p, http.StatusPartialContent, part.Status, name)
		require.Equal(p, string(p.raw[5:10]), part.Body, name)
		head := p.ada.Send(http.MethodHead, path, nil, "Accept", accept)
		require.Equal(p, http.StatusOK, head.Status, name)
		require.Equal(p, fmt.Sprint(len(p.raw)), head.Header.Get("Content-Length"), name)
		require.Equal(p, http.StatusUnauthorized, p.Anonymous().Send(http.MethodGet, path, nil, "Accept", accept).Status, name)
		require.Equal(p, http.StatusForbidden, p.ada.Send(http.MethodGet, "/media/recordings/x.mp4", nil, "Accept", accept).Status, name)
	}
	unchanged := p.ada.Send(http.MethodGet, path, nil, "If-None-Match", p.ada.Send(http.MethodHead, path, nil).Header.Get("ETag"))
	require.Equal(p, http.StatusNotModified, unchanged.Status)
	require.Equal(p, http.StatusRequestedRangeNotSatisfiable, p.ada.Send(http.MethodGet, path, nil, "Range", "bytes=99999999-").Status)
}

// odd checks that other requests, in whatever form, are refused and never fail.
func (p *proxied) odd(mary *coretest.Browser) {
	p.Helper()
	film := "/media/" + p.key
	id := strings.TrimSuffix(strings.TrimPrefix(p.key, "recordings/"), ".mp4")
	for _, target := range []string{
		"/media/", "/media/recordings", "/media/recordings/", "/media/other/" + id + ".mp4", "/media/recordings/" + id, "/media/recordings/" + id + ".",
		"/media/recordings/" + id + ".jpg", "/media/recordings/" + id + ".MP4", "/media/recordings/" + id + ".ogg", "/media/recordings/x.mp4",
		"/media/recordings/11111111-1111-4111-8111-111111111111.mp4", "/media//recordings//" + id + ".mp4", "/media/recordings%2F" + id + ".mp4",
		"/media/recordings/%zz", "/media/recordings/%", film + "%zz", "/media/%00", "/media/recordings/%ff%fe.mp4",
		"/media/recordings/é.mp4", "/media/recordings/\x80\xff.mp4", "/media/../media/recordings/x", "/media/recordings/../x", "/media/recordings/;x=y?a=b#c",
		"http://other.example/media/recordings/x.mp4", "/media/recordings/" + strings.Repeat("x", 8000) + ".mp4",
		"/media/recordings/" + strings.Repeat("x", 16000) + ".mp4", "/media/recordings/" + strings.Repeat("x", 30000) + ".mp4",
		"/media/recordings/x.mp4?" + strings.Repeat("%zz", 4000), "*", "/media/:80", "/media/recordings/[::1]:x", "/media/\\x",
	} {
		for who, b := range map[string]*coretest.Browser{"nobody": p.Anonymous(), "mary": mary, "ada": p.ada} {
			for _, method := range []string{"GET", "HEAD", "POST", "DELETE", "PROPFIND"} {
				status := p.line(b, method, target)
				require.True(p, status >= 300 && status < 500, "%s, %s %.200s: %d", who, method, target, status)
			}
		}
	}
	// For an existing film, and a user who may have it.
	big := strings.Repeat("c", 7000)
	for name, header := range map[string][]string{
		"many cookies":              {"Cookie", "a=" + big + "; b=" + big},
		"more than the gateway has": {"Cookie", "a=" + big + "; b=" + big, "X-A", big, "X-B", big, "X-C", big},
		"another host":              {"Host", "evil.example"},
		"a host of another form":    {"Host", "evil_.example."},
		"no host":                   {"Host", ""},
		"an odd type":               {"Content-Type", "\x80"},
		"its own address":           {"X-Original-URL", "%zz"},
		"an upgrade":                {"Upgrade", "websocket"},
		"an expectation":            {"Expect", "more"},
		"a conditional":             {"If-Match", `"x"`},
		"a format":                  {"Accept", "x"},
	} {
		for _, target := range []string{film, film + "?format=xml", film + "?" + strings.Repeat("a", 9000)} {
			for _, method := range []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"} {
				status := p.line(p.ada, method, target, header...)
				require.True(p, status < 500, "%s, %s %.100s: %d", name, method, target, status)
			}
		}
	}
}

func TestProxy_nginx_plays_recordings_from_the_storage_whatever_browsers_accept(t *testing.T) {
	t.Parallel()
	addr := freeAddr(t)
	p := behind(t, addr)
	p.besideTheStorage(addr)
	p.stock()
	p.playable()
}

func TestProxy_nginx_makes_no_failure_of_what_is_refused(t *testing.T) {
	t.Parallel()
	addr := freeAddr(t)
	p := behind(t, addr)
	p.besideTheStorage(addr)
	p.stock()
	p.odd(p.SignIn("mary"))
}

func TestProxy_nginx_hands_recordings_on_whatever_browsers_accept_and_ask(t *testing.T) {
	t.Parallel()
	addr := freeAddr(t)
	p := behind(t, addr)
	p.nginx(addr, "")
	p.stock()
	p.playable()
	p.odd(p.SignIn("mary"))
}

func TestProxy_nginx_says_503_while_the_gateway_does_not_answer(t *testing.T) {
	t.Parallel()
	addr := freeAddr(t)
	p := behind(t, addr)
	p.gateway = freeAddr(t)
	p.besideTheStorage(addr)
	away := p.Anonymous().Get("/media/recordings/11111111-1111-4111-8111-111111111111.mp4")
	require.Equal(t, http.StatusServiceUnavailable, away.Status)
	require.NotEmpty(t, away.Header.Get("Retry-After"))
}

// The gateway's own file addresses: what could be one is refused as somebody else's
// would be, everything else is an unknown path.
func TestMedia_addresses_that_are_none_are_refused_or_unknown(t *testing.T) {
	t.Parallel()
	p := &proxied{House: coretest.Open(t, coretest.Engines["sqlite"], bucket(nowhere))}
	p.ada = p.SignIn("ada")
	mary := p.SignIn("mary")
	id := p.Recorded(p.ada.Create(coretest.Object{"name": "Weekly"}), store.ScreenRecording, store.RecordingSaved).ID.String()
	for target, want := range map[string][2]int{ // status when signed in, and when anonymous
		"/media/recordings/x.mp4": {403, 401}, "/media/recordings/x": {403, 401}, "/media/recordings/x/": {403, 401},
		"/media/recordings/11111111-1111-4111-8111-111111111111.mp4": {403, 401},
		"/media/recordings/" + id:                                    {403, 401}, "/media/recordings/" + id + ".ogg": {403, 401}, "/media/recordings/%00": {403, 401},
		"/media/recordings/\x80.mp4": {403, 401}, "/media/recordings/" + strings.Repeat("x", 30000): {403, 401},
		"/media/": {404, 404}, "/media": {404, 404}, "/media/recordings": {404, 404}, "/media/recordings/": {404, 404}, "/media/recordings//": {404, 404},
		"/media/other/" + id + ".mp4": {404, 404}, "/media/recordings/a/" + id + ".mp4": {404, 404}, "/media/Recordings/x.mp4": {404, 404},
		"/media/recordings/a%2F" + id + ".mp4": {404, 404}, "/media/recordings%2F" + id + ".mp4": {404, 404}, "/media//recordings/x.mp4": {404, 404},
		"/media/recordings/%zz": {400, 400}, "/media/%": {400, 400},
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			require.Equal(t, want[0], p.line(p.ada, method, target), "%s %.100s", method, target)
			require.Equal(t, want[0], p.line(mary, method, target), "%s %.100s", method, target)
			require.Equal(t, want[1], p.line(p.Anonymous(), method, target), "%s %.100s", method, target)
		}
	}
	require.Equal(t, 403, p.line(mary, http.MethodGet, "/media/recordings/"+id+".mp4"))
}
