package livekit

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"fmt"

	"github.com/golang-jwt/jwt/v5"
	"google.golang.org/protobuf/encoding/protojson"

	"foyer/sdk/livekit/lkproto"
)

// WebhookVerifier checks that the media server sent a webhook.
type WebhookVerifier struct{ keyring keyring }

// NewWebhookVerifier accepts webhooks signed by any of keys. Keys without a
// secret are left out; without any, nothing is accepted.
func NewWebhookVerifier(keys ...Key) *WebhookVerifier {
	return &WebhookVerifier{keyring: newKeyring(keys...)}
}

type webhookClaims struct {
	jwt.RegisteredClaims
	SHA256 string `json:"sha256"` // standard base64 of the body's digest
}

// Verify checks the Authorization header, which is the bare token, and that it
// was made for exactly this body (core-rest.md 10). The error is a Reason.
func (v *WebhookVerifier) Verify(authorization string, body []byte) error {
	var c webhookClaims
	if err := v.keyring.verify(authorization, &c, &c.RegisteredClaims); err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	want := base64.StdEncoding.EncodeToString(sum[:])
	if subtle.ConstantTimeCompare([]byte(c.SHA256), []byte(want)) != 1 {
		return ErrBodyHash
	}
	return nil
}

// ParseEvent reads a webhook's body, protobuf JSON; fields and enum names of
// newer servers are ignored.
func ParseEvent(body []byte) (*lkproto.WebhookEvent, error) {
	var e lkproto.WebhookEvent
	if err := (protojson.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(body, &e); err != nil {
		return nil, fmt.Errorf("read webhook event: %w", err)
	}
	return &e, nil
}
