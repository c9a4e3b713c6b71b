package objectstore_test

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/stretchr/testify/require"

	"foyer/internal/dev/s3dev"
	"foyer/sdk/conf"
	"foyer/sdk/module"
	"foyer/sdk/objectstore"
)

const (
	key  = "recordings/0b8f5c2e-6a57-4c39-8c1c-2f2a5f1c9d10.mp4"
	film = "moving pictures"
)

// store returns a store on a real server that holds the film.
func store(t *testing.T) (*s3dev.Server, *objectstore.Store) {
	t.Helper()
	server := s3dev.StartT(t, "media")
	_, err := server.Client.PutObject(t.Context(), "media", key, strings.NewReader(film), int64(len(film)), minio.PutObjectOptions{})
	require.NoError(t, err)
	s, err := objectstore.New(module.Storage{
		Endpoint: server.URL, Region: s3dev.Region, Bucket: "media",
		AccessKey: s3dev.AccessKey, SecretKey: conf.NewSecret(s3dev.SecretKey),
	})
	require.NoError(t, err)
	return server, s
}

func get(t *testing.T, address string, h http.Header) (int, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	req.Header = h
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return resp.StatusCode, string(text)
}

func TestPresigned_addresses_read_one_object(t *testing.T) {
	_, s := store(t)
	address, err := s.PresignGet(t.Context(), key, time.Hour)
	require.NoError(t, err)
	status, text := get(t, address, nil)
	require.Equal(t, http.StatusOK, status, text)
	require.Equal(t, film, text)

	other := strings.Replace(address, "0b8f5c2e", "1b8f5c2e", 1)
	status, _ = get(t, other, nil)
	require.Equal(t, http.StatusForbidden, status, "the signature is for one key")
}

func TestPresigned_addresses_are_good_for_a_week_at_most(t *testing.T) {
	s, err := objectstore.New(module.Storage{Endpoint: "http://127.0.0.1:1", Bucket: "media", AccessKey: "a", SecretKey: conf.NewSecret("s")})
	require.NoError(t, err)
	address, err := s.PresignGet(t.Context(), key, 30*24*time.Hour)
	require.NoError(t, err)
	u, err := url.Parse(address)
	require.NoError(t, err)
	require.Equal(t, "604800", u.Query().Get("X-Amz-Expires"))
}

func TestSigned_headers_let_a_proxy_read_one_object(t *testing.T) {
	server, s := store(t)
	h, err := s.SignGet(t.Context(), key)
	require.NoError(t, err)
	require.Len(t, h, 3, "what a proxy forwards")
	require.Contains(t, h.Get("Authorization"), "SignedHeaders=host;x-amz-content-sha256;x-amz-date")
	status, text := get(t, server.URL+"/media/"+key, h)
	require.Equal(t, http.StatusOK, status, text)
	require.Equal(t, film, text)

	status, _ = get(t, server.URL+"/media/recordings/another.mp4", h)
	require.Equal(t, http.StatusForbidden, status)
	h.Set("X-Amz-Date", "20200101T000000Z")
	status, _ = get(t, server.URL+"/media/"+key, h)
	require.Equal(t, http.StatusForbidden, status)
}

func TestSigned_headers_are_for_the_buckets_own_host_at_AWS(t *testing.T) {
	s, err := objectstore.New(module.Storage{Bucket: "media", AccessKey: "a", SecretKey: conf.NewSecret("s")})
	require.NoError(t, err)
	h, err := s.SignGet(t.Context(), key)
	require.NoError(t, err)
	require.Contains(t, h.Get("Authorization"), "/us-east-1/s3/aws4_request")
	address, err := s.PresignGet(t.Context(), key, time.Hour)
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(address, "https://media.s3."), address)
}

func TestNew_refuses_what_it_cannot_reach(t *testing.T) {
	for name, o := range map[string]module.Storage{
		"no bucket": {Endpoint: "http://127.0.0.1:9000"},
		"no scheme": {Endpoint: "127.0.0.1:9000", Bucket: "media"},
		"a path":    {Endpoint: "http://127.0.0.1:9000/media", Bucket: "media"},
		"no URL":    {Endpoint: "http://%zz", Bucket: "media"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := objectstore.New(o)
			require.ErrorContains(t, err, "object store")
		})
	}
}

func TestHas_tells_whether_an_object_is_there(t *testing.T) {
	server, s := store(t)
	there, err := s.Has(t.Context(), key)
	require.NoError(t, err)
	require.True(t, there)
	there, err = s.Has(t.Context(), "recordings/none.mp4")
	require.NoError(t, err)
	require.False(t, there)
	require.NoError(t, server.Stop())
	_, err = s.Has(t.Context(), key)
	require.Error(t, err, "nobody knows")
}
