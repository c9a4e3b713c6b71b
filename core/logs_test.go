package core_test

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

// logs is everything the gateway logged, and what must not be in it.
type logs struct {
	mu      sync.Mutex
	buf     bytes.Buffer
	secrets []string
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// keepOut adds a text that must not be logged.
func (l *logs) keepOut(secret string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(secret) > 8 {
		l.secrets = append(l.secrets, secret)
	}
}

var signed = regexp.MustCompile(`eyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.([A-Za-z0-9_-]+)`)

// keepOutTokens adds the signed tokens in a text; only their signatures are looked for.
func (l *logs) keepOutTokens(text string) {
	for _, m := range signed.FindAllStringSubmatch(text, -1) {
		l.keepOut(m[1])
	}
}

// leaked returns the secrets that were logged.
func (l *logs) leaked(op *oidcdev.Provider, cfg *config.Config) []string {
	for _, s := range []string{cfg.LiveKit.APISecret.Reveal(), cfg.OIDC.ClientSecret.Reveal(), cfg.Secrets.Key.Reveal(), cfg.Database.URL.Reveal()} {
		l.keepOut(s)
	}
	for _, r := range op.Requests("/oauth/token") {
		l.keepOut(r.Form.Get("code"))
		l.keepOut(r.Form.Get("code_verifier"))
	}
	for _, r := range op.Requests("/userinfo") {
		l.keepOut(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "))
	}
	text := l.String()
	l.mu.Lock()
	defer l.mu.Unlock()
	var found []string
	for _, s := range l.secrets {
		if strings.Contains(text, s) {
			found = append(found, s)
		}
	}
	return found
}

func (l *logs) check(t *testing.T, op *oidcdev.Provider, cfg *config.Config) {
	t.Helper()
	require.Contains(t, l.String(), "listening", "nothing was logged, so nothing was checked")
	require.Empty(t, l.leaked(op, cfg))
}
