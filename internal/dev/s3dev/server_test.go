package s3dev_test

import (
	"io"
	"strings"
	"testing"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"foyer/internal/dev/s3dev"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestServer_keeps_objects_and_checks_signatures(t *testing.T) {
	s := s3dev.StartT(t, "media")
	_, err := s.Client.PutObject(t.Context(), "media", "recordings/a.mp4", strings.NewReader("film"), 4, minio.PutObjectOptions{})
	require.NoError(t, err)
	o, err := s.Client.GetObject(t.Context(), "media", "recordings/a.mp4", minio.GetObjectOptions{})
	require.NoError(t, err)
	text, err := io.ReadAll(o)
	require.NoError(t, err)
	require.NoError(t, o.Close())
	require.Equal(t, "film", string(text))

	forger, err := minio.New(strings.TrimPrefix(s.URL, "http://"), &minio.Options{
		Creds: credentials.NewStaticV4(s3dev.AccessKey, "a guess", ""), Region: s3dev.Region, BucketLookup: minio.BucketLookupPath,
	})
	require.NoError(t, err)
	_, err = forger.StatObject(t.Context(), "media", "recordings/a.mp4", minio.StatObjectOptions{})
	require.Error(t, err)
}

func TestServer_keeps_objects_over_a_crash(t *testing.T) {
	s := s3dev.StartT(t, "media")
	put := func() error {
		_, err := s.Client.PutObject(t.Context(), "media", "a.mp4", strings.NewReader("film"), 4, minio.PutObjectOptions{})
		return err
	}
	require.NoError(t, put())
	s.Down()
	require.Error(t, put())
	require.NoError(t, s.Up(t.Context()))
	_, err := s.Client.StatObject(t.Context(), "media", "a.mp4", minio.StatObjectOptions{})
	require.NoError(t, err)
}
