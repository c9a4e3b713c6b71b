package coretest

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"net/http"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"foyer/core/jobs"
	"foyer/core/livekithook"
	"foyer/core/topics"
)

// HookedBy posts a webhook with that body.
func (h *House) HookedBy(body Object) Answer {
	h.Helper()
	raw, err := json.Marshal(body)
	require.NoError(h, err)
	return h.HookedText(string(raw))
}

// HookedText posts a webhook with that text.
func (h *House) HookedText(text string) Answer {
	h.Helper()
	sum := sha256.Sum256([]byte(text))
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"iss": MediaKey, "exp": time.Now().Add(time.Hour).Unix(), "sha256": base64.StdEncoding.EncodeToString(sum[:]),
	}).SignedString([]byte(MediaSecret))
	require.NoError(h, err)
	return h.Anonymous().Send(http.MethodPost, livekithook.Path, text, "Authorization", token, "Content-Type", "application/webhook+json")
}

// Deliveries returns the jobs that hand events to listeners, newest first.
func (h *House) Deliveries(states ...jobs.State) []jobs.Job {
	h.Helper()
	queue, err := jobs.New(h.Store, h.Config.Jobs, topics.New(nil), slog.New(slog.DiscardHandler))
	require.NoError(h, err)
	list, err := queue.List(h.Context(), jobs.Filter{Kind: "event", States: states, Limit: 1000})
	require.NoError(h, err)
	return list
}
