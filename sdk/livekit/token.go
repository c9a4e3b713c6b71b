package livekit

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"sync"
	"time"

	"foyer/sdk/conf"
)

// ErrNoKey is returned when no API key or secret is configured to sign with.
var ErrNoKey = errors.New("livekit api key and secret are not configured")

// Tokens issues the tokens that participants join rooms with.
type Tokens struct {
	signer *signer
	now    func() time.Time
}

// NewTokens returns an issuer that signs with the LiveKit API key and its secret.
func NewTokens(key string, secret conf.Secret) *Tokens {
	return &Tokens{signer: newSigner(key, secret), now: time.Now}
}

// TokenRequest is the content of a token (core-rest.md 6).
type TokenRequest struct {
	Room          string        // LiveKit room name: the room's UUID, or free text for unregistered rooms
	Identity      string        // account subject, or a fresh UUID for anonymous callers
	Name          string        // display name, untrimmed
	Role          string        // owner, administrator, member or "" for none
	Color         string        // "" = Color(Identity)
	Authenticated bool          // whether an account is behind the identity
	Sources       []string      // what may be published; empty = nothing, and so is a name that LiveKit does not know
	TTL           time.Duration // whole seconds count
}

type tokenClaims struct {
	Issuer     string          `json:"iss"`
	Subject    string          `json:"sub"`
	NotBefore  int64           `json:"nbf"`
	Expires    int64           `json:"exp"`
	Name       string          `json:"name"`
	Attributes tokenAttributes `json:"attributes"`
	Video      tokenGrant      `json:"video"`
}

type tokenAttributes struct {
	Color         string `json:"color"`
	RoomRole      string `json:"room_role"`
	Authenticated string `json:"is_authenticated"`
}

// tokenGrant encodes every key, even those that are false, because clients read
// them.
type tokenGrant struct {
	Room                 string   `json:"room"`
	RoomJoin             bool     `json:"roomJoin"`
	RoomAdmin            bool     `json:"roomAdmin"`
	CanPublishSources    []string `json:"canPublishSources"`
	CanPublish           bool     `json:"canPublish"`
	CanSubscribe         bool     `json:"canSubscribe"`
	CanPublishData       bool     `json:"canPublishData"`
	CanUpdateOwnMetadata bool     `json:"canUpdateOwnMetadata"`
}

// Issue signs a token that is valid from now on for r.TTL. ErrNoKey is the only
// error that configuration can cause.
func (t *Tokens) Issue(r TokenRequest) (string, error) {
	color := r.Color
	if color == "" {
		color = Color(r.Identity)
	}
	sources := make([]string, 0, len(r.Sources))
	for _, name := range r.Sources {
		if _, known := SourceOf(name); known {
			sources = append(sources, name)
		}
	}
	now := t.now()
	return t.signer.sign(tokenClaims{
		Issuer:    t.signer.key,
		Subject:   r.Identity,
		NotBefore: now.Unix(),
		Expires:   now.Unix() + int64(r.TTL/time.Second),
		Name:      r.Name,
		Attributes: tokenAttributes{
			Color: color, RoomRole: r.Role, Authenticated: strconv.FormatBool(r.Authenticated),
		},
		Video: tokenGrant{
			Room:              r.Room,
			RoomJoin:          true,
			RoomAdmin:         r.Role == "owner" || r.Role == "administrator",
			CanPublishSources: sources,
			CanPublish:        len(sources) > 0,
			CanSubscribe:      true,
			CanPublishData:    true,
		},
	})
}

// header is the constant first segment: {"alg":"HS256","typ":"JWT"}.
const header = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9."

// signer signs with an API key and its secret.
type signer struct {
	key    string
	secret []byte
	macs   sync.Pool // of hash.Hash: to key one with the secret costs as much as to sign
}

func newSigner(key string, secret conf.Secret) *signer {
	s := &signer{key: key, secret: []byte(secret.Reveal())}
	s.macs.New = func() any { return hmac.New(sha256.New, s.secret) }
	return s
}

// sign makes a token of claims. The header is constant and the claims are encoded
// into one buffer, because every room retrieval signs a token.
func (s *signer) sign(claims any) (string, error) {
	if s.key == "" || len(s.secret) == 0 {
		return "", ErrNoKey
	}
	payload, err := json.Marshal(claims)
	if err != nil {
		return "", fmt.Errorf("encode token claims: %w", err)
	}
	const digest = 43 // characters of an HS256 signature
	b := make([]byte, 0, len(header)+base64.RawURLEncoding.EncodedLen(len(payload))+1+digest)
	b = append(b, header...)
	b = base64.RawURLEncoding.AppendEncode(b, payload)
	mac, ok := s.macs.Get().(hash.Hash)
	if !ok {
		return "", errors.New("sign token: no HMAC")
	}
	mac.Reset()
	mac.Write(b)
	var sum [sha256.Size]byte
	mac.Sum(sum[:0])
	s.macs.Put(mac)
	b = append(b, '.')
	return string(base64.RawURLEncoding.AppendEncode(b, sum[:])), nil
}
