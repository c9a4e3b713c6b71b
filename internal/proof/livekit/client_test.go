package livekit_test

import (
	"context"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"

	"foyer/internal/dev/livekitdev"
	"foyer/sdk/conf"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
)

func TestClient_calls_a_real_server(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	ctx := context.Background()
	c := livekit.NewClient(srv.LiveKit())
	t.Cleanup(c.Close)

	_, err := c.ListDispatch(ctx, "r1")
	require.ErrorIs(t, err, livekit.ErrNoHost)
	for _, room := range []string{"r1", "r2"} {
		d, err := c.CreateDispatch(ctx, room, "scribe")
		require.NoError(t, err)
		require.Equal(t, livekit.Dispatch{ID: d.ID, AgentName: "scribe", Room: room}, d)
		require.NotEmpty(t, d.ID)
	}
	list, err := c.ListDispatch(ctx, "r1")
	require.NoError(t, err)
	list = slices.DeleteFunc(list, func(d livekit.Dispatch) bool { return d.AgentName == "" })
	require.Len(t, list, 1)
	require.Equal(t, "scribe", list[0].AgentName)

	all, err := c.ListRooms(ctx)
	require.NoError(t, err)
	require.Len(t, all, 2)
	one, err := c.ListRooms(ctx, "r2", "unknown")
	require.NoError(t, err)
	require.Len(t, one, 1)
	require.Equal(t, "r2", one[0].Name)
	require.WithinDuration(t, time.Now(), one[0].CreatedAt, time.Minute)

	r, err := c.UpdateRoomMetadata(ctx, "r1", json.RawMessage(`{"recording_status":"started"}`))
	require.NoError(t, err)
	require.JSONEq(t, `{"recording_status":"started"}`, r.Metadata)
	_, err = c.UpdateRoomMetadata(ctx, "r1", json.RawMessage(`{`))
	require.Error(t, err)

	require.NoError(t, c.DeleteRoom(ctx, "r1"))
	_, err = c.UpdateRoomMetadata(ctx, "r1", json.RawMessage(`{}`))
	require.ErrorIs(t, err, livekit.ErrNotFound)
	require.ErrorIs(t, c.DeleteRoom(ctx, "r1"), livekit.ErrNotFound)
}

func TestClient_takes_addresses_whatever_the_case_of_their_scheme(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	_, host, _ := strings.Cut(srv.LiveKit().URL, "://")
	for _, scheme := range []string{"ws", "WS", "http", "HTTP", "Ws"} {
		lk := srv.LiveKit()
		lk.URL = scheme + "://" + host
		c := livekit.NewClient(lk)
		t.Cleanup(c.Close)
		_, err := c.ListRooms(t.Context())
		require.NoError(t, err, scheme)
	}
}

func TestClient_sorts_failures(t *testing.T) {
	srv := livekitdev.StartT(t, livekitdev.Options{})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	nobody := "http://" + l.Addr().String()
	require.NoError(t, l.Close())
	hung := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(hung.Close)
	answer := func(status int, body string) string {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}))
		t.Cleanup(s.Close)
		return s.URL
	}
	tlsServer := httptest.NewTLSServer(http.NotFoundHandler())
	t.Cleanup(tlsServer.Close)

	tests := map[string]struct {
		livekit module.LiveKit
		want    error
	}{
		"wrong secret":        {module.LiveKit{URL: srv.URL, APIKey: srv.Key, APISecret: secret}, livekit.ErrRefused},
		"unknown key":         {module.LiveKit{URL: srv.URL, APIKey: "who", APISecret: secret}, livekit.ErrRefused},
		"no key":              {module.LiveKit{URL: srv.URL}, livekit.ErrNoKey},
		"nobody listens":      {module.LiveKit{URL: nobody, APIKey: "k", APISecret: secret}, livekit.ErrUnavailable},
		"no answer in time":   {module.LiveKit{URL: hung.URL, APIKey: "k", APISecret: secret}, livekit.ErrUnavailable},
		"proxy without it":    {module.LiveKit{URL: answer(502, "<html>"), APIKey: "k", APISecret: secret}, livekit.ErrUnavailable},
		"proxy that is busy":  {module.LiveKit{URL: answer(503, "<html>"), APIKey: "k", APISecret: secret}, livekit.ErrUnavailable},
		"overloaded":          {module.LiveKit{URL: answer(429, ""), APIKey: "k", APISecret: secret}, livekit.ErrUnavailable},
		"wrong path":          {module.LiveKit{URL: answer(404, "nope"), APIKey: "k", APISecret: secret}, livekit.ErrInvalid},
		"unknown certificate": {module.LiveKit{URL: tlsServer.URL, APIKey: "k", APISecret: secret, VerifyTLS: true}, livekit.ErrUnavailable},
		"not a URL":           {module.LiveKit{URL: "::", APIKey: "k", APISecret: secret}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			limit := time.Minute
			if test.livekit.URL == hung.URL {
				limit = 300 * time.Millisecond
			}
			c := livekit.NewClient(test.livekit, livekit.WithTimeout(limit))
			_, err := c.ListRooms(context.Background())
			require.Error(t, err)
			require.NotContains(t, err.Error(), secret.Reveal())
			if test.want != nil {
				require.ErrorIs(t, err, test.want)
			}
			require.NotErrorIs(t, err, livekit.ErrNoHost, "that is for LiveKit itself to say")
		})
	}
}

func TestClient_ends_a_call_with_its_context(t *testing.T) {
	hung := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
	t.Cleanup(hung.Close)
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	_, err := livekit.NewClient(module.LiveKit{URL: hung.URL, APIKey: "k", APISecret: secret}).ListRooms(ctx)
	require.ErrorIs(t, err, livekit.ErrUnavailable)
	require.ErrorIs(t, err, context.DeadlineExceeded)
}

func TestClient_does_not_verify_certificates_when_told(t *testing.T) {
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	t.Cleanup(s.Close)
	url := "wss" + strings.TrimPrefix(s.URL, "https")
	rooms, err := livekit.NewClient(module.LiveKit{URL: url, APIKey: "k", APISecret: secret}).ListRooms(context.Background())
	require.NoError(t, err)
	require.Empty(t, rooms)
}

func TestClient_traces_calls(t *testing.T) {
	spans := tracetest.NewSpanRecorder()
	before := otel.GetTracerProvider()
	otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSpanProcessor(spans)))
	t.Cleanup(func() { otel.SetTracerProvider(before) })
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {}))
	t.Cleanup(s.Close)
	_, err := livekit.NewClient(module.LiveKit{URL: s.URL, APIKey: "k", APISecret: conf.NewSecret("s")}).ListRooms(context.Background())
	require.NoError(t, err)
	require.Len(t, spans.Ended(), 1)
	require.Equal(t, "livekit RoomService/ListRooms", spans.Ended()[0].Name())
}

// secret is not the server's secret.
var secret = conf.NewSecret("a-secret-of-thirty-two-characters")
