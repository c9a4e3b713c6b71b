package livekithook

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"time"

	"foyer/core/config"
	"foyer/sdk/livekit"
	"foyer/sdk/livekit/lkproto"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// Path is where LiveKit posts webhooks.
const Path = "/api/v1.0/rooms/webhooks-livekit/"

const (
	// acceptTimeout bounds storing an event; LiveKit retries after a failure.
	acceptTimeout = 10 * time.Second
	// idLimit is the longest id that is stored as received, in bytes.
	idLimit = 200
	// nameLimit is the longest name of an event or a room, in bytes: LiveKit
	// allows 256 for rooms.
	nameLimit = 256
)

// Accepter takes responsibility for an event; *events.Bus is one.
type Accepter interface {
	// Accept stores the event once by its id, however often it arrives.
	Accept(ctx context.Context, e module.Event) error
}

// Receiver answers webhooks.
type Receiver struct {
	verifier *livekit.WebhookVerifier
	limit    int64
	prefix   string
	filter   *regexp.Regexp // nil = every room
	accepter Accepter
}

// New returns a receiver for webhooks signed with the API key or one of the
// additional keys. A filter that is not a regular expression is dropped with a
// warning.
func New(cfg config.LiveKit, a Accepter, log *slog.Logger) *Receiver {
	keys := []livekit.Key{{Key: cfg.APIKey, Secret: cfg.APISecret}}
	for _, k := range cfg.WebhookKeys {
		keys = append(keys, livekit.Key{Key: k.Key, Secret: k.Secret})
	}
	r := &Receiver{
		verifier: livekit.NewWebhookVerifier(keys...), limit: cfg.WebhookLimit, prefix: cfg.TestRoomPrefix,
		accepter: a,
	}
	if cfg.WebhookFilter != "" {
		filter, err := regexp.Compile(cfg.WebhookFilter)
		if err != nil {
			log.Warn("webhook filter is not a regular expression, webhooks of every room are taken", "error", err.Error())
		}
		r.filter = filter
	}
	return r
}

// Routes returns the one route, open to anybody: the body's signature is the
// credential.
func (v *Receiver) Routes() []module.Route {
	return []module.Route{{
		Method: http.MethodPost, Path: Path, Access: module.Public, Limit: "webhook", AnyType: true, AnyHost: true, Handler: http.HandlerFunc(v.receive),
	}}
}

func (v *Receiver) receive(w http.ResponseWriter, r *http.Request) {
	token := r.Header.Get("Authorization")
	if token == "" {
		refuse(w, r, http.StatusUnauthorized, nil)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, v.limit))
	if err != nil {
		status := http.StatusBadRequest
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			status = http.StatusRequestEntityTooLarge
		}
		refuse(w, r, status, fmt.Errorf("read webhook: %w", err))
		return
	}
	if err := v.verifier.Verify(token, body); err != nil {
		refuse(w, r, http.StatusBadRequest, fmt.Errorf("verify webhook: %w", err))
		return
	}
	e, err := livekit.ParseEvent(body)
	if err != nil {
		refuse(w, r, http.StatusBadRequest, err)
		return
	}
	if room := roomOf(e); v.wanted(e.GetEvent(), room) {
		ctx, cancel := context.WithTimeout(r.Context(), acceptTimeout)
		defer cancel()
		err := v.accepter.Accept(ctx, module.Event{
			ID: idOf(e, body), Name: e.GetEvent(), Room: room, At: time.Now().UTC(), Body: body,
		})
		if err != nil {
			reply.Fail(w, r, err)
			return
		}
	}
	reply.JSON(w, r, http.StatusOK, map[string]string{"status": "success"})
}

// refuse answers {"status":"error"}; the cause only goes to the log.
func refuse(w http.ResponseWriter, r *http.Request, status int, cause error) {
	reply.Fail(w, r, &reply.Error{Status: status, Body: map[string]string{"status": "error"}, Cause: cause})
}

// wanted drops events without a name, events whose names cannot be stored and so
// cannot be about anything of ours, connection tests, and what the filter does
// not match.
func (v *Receiver) wanted(event, room string) bool {
	if event == "" || !storable(event, nameLimit) || !storable(room, nameLimit) {
		return false
	}
	if v.prefix != "" && strings.HasPrefix(room, v.prefix) {
		return false
	}
	return v.filter == nil || v.filter.MatchString(room)
}

// roomOf is the room's name, which egress events carry in another field.
func roomOf(e *lkproto.WebhookEvent) string {
	if name := e.GetRoom().GetName(); name != "" {
		return name
	}
	return e.GetEgressInfo().GetRoomName()
}

// idOf is the event's id, which stays the same when LiveKit posts it again.
// Without one, or with one that cannot be stored, the body is its own identity.
func idOf(e *lkproto.WebhookEvent, body []byte) string {
	if id := e.GetId(); id != "" && storable(id, idLimit) {
		return id
	}
	sum := sha256.Sum256(body)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// storable reports whether a database accepts the text, and it is short enough
// that nobody can fill a column at will.
func storable(text string, limit int) bool {
	return len(text) <= limit && !strings.ContainsRune(text, 0)
}
