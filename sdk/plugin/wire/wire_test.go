package wire

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"foyer/sdk/module"
)

func FuzzEnvelope_survives_any_caller(f *testing.F) {
	f.Add("ada", "weekly-call", "192.0.2.1")
	f.Add("\x7f\r\nX: y", "é\u2028", "\x00")
	f.Fuzz(func(t *testing.T, sub, slug, address string) {
		in := Envelope{Caller: module.Caller{
			UserID: uuid.New(), Sub: sub, Address: address, Room: &module.RoomRef{ID: uuid.New(), Slug: slug},
			Token: &module.TokenClaims{Identity: sub, Room: slug},
		}}
		text, err := in.Encode()
		require.NoError(t, err)
		for _, b := range []byte(text) {
			require.True(t, b >= ' ' && b != 0x7f || b == '\t', "no header value: %q", text)
		}
		out, err := ReadEnvelope(http.Header{HeaderCaller: {text}})
		require.NoError(t, err)
		require.Equal(t, strings.ToValidUTF8(slug, "\uFFFD") == slug, out.Caller.Room.Slug == slug)
		require.Equal(t, in.Caller.UserID, out.Caller.UserID)
	})
}

func TestDescription_crosses_with_all_that_it_says(t *testing.T) {
	d := module.Description{
		Name: "probe", Needs: module.Needs{Rooms: true, KV: true}, Events: []string{"room_started"}, Worker: true, OpenAPI: []byte("paths: {}"),
		Routes: []module.Route{
			{Method: "GET", Path: "/a/", Access: module.Session, Flag: "beta", Limit: "scope"},
			{Method: "POST", Path: "/b/", Access: module.Secret("key"), AnyType: true},
			{Method: "GET", Path: "/b/", Access: module.ApplicationToken("notes:read"), RPCStatus: true},
			{Method: "POST", Path: "/c/", Access: module.Own, AnyHost: true, Stream: true},
		},
		Config: []module.ConfigField{{Key: "a.b", Type: "string", Doc: "What.", Default: "\"\""}},
	}
	require.Equal(t, d, DescriptionOf(Described(d)))
}

func TestLimitedCall_gives_a_deadline(t *testing.T) {
	err := limitedCall(context.Background(), "", nil, nil, nil, func(ctx context.Context, _ string, _, _ any, _ *grpc.ClientConn, _ ...grpc.CallOption) error {
		_, ok := ctx.Deadline()
		require.True(t, ok)
		return nil
	})
	require.NoError(t, err)
}
