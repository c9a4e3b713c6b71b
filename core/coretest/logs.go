package coretest

import (
	"bytes"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"foyer/core/config"
	"foyer/internal/dev/oidcdev"
)

// Logs is everything the gateway logged, and what must not be in it.
type Logs struct {
	mu      sync.Mutex
	buf     bytes.Buffer
	Secrets []string // what must not be in it
}

// Write adds a line.
func (l *Logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

// String returns everything logged so far.
func (l *Logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// KeepOut adds a text that must not be logged.
func (l *Logs) KeepOut(secret string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(secret) > 8 {
		l.Secrets = append(l.Secrets, secret)
	}
}

var signed = regexp.MustCompile(`eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.([A-Za-z0-9_-]+)`)

// KeepOutTokens adds the signed tokens in a text; only their signatures are looked for.
func (l *Logs) KeepOutTokens(text string) {
	for _, m := range signed.FindAllStringSubmatch(text, -1) {
		l.KeepOut(m[1])
	}
}

// Leaked returns the secrets that were logged.
func (l *Logs) Leaked(op *oidcdev.Provider, cfg *config.Config) []string {
	for _, s := range []string{cfg.LiveKit.APISecret.Reveal(), cfg.OIDC.ClientSecret.Reveal(), cfg.Secrets.Key.Reveal(), cfg.Database.URL.Reveal()} {
		l.KeepOut(s)
	}
	for _, r := range op.Requests("/oauth/token") {
		l.KeepOut(r.Form.Get("code"))
		l.KeepOut(r.Form.Get("code_verifier"))
	}
	for _, r := range op.Requests("/userinfo") {
		l.KeepOut(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	}
	text := l.String()
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []string
	for _, s := range l.Secrets {
		if strings.Contains(text, s) {
			found = append(found, s)
		}
	}
	return found
}

func (l *Logs) check(t *testing.T, op *oidcdev.Provider, cfg *config.Config) {
	t.Helper()
	require.Contains(t, l.String(), "listening", "nothing was logged, so nothing was checked")
	require.Empty(t, l.Leaked(op, cfg))
}
