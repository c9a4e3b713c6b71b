package livekit_test

import (
	"encoding/base64"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"foyer/sdk/conf"
	"foyer/sdk/livekit"
)

var secret = conf.NewSecret("a-secret-of-thirty-two-characters")

func segments(t *testing.T, token string) (header string, claims map[string]any) {
	t.Helper()
	parts := strings.Split(token, ".")
	require.Len(t, parts, 3)
	h, err := base64.RawURLEncoding.DecodeString(parts[0])
	require.NoError(t, err)
	c, err := base64.RawURLEncoding.DecodeString(parts[1])
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(c, &claims))
	return string(h), claims
}

func TestIssue_writes_the_claims_of_the_contract(t *testing.T) {
	tokens := livekit.NewTokens("key", secret)
	tests := map[string]struct {
		request    livekit.TokenRequest
		attributes map[string]any
		video      map[string]any
	}{
		"owner": {
			livekit.TokenRequest{Room: "r", Identity: "ada", Name: " Ada <é> ", Role: "owner", Color: "hsl(1, 50%, 25%)",
				Authenticated: true, Sources: []string{"camera", "microphone"}, TTL: 6 * time.Hour},
			map[string]any{"color": "hsl(1, 50%, 25%)", "room_role": "owner", "is_authenticated": "true"},
			map[string]any{"room": "r", "roomJoin": true, "roomAdmin": true, "canPublish": true,
				"canPublishSources": []any{"camera", "microphone"}, "canSubscribe": true, "canPublishData": true,
				"canUpdateOwnMetadata": false},
		},
		"administrator": {
			livekit.TokenRequest{Room: "r", Identity: "ada", Role: "administrator", Color: "c", Sources: []string{"camera"}, TTL: 300 * time.Second},
			map[string]any{"color": "c", "room_role": "administrator", "is_authenticated": "false"},
			map[string]any{"room": "r", "roomJoin": true, "roomAdmin": true, "canPublish": true,
				"canPublishSources": []any{"camera"}, "canSubscribe": true, "canPublishData": true, "canUpdateOwnMetadata": false},
		},
		"member without sources": {
			livekit.TokenRequest{Room: "r", Identity: "ada", Role: "member", Color: "c", TTL: time.Hour},
			map[string]any{"color": "c", "room_role": "member", "is_authenticated": "false"},
			map[string]any{"room": "r", "roomJoin": true, "roomAdmin": false, "canPublish": false,
				"canPublishSources": []any{}, "canSubscribe": true, "canPublishData": true, "canUpdateOwnMetadata": false},
		},
		"nobody": {
			livekit.TokenRequest{Room: "my room", Identity: "ada", TTL: time.Hour},
			map[string]any{"color": livekit.Color("ada"), "room_role": "", "is_authenticated": "false"},
			map[string]any{"room": "my room", "roomJoin": true, "roomAdmin": false, "canPublish": false,
				"canPublishSources": []any{}, "canSubscribe": true, "canPublishData": true, "canUpdateOwnMetadata": false},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			before := time.Now().Unix()
			token, err := tokens.Issue(test.request)
			require.NoError(t, err)
			header, claims := segments(t, token)
			require.Equal(t, `{"alg":"HS256","typ":"JWT"}`, header)

			nbf, exp := int64(claims["nbf"].(float64)), int64(claims["exp"].(float64))
			require.GreaterOrEqual(t, nbf, before)
			require.LessOrEqual(t, nbf, time.Now().Unix())
			require.Equal(t, int64(test.request.TTL/time.Second), exp-nbf)
			delete(claims, "nbf")
			delete(claims, "exp")
			require.Equal(t, map[string]any{
				"iss": "key", "sub": "ada", "name": test.request.Name,
				"attributes": test.attributes, "video": test.video,
			}, claims, "no other claim is written")

			got, err := livekit.NewVerifier("key", secret).Verify(token)
			require.NoError(t, err)
			require.WithinDuration(t, time.Now(), got.IssuedAt, time.Minute)
			require.Equal(t, livekit.Claims{Identity: "ada", Room: test.request.Room, IssuedAt: got.IssuedAt}, got)
		})
	}
}

func TestIssue_refuses_to_sign_without_a_key(t *testing.T) {
	for _, tokens := range []*livekit.Tokens{livekit.NewTokens("", secret), livekit.NewTokens("key", conf.Secret{})} {
		_, err := tokens.Issue(livekit.TokenRequest{Room: "r", Identity: "ada", TTL: time.Hour})
		require.ErrorIs(t, err, livekit.ErrNoKey)
	}
}

func TestColor_is_stable_and_in_the_form_clients_accept(t *testing.T) {
	seen := map[string]bool{}
	for _, identity := range []string{"", "a", "sub-1", "anonymous", "Réunion", "d5d6b5f0-0000-4000-8000-000000000001"} {
		c := livekit.Color(identity)
		require.Equal(t, c, livekit.Color(identity))
		seen[c] = true
	}
	require.Len(t, seen, 6, "identities are told apart")
}

func FuzzColor(f *testing.F) {
	f.Add("ada")
	f.Fuzz(func(t *testing.T, identity string) {
		var h, s, l int
		c := livekit.Color(identity)
		n, err := sscanf(c, &h, &s, &l)
		require.NoError(t, err)
		require.Equal(t, 3, n)
		require.True(t, h >= 0 && h <= 360 && s >= 50 && s <= 75 && l >= 25 && l <= 60, c)
	})
}

func BenchmarkIssue(b *testing.B) {
	tokens := livekit.NewTokens("key", secret)
	r := livekit.TokenRequest{Room: "d5d6b5f0-0000-4000-8000-000000000001", Identity: "ada@example.org", Name: "Ada Lovelace",
		Role: "owner", Authenticated: true, Sources: []string{"camera", "microphone", "screen_share", "screen_share_audio"}, TTL: 6 * time.Hour}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := tokens.Issue(r); err != nil {
			b.Fatal(err)
		}
	}
}
