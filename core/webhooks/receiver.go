package webhooks

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

	"github.com/gin-gonic/gin"
	lkproto "github.com/livekit/protocol/livekit"

	"foyer/core/config"
	"foyer/sdk/livekit"
	"foyer/sdk/module"
	"foyer/sdk/reply"
)

// Path is where LiveKit posts.
const Path = "/api/v1.0/rooms/webhooks-livekit/"

const (
	// acceptTimeout bounds the storing; LiveKit tries again after a failure.
	acceptTimeout = 10 * time.Second
	// idLimit bounds the ids that are stored as they come, in bytes.
	idLimit = 200
	// nameLimit bounds the names of events and rooms, in bytes: LiveKit's rooms
	// have 256 at most.
	nameLimit = 256
)

// Accepter takes an event for good; the event bus is one.
type Accepter interface {
	// Accept stores the event once by its id, however often it comes.
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

// New makes a receiver that accepts webhooks signed by the API key or one of
// the further keys. A filter that is not a regular expression is left out with
// a warning.
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

// Routes is the one route, open to anybody: the body's signature is the
// credential.
func (r *Receiver) Routes() []module.Route {
	return []module.Route{{
		Method: http.MethodPost, Path: Path, Access: module.Public, Limit: "webhook", AnyType: true, AnyHost: true, Handler: r.receive,
	}}
}

func (r *Receiver) receive(c *gin.Context) {
	token := c.GetHeader("Authorization")
	if token == "" {
		refuse(c, http.StatusUnauthorized, nil)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Writer, c.Request.Body, r.limit))
	if err != nil {
		status := http.StatusBadRequest
		if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
			status = http.StatusRequestEntityTooLarge
		}
		refuse(c, status, fmt.Errorf("read webhook: %w", err))
		return
	}
	if err := r.verifier.Verify(token, body); err != nil {
		refuse(c, http.StatusBadRequest, fmt.Errorf("verify webhook: %w", err))
		return
	}
	e, err := livekit.ParseEvent(body)
	if err != nil {
		refuse(c, http.StatusBadRequest, err)
		return
	}
	if room := roomOf(e); r.wanted(e.GetEvent(), room) {
		ctx, cancel := context.WithTimeout(c.Request.Context(), acceptTimeout)
		defer cancel()
		err := r.accepter.Accept(ctx, module.Event{
			ID: idOf(e, body), Name: e.GetEvent(), Room: room, At: time.Now().UTC(), Body: body,
		})
		if err != nil {
			reply.Fail(c, err)
			return
		}
	}
	reply.JSON(c, http.StatusOK, map[string]string{"status": "success"})
}

// refuse answers {"status":"error"}; the cause is for the log.
func refuse(c *gin.Context, status int, cause error) {
	reply.Fail(c, &reply.Error{Status: status, Body: map[string]string{"status": "error"}, Cause: cause})
}

// wanted leaves out events without a name, those whose names cannot be stored,
// which are of nothing that is ours, connection tests, and what the filter does
// not find.
func (r *Receiver) wanted(event, room string) bool {
	if event == "" || !storable(event, nameLimit) || !storable(room, nameLimit) {
		return false
	}
	if r.prefix != "" && strings.HasPrefix(room, r.prefix) {
		return false
	}
	return r.filter == nil || r.filter.MatchString(room)
}

// roomOf is the room's name, which egress events carry elsewhere.
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

// storable tells whether a database takes the text, which no column may be
// filled with at will.
func storable(text string, limit int) bool {
	return len(text) <= limit && !strings.ContainsRune(text, 0)
}
