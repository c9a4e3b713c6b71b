package conf_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/sdk/conf"
)

func TestSecret_is_shown_nowhere(t *testing.T) {
	type holder struct {
		Open   conf.Secret
		hidden conf.Secret
		nested struct{ deep []conf.Secret }
	}
	h := holder{Open: conf.NewSecret("hunter2"), hidden: conf.NewSecret("hunter2")}
	h.nested.deep = []conf.Secret{conf.NewSecret("hunter2")}
	var out bytes.Buffer
	slog.New(slog.NewJSONHandler(&out, nil)).Info("x", "a", h, "b", h.Open)
	slog.New(slog.NewTextHandler(&out, nil)).Info("x", "a", h, "b", &h.hidden)
	text, err := json.Marshal(h)
	require.NoError(t, err)
	out.Write(text)
	fmt.Fprintf(&out, "%v %+v %#v %s %q %x %v", h, h, h, h.Open, h.Open, h.Open, &h)
	require.NotContains(t, out.String(), "hunter2")
	require.NotContains(t, out.String(), fmt.Sprintf("%x", "hunter2"))
	require.Contains(t, out.String(), "[redacted]")
}

func TestSecret_without_text_is_zero(t *testing.T) {
	require.True(t, conf.NewSecret("").IsZero())
	require.Equal(t, conf.Secret{}, conf.NewSecret(""))
	require.Empty(t, conf.Secret{}.String())
	require.Equal(t, "x", conf.NewSecret("x").Reveal())
}

func TestSecret_equals_its_own_text_only(t *testing.T) {
	s := conf.NewSecret("s3cret")
	require.True(t, s.Equal("s3cret"))
	for _, text := range []string{"", "s3cre", "s3cret ", "S3cret", "[redacted]"} {
		require.False(t, s.Equal(text), "%q", text)
	}
	require.True(t, conf.Secret{}.Equal(""))
	require.False(t, conf.Secret{}.Equal("x"))
}
