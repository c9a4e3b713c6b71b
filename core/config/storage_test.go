package config_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
)

// What the start could not use, check-config refuses, with key and line.
func TestLoad_refuses_what_the_start_could_not_use(t *testing.T) {
	for name, x := range map[string]struct{ text, want string }{
		"an endpoint with a path":        {"storage:\n  endpoint: https://s3.example.org/bucket\n", ":2: storage.endpoint:"},
		"an endpoint without scheme":     {"storage:\n  endpoint: s3.example.org:9000\n", ":2: storage.endpoint:"},
		"an endpoint of another scheme":  {"storage:\n  endpoint: s3://example.org\n", ":2: storage.endpoint:"},
		"a bucket that S3 has not":       {"storage:\n  bucket: My Bucket\n", ":2: storage.bucket:"},
		"a key without its secret":       {"storage:\n  access_key: abc\n", "storage.access_key:"},
		"a folder with a space":          {"recordings:\n  output_folder: my recordings\n", ":2: recordings.output_folder:"},
		"a folder that is encoded":       {"recordings:\n  output_folder: für-uns\n", ":2: recordings.output_folder:"},
		"a folder that begins with /":    {"recordings:\n  output_folder: /recordings\n", ":2: recordings.output_folder:"},
		"no folder":                      {"recordings:\n  output_folder: \"\"\n", ":2: recordings.output_folder:"},
		"the collector's folder":         {"recordings:\n  metadata_collector: {output_folder: a b}\n", "recordings.metadata_collector.output_folder:"},
		"LiveKit by an unknown scheme":   {"livekit:\n  url: rtc://example.org\n", ":2: livekit.url:"},
		"a greeting that is not a name":  {"mail:\n  hello: meet me\n", ":2: mail.hello:"},
		"LiveKit without a host":         {"livekit:\n  url: WSS://\n", ":2: livekit.url:"},
		"a public URL with a path":       {"http:\n  public_url: https://example.org/meet\n", ":2: http.public_url:"},
		"a file in place of a directory": {"storage:\n  endpoint: file:///srv/media\n", ":2: storage.endpoint:"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := config.Load(config.Source{File: write(t, "config.yaml", x.text)})
			require.ErrorContains(t, err, x.want)
		})
	}
}

func TestLoad_takes_addresses_whatever_the_case_of_their_scheme(t *testing.T) {
	text := "livekit: {url: 'WSS://livekit.example.org', api_key: k, api_secret: 0123456789abcdef0123456789abcdef}\n" +
		"storage: {endpoint: 'HTTPS://s3.example.org'}\n"
	_, _, err := config.Load(config.Source{File: write(t, "config.yaml", text)})
	require.NoError(t, err)
}
