package recordings_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/minio/minio-go/v7"
	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/core/coretest"
	"foyer/core/store"
	"foyer/internal/dev/s3dev"
	"foyer/sdk/conf"
)

const (
	nowhere = "http://127.0.0.1:1" // signatures need no server
)

// bucket makes the gateway sign for the S3 server at that address.
func bucket(url string) coretest.Setting {
	return func(_ *testing.T, c *config.Config) {
		c.Storage = config.Storage{
			Endpoint: url, Region: s3dev.Region, Bucket: "media",
			AccessKey: conf.NewSecret(s3dev.AccessKey), SecretKey: conf.NewSecret(s3dev.SecretKey),
		}
	}
}

// askMedia sends what the media proxy asks when a browser requests the path.
func askMedia(b *coretest.Browser, path string) coretest.Answer {
	return b.Send(http.MethodGet, coretest.MediaAuthPath, nil, "X-Original-URL", path)
}

func TestMedia_proxy_may_read_what_the_caller_owns(t *testing.T) {
	t.Parallel()
	s3 := s3dev.StartT(t, "media")
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		h := coretest.Open(t, engine, bucket(s3.URL))
		ada := h.SignIn("ada")
		r := h.Recorded(ada.Create(coretest.Object{"name": "Weekly"}), store.ScreenRecording, store.RecordingSaved)
		key := "recordings/" + r.ID.String() + ".mp4"
		_, err := s3.Client.PutObject(t.Context(), s3.Bucket, key, strings.NewReader("film"), 4, minio.PutObjectOptions{})
		require.NoError(t, err)

		a := askMedia(ada, "https://meet.example.org/media/"+key+"?t=1")
		a.Is(http.StatusOK, `"authorized"`)
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s3.URL+"/"+s3.Bucket+"/"+key, nil)
		require.NoError(t, err)
		for _, name := range []string{"Authorization", "X-Amz-Date", "X-Amz-Content-Sha256"} {
			req.Header.Set(name, a.Header.Get(name))
		}
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		defer resp.Body.Close()
		film, err := io.ReadAll(resp.Body)
		require.NoError(t, err)
		require.Equal(t, "film", string(film), "the signature is good at the S3 server")
	})
}

func TestMedia_proxy_is_refused_by_the_contract(t *testing.T) {
	t.Parallel()
	coretest.OnBoth(t, func(t *testing.T, engine coretest.Setting) {
		h := coretest.Open(t, engine, bucket(nowhere))
		ada, mary := h.SignIn("ada"), h.SignIn("mary")
		room := ada.Create(coretest.Object{"name": "Weekly"})
		saved := h.Recorded(room, store.ScreenRecording, store.RecordingSaved)
		sound := h.Recorded(room, store.Transcript, store.RecordingSaved)
		stopped := h.Recorded(room, store.ScreenRecording, store.RecordingStopped)
		path := func(id uuid.UUID, ext string) string { return "/media/recordings/" + id.String() + ext }

		askMedia(h.Anonymous(), path(saved.ID, ".mp4")).Is(401, coretest.NoCredentials)
		askMedia(mary, path(saved.ID, ".mp4")).Is(403, coretest.Forbidden)
		for _, c := range []struct {
			path   string
			status int
			body   string
		}{
			{path(saved.ID, ".mp4"), 200, `"authorized"`},
			{"/files" + path(saved.ID, ".mp4"), 200, `"authorized"`},
			{path(sound.ID, ".ogg"), 200, `"authorized"`},
			{"", 403, coretest.Forbidden},
			{"/media/other/" + saved.ID.String() + ".mp4", 403, coretest.Forbidden},
			{"/media/recordings%2F" + saved.ID.String() + ".mp4", 403, coretest.Forbidden},
			{path(saved.ID, ""), 403, coretest.Forbidden},
			{"%zz" + path(saved.ID, ".mp4"), 403, coretest.Forbidden},
			// nginx's auth_request turns anything but 401 and 403 into a 500
			{path(saved.ID, ".jpg"), 403, coretest.Forbidden},
			{path(saved.ID, ".MP4"), 403, coretest.Forbidden},
			{path(uuid.New(), ".mp4"), 403, coretest.Forbidden},
			{path(sound.ID, ".mp4"), 403, coretest.Forbidden},
			{path(stopped.ID, ".mp4"), 403, coretest.Forbidden},
		} {
			askMedia(ada, c.path).Is(c.status, c.body)
		}
	})
}

// nginx's auth_request turns any other answer into a 500. The proxy passes on what
// browsers send for films and pictures, under the host name it knows.
func TestMedia_proxy_is_answered_200_401_or_403_whatever_it_sends_on(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"], bucket(nowhere))
	ada := h.SignIn("ada")
	r := h.Recorded(ada.Create(coretest.Object{"name": "Weekly"}), store.ScreenRecording, store.RecordingSaved)
	path := "/media/recordings/" + r.ID.String() + ".mp4"
	headers := map[string][]string{
		"a part":     {"Range", "bytes=0-1"},
		"a copy":     {"If-None-Match", `"x"`},
		"a form":     {"Content-Type", "multipart/form-data"},
		"a language": {"Accept-Language", "\x80"},
		"an origin":  {"Origin", "https://evil.example"},
		"a bearer":   {"Authorization", "Bearer x"},
	}
	for name, accept := range mediaAccepts {
		headers[name] = []string{"Accept", accept}
	}
	for name, header := range headers {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			ask := func(b *coretest.Browser, url string) int {
				return b.Send(method, coretest.MediaAuthPath, nil, append(header, "X-Original-URL", url)...).Status
			}
			require.Equal(t, http.StatusOK, ask(ada, path), name)
			require.Equal(t, http.StatusUnauthorized, ask(h.Anonymous(), path), name)
			for _, odd := range []string{
				"", "%zz", ":", "http://[::1", "\x80\xff", "/media/recordings/x.mp4", "/media/recordings/%00", strings.Repeat("x", 30<<10), path[:len(path)-1] + "5",
			} {
				require.Equal(t, http.StatusForbidden, ask(ada, odd), "%s, %.50q", name, odd)
				require.Equal(t, http.StatusUnauthorized, ask(h.Anonymous(), odd), "%s, %.50q", name, odd)
			}
		}
	}
}

func TestMedia_proxy_is_refused_what_has_expired(t *testing.T) {
	t.Parallel()
	h := coretest.Open(t, coretest.Engines["sqlite"], bucket(nowhere), func(_ *testing.T, c *config.Config) { c.Recordings.ExpirationDays = new(1) })
	ada := h.SignIn("ada")
	r := h.Recorded(ada.Create(coretest.Object{"name": "Weekly"}), store.ScreenRecording, store.RecordingSaved)
	path := "/media/recordings/" + r.ID.String() + ".mp4"
	askMedia(ada, path).Is(200, `"authorized"`)
	_, err := h.Store.SQLDB().ExecContext(t.Context(), `UPDATE meet_recording SET created_at = '2020-01-01 00:00:00+00:00'`)
	require.NoError(t, err)
	askMedia(ada, path).Is(403, coretest.Forbidden)
	require.Equal(t, true, ada.Get("/api/v1.0/recordings/" + r.ID.String() + "/").JSON()["is_expired"])
}
