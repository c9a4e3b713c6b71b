package livekit_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	lkproto "github.com/livekit/protocol/livekit"
	lksdk "github.com/livekit/server-sdk-go/v2"
	"github.com/stretchr/testify/require"

	"foyer/internal/dev/livekitdev"
	"foyer/sdk/livekit"
)

func TestNames_are_limited_in_updates_and_not_in_tokens(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	ctx := t.Context()
	c := livekit.NewClient(srv.LiveKit())
	t.Cleanup(c.Close)
	long := strings.Repeat("語", 255)
	srv.EnterT(t, lksdk.ConnectInfo{RoomName: "r", ParticipantIdentity: "ada", ParticipantName: long}, nil)
	name := func() string {
		t.Helper()
		p, err := c.AskParticipant(ctx, "r", "ada")
		require.NoError(t, err)
		return p.Name
	}
	require.Equal(t, long, name())
	raw := lksdk.NewRoomServiceClient(srv.HTTPURL(), srv.Key, srv.Secret)
	_, err := raw.UpdateParticipant(ctx, &lkproto.UpdateParticipantRequest{Room: "r", Identity: "ada", Name: long[:86*3]})
	require.ErrorContains(t, err, "name length exceeds limits")

	for _, given := range []string{strings.Repeat("語", 85), strings.Repeat("語", 86), long, strings.Repeat("x", 256), strings.Repeat("x", 257)} {
		require.NoError(t, c.UpdateParticipant(ctx, "r", "ada", livekit.ParticipantUpdate{Name: given}), len(given))
		require.Equal(t, livekit.CutName(given), name())
	}
	for _, u := range []livekit.ParticipantUpdate{
		{Metadata: strings.Repeat("x", 600<<10)}, {Attributes: map[string]string{"a": strings.Repeat("x", 80<<10)}},
	} {
		err := c.UpdateParticipant(ctx, "r", "ada", u)
		require.ErrorIs(t, err, livekit.ErrArgument)
		require.ErrorIs(t, err, livekit.ErrInvalid)
	}
}

func TestCutName_cuts_between_characters(t *testing.T) {
	for given, want := range map[string]string{
		"":                               "",
		"Zoë":                            "Zoë",
		strings.Repeat("x", 256):         strings.Repeat("x", 256),
		strings.Repeat("x", 257):         strings.Repeat("x", 256),
		strings.Repeat("語", 85):          strings.Repeat("語", 85),
		strings.Repeat("語", 86):          strings.Repeat("語", 85),
		strings.Repeat("👋", 65):          strings.Repeat("👋", 64),
		"x" + strings.Repeat("é", 200):   "x" + strings.Repeat("é", 127),
		strings.Repeat("x", 255) + " yz": strings.Repeat("x", 255),
	} {
		cut := livekit.CutName(given)
		require.Equal(t, want, cut)
		require.True(t, utf8.ValidString(cut))
	}
}

func TestIdentities_beyond_256_bytes_are_not_let_in(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	join(t, srv, "r", strings.Repeat("x", 256), nil)
	_, err := lksdk.ConnectToRoom(srv.URL, lksdk.ConnectInfo{
		APIKey: srv.Key, APISecret: srv.Secret, RoomName: "r", ParticipantIdentity: strings.Repeat("x", 257),
	}, nil, livekitdev.OnLoopback()...)
	require.Error(t, err)
}

func TestPlain_is_what_every_database_can_hold(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "Zoë": "Zoë", "a\x00b\x00": "ab", "\xffa\xc3": "a", "12345678": "12345678", "123456789": "12345678",
		"ééééé": "éééé", "1ééééé": "1ééé", "\x001234567é": "1234567", "日本語": "日本",
	} {
		require.Equal(t, want, livekit.Plain(text, 8), "%q", text)
	}
}
