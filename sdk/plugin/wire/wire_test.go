package wire

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"foyer/sdk/module"
)

func FuzzEnvelope_survives_any_caller(f *testing.F) {
	f.Add("ada", "weekly-call", "192.0.2.1")
	f.Add("\x7f\r\nX: y", "é\u2028", "\x00")
	f.Fuzz(func(t *testing.T, sub, slug, address string) {
		in := Envelope{Caller: module.Caller{
			UserID: uuid.New(), Sub: sub, Address: address, Room: &module.RoomRef{ID: uuid.New(), Slug: slug},
			Token: &module.TokenClaims{Identity: sub, Room: slug},
			Application: &module.CallingApplication{
				ID: uuid.New(), ClientID: slug, Source: uuid.New(), Kind: address, Scopes: []string{sub, "rooms:list", slug},
			},
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
		require.Equal(t, in.Caller.Application.ID, out.Caller.Application.ID)
		require.Equal(t, in.Caller.Application.Source, out.Caller.Application.Source)
		require.Len(t, out.Caller.Application.Scopes, 3)
		require.True(t, out.Caller.Application.Allows("rooms:list"))
		require.False(t, sub != "rooms:create" && slug != "rooms:create" && out.Caller.Application.Allows("rooms:create"))
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

// A call inside a trace is a span of that trace on both sides; a call outside a
// trace sends nothing along.
func TestCalls_hand_the_trace_on(t *testing.T) {
	recorded := tracetest.NewSpanRecorder()
	before := otel.GetTracerProvider()
	otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(recorded)))
	t.Cleanup(func() { otel.SetTracerProvider(before) })
	call := func(ctx context.Context) {
		err := tracedCall(ctx, "/host/Rooms.ByID", nil, nil, nil, func(ctx context.Context, _ string, _, _ any, _ *grpc.ClientConn, _ ...grpc.CallOption) error {
			sent, _ := metadata.FromOutgoingContext(ctx)
			_, err := tracedAnswer(metadata.NewIncomingContext(context.Background(), sent), nil, &grpc.UnaryServerInfo{FullMethod: "/host/Rooms.ByID"},
				func(context.Context, any) (any, error) { return nil, status.Error(codes.NotFound, "no") })
			return err
		})
		require.Equal(t, codes.NotFound, status.Code(err))
	}
	call(context.Background())
	require.Empty(t, recorded.Ended())
	ctx, root := otel.Tracer("test").Start(context.Background(), "root")
	call(ctx)
	root.End()
	spans := recorded.Ended()
	require.Len(t, spans, 3)
	answer, asked := spans[0], spans[1]
	require.Equal(t, "host/Rooms.ByID", answer.Name())
	require.Equal(t, asked.SpanContext().SpanID(), answer.Parent().SpanID())
	require.Equal(t, root.SpanContext().SpanID(), asked.Parent().SpanID())
	require.Equal(t, root.SpanContext().TraceID(), answer.SpanContext().TraceID())
	require.Equal(t, "NotFound", answer.Status().Description)
}
